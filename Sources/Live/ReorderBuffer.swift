import Capture
import Packets

/// Brings the packets of several interfaces into the order of time.
///
/// Each interface hands its packets over in blocks, some 100 ms apart: they are held until no interface can still have an
/// earlier one.
package struct ReorderBuffer {
  private struct Held {
    var packet: CapturedPacket
    var bytes: [UInt8]
  }

  /// From `position` on, in the order of arrival, or of time where `isSorted`.
  private var held: [Held] = []
  private var position = 0
  private var isSorted = true

  package init() {}

  /// Takes a packet and copies its bytes.
  package mutating func insert(_ packet: CapturedPacket, _ bytes: RawSpan) {
    let copy = bytes.withUnsafeBytes { [UInt8]($0) }
    if let last = held.last, packet.reference.time < last.packet.reference.time { isSorted = false }
    held.append(Held(packet: packet, bytes: copy))
  }

  /// The earliest packet not later than a moment; of equal times, that of the interface named first.
  package mutating func next(until moment: Timestamp) -> (packet: CapturedPacket, bytes: [UInt8])? {
    sort()
    guard position < held.count, held[position].packet.reference.time <= moment else { return nil }
    let next = held[position]
    position += 1
    if position == held.count || position >= 4096 {
      held.removeFirst(position)
      position = 0
    }
    return (next.packet, next.bytes)
  }

  private mutating func sort() {
    guard !isSorted else { return }
    held.removeFirst(position)
    position = 0
    held.sort { a, b in
      let (first, second) = (a.packet.reference, b.packet.reference)
      if first.time != second.time { return first.time < second.time }
      return first.capture != second.capture ? first.capture < second.capture : first.number < second.number
    }
    isSorted = true
  }
}
