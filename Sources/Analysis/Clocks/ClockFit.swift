import Packets

/// The line on which one clock runs ahead of another, between what each direction allows.
///
/// What goes one way is seen later at the far point by the way's delay and the far clock's lead; what goes the other way,
/// later by the lead less the delay. No delay is negative, so that the lead lies below all differences of the one way and
/// above all of the other. The line keeps the same distance from both: half of the least round trip between the points.
struct ClockFit: Sendable {
  /// Something that was seen at both points.
  struct Point: Sendable {
    /// Nanoseconds since the fit's origin, by the far clock.
    var time: Double
    /// How much later the far clock saw it, in nanoseconds.
    var difference: Double
    /// Whether it went from the near point to the far one.
    var isForward: Bool
  }

  /// The far clock's lead at the origin, in nanoseconds.
  private(set) var offset = 0.0
  /// How much the lead grows, in nanoseconds per nanosecond.
  private(set) var drift = 0.0
  /// How far off the lead may be, in nanoseconds: half of the least round trip, or by how much points miss the line.
  private(set) var margin = 0.0

  /// Whether there were too few points to tell a drift.
  private(set) var mayDrift = false

  /// No machine's clock is further off, corrections by NTP (500 ppm) included.
  static let mostDrift = 600e-6
  /// A line through fewer points in each direction would follow their chance.
  static let fewestForDrift = 8

  /// Fits a line; `nil` where one direction has no point.
  init?(_ points: [Point]) {
    guard points.contains(where: \.isForward), points.contains(where: { !$0.isForward }) else { return nil }
    let level = ClockFit.strip(points, 0)
    (offset, margin) = (level.middle, abs(level.margin))
    let forward = points.count(where: \.isForward)
    guard min(forward, points.count - forward) >= ClockFit.fewestForDrift else {
      mayDrift = true
      return
    }
    let best = ClockFit.bestDrift(points)
    let tilted = ClockFit.strip(points, best)
    // A line that is merely a little better follows chance; the level one is wrong by less than the margin then.
    guard tilted.margin - level.margin > abs(tilted.margin) / 2 else {
      margin = max(tilted.margin, margin)
      return
    }
    (offset, drift, margin) = (tilted.middle, best, abs(tilted.margin))
  }

  /// The strip of a drift between both directions: the middle's height at the origin, and half of the width.
  private static func strip(_ points: [Point], _ drift: Double) -> (middle: Double, margin: Double) {
    var (above, below) = (Double.infinity, -Double.infinity)
    for point in points {
      let height = point.difference - drift * point.time
      if point.isForward { above = min(above, height) } else { below = max(below, height) }
    }
    return ((above + below) / 2, (above - below) / 2)
  }

  /// The drift of the widest strip; the width is a concave function of it.
  private static func bestDrift(_ points: [Point]) -> Double {
    var (low, high) = (-mostDrift, mostDrift)
    // Each step leaves two thirds: 45 of them a part in 10⁸ of the range.
    for _ in 0..<45 {
      let (first, second) = (low + (high - low) / 3, high - (high - low) / 3)
      if strip(points, first).margin < strip(points, second).margin { low = first } else { high = second }
    }
    return (low + high) / 2
  }
}
