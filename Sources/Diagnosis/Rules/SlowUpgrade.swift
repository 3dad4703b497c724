import Analysis
import Packets

/// The 101, or the probe that moves a session to its WebSocket, came late.
struct SlowUpgrade: Rule {
  /// A 101 takes a round trip and what the server's check takes; after one second a person notices.
  static let waitForAnswer = Interval.seconds(1)
  /// A client holds its writes back while it probes; the probe is over in a few round trips.
  static let waitForProbe = Interval.seconds(1)
  /// From here on clients' patience ends: they give up at 20 s.
  static let long = Interval.seconds(5)

  static let threshold: RuleThreshold? = RuleThreshold(
    waitForAnswer,
    reason: "How long the 101, or the probe, may take beyond a round trip: after a second a person notices.")

  static let entry = CatalogueEntry(
    "slow-upgrade",
    summary: "The 101 Switching Protocols, or the Engine.IO probe after it, came late.",
    proof: """
      More than 1 s, beyond a round trip, from the upgrade request to its 101 (5 s: error); or more than 1 s from the 101 to \
      the client's `5` (5 s: warning, less: notice). A SYN-ACK that took 200 ms or more, and 5 times as long as data takes, \
      is told with it: a full accept queue.
      """,
    causes: """
      `allowRequest` or middleware that waits for a database; a blocked event loop; a proxy that waits for a free upstream \
      connection; for the probe a slow path, or a poll that is released late.
      """,
    remedy: "Measure what the server does between the request and its 101; let the check answer from a cache.",
    mistakenFor: """
      A slow network: the round trip is taken off, the request's acknowledgement tells when it arrived, and the other leg \
      whether the proxy waited.
      """)

  private var answers: [(attempt: UpgradeAttempt, answered: PacketReference)] = []
  private var probes: [ProbeFacts] = []
  /// The connections of `answers`.
  private var asked: Set<Int> = []
  private var roundTrips: [Int: Interval] = [:]
  private let waitForAnswer: Interval
  private let waitForProbe: Interval

