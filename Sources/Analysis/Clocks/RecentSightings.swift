import Packets

/// The latest packets of the connections that several captures saw.
struct RecentSightings: Sendable {
  private struct Entry {
    var identity: UInt64 = 0
    var time = Timestamp(nanoseconds: .min / 2)
    var capture: Int32 = -1
  }

  /// A power of two; as many packets as several hosts see within a round trip.
  private static let capacity = 16_384
  /// What is as far apart as this is no second sight: packets do not live longer (RFC 9293 section 3.4.1 allows more).
  static let longestLife = Interval.seconds(5)

  private var entries = [Entry](repeating: Entry(), count: capacity)

  /// Whether a capture saw a packet a moment ago.
  func contains(
    _ identity: UInt64, by capture: Int, at time: Timestamp, within limit: Interval = longestLife
  ) -> Bool {
    let entry = entries[RecentSightings.place(identity, capture)]
    return entry.identity == identity && Int(entry.capture) == capture
      && (time - entry.time).nanoseconds.magnitude <= limit.nanoseconds.magnitude
  }

  mutating func insert(_ identity: UInt64, by capture: Int, at time: Timestamp) {
    entries[RecentSightings.place(identity, capture)] = Entry(
      identity: identity, time: time, capture: Int32(truncatingIfNeeded: capture))
  }

  private static func place(_ identity: UInt64, _ capture: Int) -> Int {
    Int(truncatingIfNeeded: identity &+ UInt64(truncatingIfNeeded: capture) &* 0x9e37_79b9) & (capacity - 1)
  }
}
