import Capture
import Packets

/// Packets of evidence in their order, of which some wait.
///
/// A fragment can only be blanked with the whole datagram that it is a piece of, and what was captured after it must not
/// be written before it.
struct EvidenceQueue {
  /// A packet as it is to be written.
  struct Record {
    var packet: CapturedPacket
    var bytes: [UInt8]
  }

  private enum Entry {
    case ready(Record)
    case waiting(Record, Fragment)
    case dropped
  }

  /// Bytes that may wait, each packet's own memory included: twice what the decoder keeps of datagrams.
  private static let mostBytes = 8 << 20
  private static let bytesOfEntry = 200

  private var entries: [Entry] = []
  /// Entries that are gone from the front of `entries`, and those before them.
  private var first = 0
  private var base = 0
  private var waiting: [FragmentKey: [Int]] = [:]
  private var byteCount = 0
  /// Fragments whose datagram was not complete in time.
  private(set) var givenUp = 0

  var isEmpty: Bool { first == entries.count }

  /// Appends a packet that waits for nothing itself.
  mutating func append(_ record: Record) { append(.ready(record), record.bytes.count) }

  /// Appends a fragment that waits for its datagram.
  mutating func append(_ record: Record, waitingFor fragment: Fragment) {
    waiting[fragment.datagram, default: []].append(base + entries.count)
    append(.waiting(record, fragment), record.bytes.count)
  }

  private mutating func append(_ entry: Entry, _ count: Int) {
    entries.append(entry)
    byteCount += count + EvidenceQueue.bytesOfEntry
  }

  /// Whether more waits than may; the first one is then to be given up.
  var isOverfull: Bool { byteCount > EvidenceQueue.mostBytes }

  /// Gives up the datagram that holds all others up.
  mutating func giveUpFirst() {
    guard first < entries.count, case .waiting(_, let fragment) = entries[first] else { return }
    givenUp += waiting[fragment.datagram]?.count ?? 0
    settle(fragment.datagram) { _, _ in nil }
  }

  /// Gives the fragments of a datagram what is to be written of them, or nothing.
  mutating func settle(_ datagram: FragmentKey, _ body: (Record, Fragment) -> Record?) {
    for place in waiting.removeValue(forKey: datagram) ?? [] {
      guard case .waiting(let record, let fragment) = entries[place - base] else { continue }
      if let settled = body(record, fragment) {
        entries[place - base] = .ready(settled)
      } else {
        entries[place - base] = .dropped
        byteCount -= record.bytes.count
      }
    }
  }

  /// Gives up all that still wait.
  mutating func giveUp() {
    for datagram in Array(waiting.keys) {
      givenUp += waiting[datagram]?.count ?? 0
      settle(datagram) { _, _ in nil }
    }
  }

  /// The next packet that can be written.
  mutating func next() -> Record? {
    while first < entries.count {
      let entry = entries[first]
      if case .waiting = entry { return nil }
      entries[first] = .dropped
      first += 1
      byteCount -= EvidenceQueue.bytesOfEntry
      compact()
      if case .ready(let record) = entry {
        byteCount -= record.bytes.count
        return record
      }
    }
    return nil
  }

  private mutating func compact() {
    guard first == entries.count || first > 4096 else { return }
    entries.removeFirst(first)
    base += first
    first = 0
  }
}
