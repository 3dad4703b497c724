/// How far a clock is ahead of another, as a straight line over time.
package struct ClockCorrection: Equatable, Sendable {
  /// The moment, by the clock that is corrected, at which it is `offset` ahead.
  package var origin: Timestamp
  /// How far it is ahead at `origin`; negative where it is behind.
  package var offset: Interval
  /// How much further it gets ahead, in seconds per second; at most some hundred millionths.
  package var drift: Double

  package init(origin: Timestamp, offset: Interval, drift: Double = 0) {
    self.origin = origin
    self.offset = offset
    self.drift = drift
  }

  /// The correction of a clock that is right.
  package static let none = ClockCorrection(origin: Timestamp(nanoseconds: 0), offset: .zero)

  /// How far the clock is ahead when it shows a time.
  package func lead(at time: Timestamp) -> Interval {
    guard drift != 0 else { return offset }
    let drifted = Double((time - origin).nanoseconds) * drift
    return offset + Interval(nanoseconds: Int64(exactly: drifted.rounded()) ?? 0)
  }

  /// What the other clock showed when this one showed a time.
  package func corrected(_ time: Timestamp) -> Timestamp {
    Timestamp(nanoseconds: time.nanoseconds &- lead(at: time).nanoseconds)
  }

  /// The correction to a third clock, to which another correction leads from the second.
  package func followed(by next: ClockCorrection) -> ClockCorrection {
    ClockCorrection(
      origin: origin, offset: lead(at: origin) + next.lead(at: corrected(origin)),
      drift: drift + next.drift * (1 - drift))
  }
}
