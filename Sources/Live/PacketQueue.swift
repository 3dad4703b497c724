import Capture
import Packets

/// Packets that wait for others to come first, in the order in which they came.
///
/// They lie one behind the other in one piece of memory, so that none is allocated on its own.
struct PacketQueue {
  private struct Entry {
    var packet: CapturedPacket
    var start: Int
  }

  private var entries: [Entry] = []
  private var bytes: [UInt8] = []
  /// Entries before this one are gone.
  private var head = 0

  /// The time of the packet that is next; `nil` where none is.
  var nextTime: Timestamp? { head < entries.count ? entries[head].packet.reference.time : nil }

  /// Takes a packet and copies its bytes.
  mutating func append(_ packet: CapturedPacket, _ span: RawSpan) {
    entries.append(Entry(packet: packet, start: bytes.count))
    span.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  /// Lends out the packet that is next, and forgets it.
  mutating func takeFirst(_ body: (CapturedPacket, RawSpan) -> Void) {
    guard head < entries.count else { return }
    let entry = entries[head]
    body(entry.packet, bytes.span.bytes.extracting(entry.start..<entry.start + entry.packet.capturedLength))
    head += 1
    compact()
  }

  /// Gives back what was taken, once it is more than what is left.
  private mutating func compact() {
    if head == entries.count {
      entries.removeAll(keepingCapacity: true)
      bytes.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 4096, head > entries.count / 2 {
      let start = entries[head].start
      entries.removeFirst(head)
      bytes.removeFirst(start)
      for index in entries.indices { entries[index].start -= start }
      head = 0
    }
  }
}
