import Packets

/// Closed connections that are remembered for a while, in the order in which they are to be forgotten.
struct LingerQueue: Sendable {
  /// A connection and when to look at it again.
  struct Entry: Sendable {
    var slot: Int32
    /// The connection's first packet, to know it from a later one in the same slot.
    var opened: PacketReference
    var deadline: Timestamp
  }

  private var entries: [Entry] = []
  private var head = 0

  mutating func append(_ entry: Entry) { entries.append(entry) }

  /// Takes the first entry if its time has come.
  mutating func popFirst(until time: Timestamp) -> Entry? {
    guard head < entries.count, entries[head].deadline <= time else { return nil }
    let entry = entries[head]
    head += 1
    if head > 1024, head * 2 > entries.count {
      entries.removeSubrange(..<head)
      head = 0
    }
    return entry
  }
}
