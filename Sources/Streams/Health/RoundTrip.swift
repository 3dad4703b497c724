import Packets

/// Running measurements of a round trip: the least, the latest and the smoothed one (RFC 6298 section 2).
///
/// Microseconds in 32 bits, which saturate at 71 minutes: a connection holds two of these while it is idle.
package struct RoundTrip: BitwiseCopyable, Equatable, Sendable {
  private var leastMicroseconds = UInt32.max
  private var latestMicroseconds = UInt32.max
  private var smoothedMicroseconds = UInt32.max

  init() {}

  /// The least round trip; `nil` while none was measured.
  package var least: Interval? { Self.interval(leastMicroseconds) }
  /// The latest round trip.
  package var latest: Interval? { Self.interval(latestMicroseconds) }
  /// The smoothed round trip, in which a new one has the weight of one eighth.
  package var smoothed: Interval? { Self.interval(smoothedMicroseconds) }

  /// Shorter round trips are no reason to look closer: acknowledgements are delayed by 40 ms and more.
  @inline(__always)
  static var notable: Interval { Interval(nanoseconds: 100_000_000) }

  /// Adds a measurement.
  mutating func record(_ interval: Interval) {
    let microseconds = Self.microseconds(interval)
    let earlier = smoothedMicroseconds
    latestMicroseconds = microseconds
    leastMicroseconds = min(leastMicroseconds, microseconds)
    smoothedMicroseconds =
      earlier == .max ? microseconds : UInt32((UInt64(earlier) * 7 + UInt64(microseconds)) / 8)
  }

  /// An interval in microseconds, a backward one as 0, one beyond 71 minutes as 71 minutes.
  static func microseconds(_ interval: Interval) -> UInt32 {
    UInt32(clamping: min(interval.nanoseconds / 1000, Int64(UInt32.max - 1)))
  }

  /// The interval that `microseconds(_:)` made; `nil` for the value that stands for none.
  static func interval(_ microseconds: UInt32) -> Interval? {
    microseconds == .max ? nil : Interval(nanoseconds: Int64(microseconds) * 1000)
  }
}
