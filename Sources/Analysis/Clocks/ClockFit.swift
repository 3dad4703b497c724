import Packets

/// The line on which one clock runs ahead of another, between what each direction allows.
///
/// What goes one way is seen later at the far point by the way's delay and the far clock's lead; what goes the other way,
/// later by the lead less the delay. No delay is negative, so that the lead lies below all differences of the one way and
/// above all of the other. Every line between them is possible, and how far the others are from the one that is chosen is
/// its uncertainty: half of the least round trip between the points, more where the drift is not known.
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
  /// How far off the lead may be, in nanoseconds.
  private(set) var margin = 0.0

  /// Two quartz clocks, each off by as much as cheap ones are (100 ppm).
  static let mostDrift = 200e-6
  /// The share of the widest strip's width with which no drift is assumed: what fits a little better follows chance.
  private static let sufficientShare = 0.25

  /// The lines of one drift that lie between both directions.
  private struct Strip {
    /// The heights at the origin of the highest and the lowest line.
    var above = Double.infinity
    var below = -Double.infinity

    /// Half of the width; negative where no line is between.
    var margin: Double { (above - below) / 2 }
    var middle: Double { (above + below) / 2 }

    init(_ points: [Point], _ drift: Double) {
      for point in points {
        let height = point.difference - drift * point.time
        if point.isForward { above = min(above, height) } else { below = max(below, height) }
      }
    }
  }

  /// Fits a line that is to hold from the origin until a time; `nil` where one direction has no point.
  init?(_ points: [Point], until end: Double) {
    guard points.contains(where: \.isForward), points.contains(where: { !$0.isForward }) else { return nil }
    let widest = ClockFit.widestDrift(points)
    let width = Strip(points, widest).margin
    // Noise of the time stamps may leave no line between: then that which misses the points least, within half as much.
    let enough = width > 0 ? width * ClockFit.sufficientShare : width * 1.5
    drift = Strip(points, 0).margin >= enough ? 0 : widest
    let strip = Strip(points, drift)
    offset = strip.middle
    margin = width > 0 ? uncertainty(points, widest, end) : abs(strip.margin)
  }

  /// How far the possible lines are from the chosen one, at the origin and at the end.
  private func uncertainty(_ points: [Point], _ widest: Double, _ end: Double) -> Double {
    let low = ClockFit.edge(points, from: widest, to: -ClockFit.mostDrift, margin: 0)
    let high = ClockFit.edge(points, from: widest, to: ClockFit.mostDrift, margin: 0)
    let steps = 32
    var largest = 0.0
    for step in 0...steps {
      let other = low + (high - low) * Double(step) / Double(steps)
      let strip = Strip(points, other)
      for time in [0, end] {
        let chosen = offset + drift * time
        largest = max(largest, strip.above + other * time - chosen, chosen - strip.below - other * time)
      }
    }
    return largest
  }

  /// The drift of the widest strip; the width is a concave function of it.
  private static func widestDrift(_ points: [Point]) -> Double {
    var (low, high) = (-mostDrift, mostDrift)
    // Each step leaves two thirds: 40 of them a part in 10⁷ of the range.
    for _ in 0..<40 {
      let (first, second) = (low + (high - low) / 3, high - (high - low) / 3)
      if Strip(points, first).margin < Strip(points, second).margin { low = first } else { high = second }
    }
    return (low + high) / 2
  }

  /// The drift furthest towards a limit whose strip has a margin at least.
  private static func edge(_ points: [Point], from inside: Double, to limit: Double, margin: Double) -> Double {
    guard Strip(points, limit).margin < margin else { return limit }
    var (good, bad) = (inside, limit)
    for _ in 0..<24 {
      let middle = (good + bad) / 2
      if Strip(points, middle).margin >= margin { good = middle } else { bad = middle }
    }
    return good
  }
}
