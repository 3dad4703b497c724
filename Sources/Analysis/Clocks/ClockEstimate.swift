import Packets

/// What is known of one capture's clock.
package struct ClockEstimate: Equatable, Sendable {
  /// How far it is ahead of the reference, the clock of the first capture; `nil` where nothing tells.
  package var correction: ClockCorrection?
  /// How far off that may be.
  package var uncertainty = Interval.zero
  /// The packets, or messages on both legs of a proxy, that it was estimated from.
  package var matches = 0
  /// Whether whole packets were in both captures.
  package var isFromPackets = false

  /// The finest that most captures tell.
  static let resolution = Interval(nanoseconds: 1000)

  /// The clock that all others are compared with.
  package static let reference = ClockEstimate(correction: ClockCorrection.none)
}

/// How the clocks of captures that are read together compare.
package struct CaptureClocks: Equatable, Sendable {
  /// By capture.
  package private(set) var estimates: [ClockEstimate]
  /// Whether times were corrected by the estimates; inputs that can be read only once come too late for that.
  package var isApplied = true

  /// One capture, or several of the same clock.
  package init(captures: Int = 1) {
    estimates = Array(repeating: .reference, count: max(1, captures))
  }

  /// Compares the captures by what they have in common: each by way of that with which it compares best.
  ///
  /// `comparisons[i][j]` is that of captures i and j, for i < j.
  init(_ comparisons: [[SurveyComparison?]]) {
    estimates = Array(repeating: ClockEstimate(), count: comparisons.count)
    estimates[0] = .reference
    while let (capture, estimate) = nextBest(comparisons) { estimates[capture] = estimate }
  }

  /// The most certain estimate of a capture that has none yet, by way of one that has.
  private func nextBest(_ comparisons: [[SurveyComparison?]]) -> (Int, ClockEstimate)? {
    var best: (Int, ClockEstimate)?
    for known in estimates.indices {
      guard let onward = estimates[known].correction else { continue }
      for other in estimates.indices where estimates[other].correction == nil {
        guard let comparison = comparisons[min(known, other)][max(known, other)], let found = comparison.correction
        else { continue }
        let uncertainty = comparison.uncertainty + estimates[known].uncertainty
        if let best, best.1.uncertainty <= uncertainty { continue }
        best = (
          other,
          ClockEstimate(
            correction: (known < other ? found : found.inverse).followed(by: onward), uncertainty: uncertainty,
            matches: comparison.matches, isFromPackets: comparison.sharesPackets)
        )
      }
    }
    return best
  }

  /// What to subtract from each capture's times.
  package var corrections: [ClockCorrection] {
    estimates.map { isApplied ? $0.correction ?? .none : .none }
  }

  /// How far off the time from one capture's packet to another's may be; `nil` where nothing tells.
  package func uncertainty(between a: Int, and b: Int) -> Interval? {
    guard a != b else { return .zero }
    guard isApplied, estimates.indices.contains(a), estimates.indices.contains(b), estimates[a].correction != nil,
      estimates[b].correction != nil
    else { return nil }
    return estimates[a].uncertainty + estimates[b].uncertainty
  }
}
