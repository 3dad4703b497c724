import Packets

/// A time in which each acknowledgement took far longer than usual: a full buffer on the way (bufferbloat), or Wi-Fi.
package struct SlowPath: Sendable {
  /// When the data was sent that first waited so long.
  package var since: Timestamp
  /// The acknowledgements with the first and the last long round trip.
  package var first: PacketReference
  package var last: PacketReference
  /// The longest round trip, and the habit of the path before.
  package var longest: Interval
  package var usual: Interval

  package var duration: Interval { last.time - since }
}

/// The times in which the round trips of one direction's data were long.
package struct SlowPathRecord: Sendable {
  /// A shorter rise is one acknowledgement that came late.
  static let leastDuration = Interval.seconds(1)
  /// Rises kept, the first ones.
  static let mostKept = 16

  private var over: [SlowPath] = []
  private var current: SlowPath?

  package init() {}

  /// The rises that lasted.
  package var rises: [SlowPath] {
    over + [current].compactMap { $0 }.filter { $0.duration > SlowPathRecord.leastDuration }
  }

  /// Takes a long round trip; one with the same habit before it goes on with the rise.
  mutating func add(_ roundTrip: Interval, usual: Interval, at reference: PacketReference) {
    if var rise = current, rise.usual == usual {
      rise.last = reference
      rise.longest = max(rise.longest, roundTrip)
      current = rise
      return
    }
    if over.count < SlowPathRecord.mostKept { over = rises }
    current = SlowPath(
      since: reference.time + Interval(nanoseconds: -roundTrip.nanoseconds), first: reference, last: reference,
      longest: roundTrip, usual: usual)
  }
}