  init(thresholds: Thresholds) {
    waitForAnswer = thresholds["slow-upgrade"] ?? SlowUpgrade.waitForAnswer
    waitForProbe = thresholds["slow-upgrade"] ?? SlowUpgrade.waitForProbe
  }

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .upgradeEnded(let attempt):
      guard case .accepted(let at) = attempt.outcome, at.time - attempt.request.time > waitForAnswer else { return }
      answers.append((attempt, at))
      asked.insert(attempt.connection)
    case .probeEnded(let probe):
      guard let completed = probe.completed, completed.time - probe.accepted.time > waitForProbe else { return }
      probes.append(probe)
    case .connectionClosed(let connection):
      if asked.contains(connection.id) {
        // A SYN-ACK that a full accept queue delayed is no measure of the way.
        roundTrips[connection.id] = LateSynAck(connection.tcp)?.roundTrip ?? connection.tcp.roundTrip
      }
    default: break
    }
  }

  private func waited(_ answer: (attempt: UpgradeAttempt, answered: PacketReference)) -> Interval {
    answer.answered.time - answer.attempt.request.time - (roundTrips[answer.attempt.connection] ?? .zero)
  }

  func conclude(in scene: Scene) -> [Finding] {
    let late = answers.filter { waited($0) > waitForAnswer }
    return grouped(late, by: { $0.attempt.place.webSocket }, place: { $0.attempt.place })
      .map { finding($0, scene) }
      + grouped(probes, by: { $0.place.key ?? "\($0.place.connection)" }, place: \.place).map { finding($0, scene) }
  }

  private func finding(
    _ legs: [(attempt: UpgradeAttempt, answered: PacketReference)], _ scene: Scene
  ) -> Finding {
    let (front, answered) = legs[0]
    let waited = waited(legs[0])
    let back = legs.last { $0.attempt.leg == .upstream }
    let arrival = back?.attempt.acknowledgedAfter ?? front.acknowledgedAfter
    let isPath = arrival.map { $0.nanoseconds > waited.nanoseconds / 2 } ?? false
    let path = arrival.map { arrival in
      isPath
        ? " The request itself was acknowledged only after \(duration(arrival)): the path took most of it, or a machine that is out of breath."
        : " The request was acknowledged \(arrival < .milliseconds(1) ? "at once" : "after \(duration(arrival))"), so the network is not it."
    }
    let whose =
      back.map { "The server \($0.attempt.server) took \(duration(self.waited($0))) of it." }
      ?? (front.leg == .client
        ? "On the server's leg the answer was quick: \(front.server.address) held it."
        : "Only this leg was captured: the server, or a proxy before it, waited.")
    var finding = Finding(
      "slow-upgrade", waited > SlowUpgrade.long ? .error : .warning, .certain,
      blame: isPath ? .network : back != nil ? .server : front.leg == .client ? .proxy : .unknown,
      blameDetail: isPath ? .network : back == nil && front.leg == .only ? .upstream : nil,
      connections: connections(of: legs.map { $0.attempt.place }), at: front.request,
      packets: legs.flatMap { [$0.attempt.request, $0.answered] },
      title: "the 101 of \(front.server) came after \(duration(waited))",
      detail: """
        \(front.client) asked for a WebSocket (\(scene.place(front.request))); the 101 came \(duration(waited)) later, the \
        round trip taken off (\(scene.packet(answered))).\(path ?? "") \(whose)
        """,
      evidence: [
        ("waited", .number(waited.seconds)), ("threshold", .number(waitForAnswer.seconds)), ("step", .text("101")),
      ] + (arrival.map { [("acknowledgedAfter", .number($0.seconds))] } ?? []),
      remedy:
        "Look at what \(back?.attempt.server ?? front.server) does with the request from \(scene.clock(front.request)) on: allowRequest, middleware, its event loop."
    )
    finding.sid = front.sid
    finding.until = answered
    finding.endpoints = (front.client, front.server)
    return finding
  }

  private func finding(_ legs: [ProbeFacts], _ scene: Scene) -> Finding {
    let probe = legs[0]
    let completed = probe.completed ?? probe.accepted
    let took = completed.time - probe.accepted.time
    // The longest of the three steps tells who was waited for.
    let steps: [(name: String, from: PacketReference?, to: PacketReference?)] = [
      ("the client's `2probe`", probe.accepted, probe.probe), ("the server's `3probe`", probe.probe, probe.answer),
      ("the client's `5`", probe.answer, probe.completed),
    ]
    let slowest = steps.max { SlowUpgrade.length($0.from, $0.to) < SlowUpgrade.length($1.from, $1.to) } ?? steps[0]
    var finding = Finding(
      "slow-upgrade", took > SlowUpgrade.long ? .warning : .notice, .certain, blame: .unknown, blameDetail: .upstream,
      connections: connections(of: legs.map(\.place)), at: probe.accepted,
      packets: legs.flatMap { [$0.accepted] + [$0.probe, $0.answer, $0.completed].compactMap { $0 } },
      title: "the session's move to its WebSocket took \(duration(took))",
      detail: """
        From the 101 (\(scene.place(probe.accepted))) to the client's `5` (\(scene.packet(completed))) it took \
        \(duration(took)), most of it for \(slowest.name). The client holds its messages back meanwhile.
        """,
      evidence: [
        ("waited", .number(took.seconds)), ("threshold", .number(waitForProbe.seconds)),
        ("step", .text("probe")), ("noops", .count(probe.noops)),
      ],
      remedy:
        "Look at what delays \(slowest.name): the event loop of that side, a proxy that holds frames, a poll that is released late."
    )
    finding.sid = probe.place.sid
    finding.until = completed
    finding.endpoints = (probe.place.client, probe.place.server)
    return finding
  }

  private static func length(_ from: PacketReference?, _ to: PacketReference?) -> Interval {
    guard let from, let to else { return .zero }
    return to.time - from.time
  }
}
