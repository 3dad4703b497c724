import Packets

/// What two captures saw in common, and how their clocks compare by it.
struct SurveyComparison: Sendable {
  /// How far the second capture's clock is ahead of the first one's; `nil` where too little is in both.
  private(set) var fit: ClockFit?
  /// The moment by the second clock from which the fit counts.
  private(set) var origin = Timestamp(nanoseconds: 0)
  /// The difference that the fit's offset is counted from.
  private var base: Int64 = 0
  /// Whether the fit rests on whole packets, not only on what a proxy passed on.
  private(set) var sharesPackets = false
  /// The last moment of the second capture.
  private let last: Timestamp
  /// What the fit rests on.
  private(set) var matches = 0
  /// Of each route, whether what comes from its low end passes the first capture before the second.
  private(set) var isFromLowForward: [Route: Bool] = [:]

  /// Something that both captures saw.
  private struct Match {
    var route: Route
    var isFromLow: Bool
    var near: Timestamp
    var far: Timestamp

    var difference: Int64 { far.nanoseconds &- near.nanoseconds }
  }

  init(_ near: CaptureSurvey, _ far: CaptureSurvey) {
    last = far.last
    let packets = SurveyComparison.matches(near.packets, far.packets)
    sharesPackets = compare(packets)
    if !sharesPackets { _ = compare(SurveyComparison.matches(near.messages, far.messages)) }
  }

  /// In the order of the far clock.
  private static func matches(_ near: SightingSample, _ far: SightingSample) -> [Match] {
    var matches: [Match] = []
    for (fingerprint, seen) in far.sightings where !seen.isAmbiguous {
      guard let earlier = near.sightings[fingerprint], !earlier.isAmbiguous, earlier.route == seen.route,
        earlier.isFromLow == seen.isFromLow
      else { continue }
      matches.append(Match(route: seen.route, isFromLow: seen.isFromLow, near: earlier.time, far: seen.time))
    }
    return matches.sorted { ($0.far, $0.near) < ($1.far, $1.near) }
  }

  /// Fits a line through the matches of routes that have both directions; whether there are any.
  private mutating func compare(_ matches: [Match]) -> Bool {
    guard let first = matches.first else { return false }
    let ways = SurveyComparison.ways(matches)
    var points: [ClockFit.Point] = []
    for match in matches {
      guard let isForward = ways[match.route] else { continue }
      points.append(
        ClockFit.Point(
          time: Double(match.far.nanoseconds &- first.far.nanoseconds),
          difference: Double(match.difference &- first.difference), isForward: match.isFromLow == isForward))
    }
    guard let fit = ClockFit(points, until: Double((last - first.far).nanoseconds)) else { return false }
    self.fit = fit
    (origin, base) = (first.far, first.difference)
    (self.matches, isFromLowForward) = (points.count, ways)
    return true
  }

  /// Which direction of each route goes from the near point to the far one: that which the far clock sees later.
  ///
  /// Neighbours in time are compared, because the clocks drift.
  private static func ways(_ matches: [Match]) -> [Route: Bool] {
    var latest: [Route: Match] = [:]
    var sums: [Route: Double] = [:]
    for match in matches {
      if let neighbour = latest[match.route], neighbour.isFromLow != match.isFromLow {
        let later = Double(match.difference &- neighbour.difference)
        sums[match.route, default: 0] += match.isFromLow ? later : -later
      }
      latest[match.route] = match
    }
    return sums.mapValues { $0 >= 0 }
  }

  /// The second clock's lead; `nil` where it is not known.
  var correction: ClockCorrection? {
    guard let fit, let offset = Int64(exactly: fit.offset.rounded()) else { return nil }
    return ClockCorrection(origin: origin, offset: Interval(nanoseconds: base &+ offset), drift: fit.drift)
  }

  /// How far off the lead may be.
  var uncertainty: Interval {
    guard let fit else { return .zero }
    return max(ClockEstimate.resolution, Interval(nanoseconds: Int64(exactly: fit.margin.rounded(.up)) ?? .max))
  }
}

extension ClockCorrection {
  /// The correction of the other clock by this one.
  var inverse: ClockCorrection {
    ClockCorrection(
      origin: corrected(origin), offset: Interval(nanoseconds: -offset.nanoseconds), drift: -drift / (1 - drift))
  }
}
