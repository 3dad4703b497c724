import Packets

/// What captures that are read together have in common: their clocks, and the connections that several of them saw.
package struct CaptureComparison: Sendable {
  package var clocks: CaptureClocks
  /// The connections that several captures saw.
  let flows: [FlowEnds: SharedFlow]
  /// When each capture ran, by the common clock; `nil` for one without packets.
  let coverage: [ClosedRange<Timestamp>?]

  /// Compares captures; `surveys` are in their order.
  package init(_ surveys: [CaptureSurvey]) {
    let comparisons = surveys.indices.map { near in
      surveys.indices.map { far in near < far ? SurveyComparison(surveys[near], surveys[far]) : nil }
    }
    let clocks = CaptureClocks(comparisons)
    self.clocks = clocks
    coverage = zip(surveys, clocks.corrections).map { survey, clock in
      guard let first = survey.first else { return nil }
      let start = clock.corrected(first)
      return start...max(start, clock.corrected(survey.last))
    }
    var shared: [FlowEnds: SharedFlow] = [:]
    for (index, survey) in surveys.enumerated() {
      for ends in survey.flows.keys where shared[ends] == nil {
        guard surveys[(index + 1)...].contains(where: { $0.flows[ends] != nil }) else { continue }
        shared[ends] = CaptureComparison.share(ends, surveys, comparisons)
      }
    }
    flows = shared
  }

  /// A connection with its points of capture; `nil` where no two captures saw the same of it.
  ///
  /// Captures that follow each other, as a ring of files does, have no octet in common.
  private static func share(
    _ ends: FlowEnds, _ surveys: [CaptureSurvey], _ comparisons: [[SurveyComparison?]]
  ) -> SharedFlow? {
    let seen = surveys.indices.compactMap { index in surveys[index].flows[ends].map { (index, $0) } }
    let primary = seen.max { ($0.1.octets, $0.1.packets, -$0.0) < ($1.1.octets, $1.1.packets, -$1.0) }
    guard let primary else { return nil }
    let route = Route.hosts(ends.low.address, ends.high.address)
    var points: [SharedFlow.Point] = []
    for (index, flow) in seen where index == primary.0 || flow.overlaps(primary.1) {
      let way = comparisons[min(index, primary.0)][max(index, primary.0)]?.isFromLowForward[route]
      points.append(SharedFlow.Point(capture: index, isBehindPrimary: way.map { index > primary.0 ? $0 : !$0 }))
    }
    return points.count > 1 ? SharedFlow(primary: primary.0, points: points) : nil
  }
}
