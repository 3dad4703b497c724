import Analysis
import Packets

/// A WebSocket opened to upgrade a long-polling session, and the probe did not complete (engine.io-protocol, "Upgrade").
struct ProbeFailed: Rule {
  /// A probe takes a few round trips; after two seconds a person may wonder, after ten the server gives up
  /// (upgradeTimeout).
  static let waitBeforeWarning = Interval.seconds(2)
  static let waitBeforeError = Interval.seconds(10)
  /// A client sends its probe with the 101; three seconds are a busy tab.
  static let waitForProbe = Interval.seconds(3)

  static let threshold: RuleThreshold? = RuleThreshold(
    waitBeforeWarning,
    reason: "How long a step of the probe may take: each is one round trip.")

  static let entry = CatalogueEntry(
    "probe-failed",
    summary:
      "A WebSocket opened for an upgrade from long-polling, but its probe (`2probe`, `3probe`, `5`) did not complete.",
    proof: """
      After the 101: no `2probe` in 3 s, no `3probe` or no `5` in 2 s (10 s: error), something else than `3probe`, or an end \
      before `5`. A client that leaves within that time did not fail.
      """,
    causes: """
      A proxy, antivirus or firewall that answers the upgrade but holds or drops WebSocket frames; a poll that is not \
      released (`5` waits for it); a second WebSocket for the same session; a blocked event loop.
      """,
    remedy: """
      Look at what stands on the side that the frames don't reach; `transports: ["websocket"]` in the client proves whether \
      frames pass at all. The session goes on with long-polling.
      """,
    mistakenFor: "missing-101, where the upgrade itself is refused; and a tab that was closed in the meantime.")

  private var probes: [ProbeFacts] = []

  private let waitForAnswer: Interval
  private let waitForProbe: Interval

  init(thresholds: Thresholds) {
    waitForAnswer = thresholds["probe-failed"] ?? ProbeFailed.waitBeforeWarning
    waitForProbe = thresholds["probe-failed"] ?? ProbeFailed.waitForProbe
  }

  mutating func observe(_ event: TraceEvent) {
    guard case .probeEnded(let probe) = event, failure(probe) != nil else { return }
    probes.append(probe)
  }

  /// How a probe failed.
  private struct Failure {
    var step: String
    var since: PacketReference
    var severity: Severity
    var threshold: Interval
  }

  private func failure(_ probe: ProbeFacts) -> Failure? {
    guard probe.completed == nil else { return nil }
    let until = probe.ended ?? probe.observedUntil
    if probe.wasUpgraded, probe.endedBy == .serverToClient {
      return Failure(step: "second-websocket", since: probe.accepted, severity: .warning, threshold: .zero)
    }
    if probe.unexpected != nil {
      return Failure(
        step: "unexpected-packet", since: probe.probe ?? probe.accepted, severity: .error, threshold: .zero)
    }
    let step = probe.answer != nil ? "no-upgrade" : probe.probe != nil ? "no-answer" : "no-probe"
    let since = probe.answer ?? probe.probe ?? probe.accepted
    let threshold = probe.probe == nil ? waitForProbe : waitForAnswer
    let waited = until.time - since.time
    if probe.endedBy == .serverToClient, probe.ended != nil {
      return Failure(step: step, since: since, severity: .error, threshold: threshold)
    }
    guard waited >= threshold else { return nil }
    let isError = waited >= ProbeFailed.waitBeforeError || probe.ended != nil
    return Failure(step: step, since: since, severity: isError ? .error : .warning, threshold: threshold)
  }

  func conclude(in scene: Scene) -> [Finding] {
    let attempts = grouped(probes, by: { $0.place.key ?? "\($0.place.connection)" }, place: \.place)
    return grouped(
      attempts, by: { "\($0[0].place.sid ?? "") \(failure($0[0])?.step ?? "")" }, place: { $0[0].place }
    ).compactMap { finding($0, scene) }
  }

  private func finding(_ attempts: [[ProbeFacts]], _ scene: Scene) -> Finding? {
    let probe = attempts[0][0]
    guard let failure = self.failure(probe) else { return nil }
    let all = attempts.flatMap { $0 }
    let until = probe.ended ?? probe.observedUntil
    let waited = until.time - failure.since.time
    var finding = Finding(
      "probe-failed", failure.severity, .certain, blame: blame(failure, attempts[0]),
      connections: connections(of: all.map(\.place)), at: probe.accepted,
      packets: all.flatMap { [$0.accepted] + [$0.probe, $0.answer, $0.unexpected, $0.ended].compactMap { $0 } },
      title: "the upgrade to WebSocket stopped after its 101: \(ProbeFailed.missing(failure.step))",
      detail: """
        \(probe.place.server) accepted the WebSocket (\(scene.place(probe.accepted))), but \
        \(ProbeFailed.missing(failure.step)) in \(duration(waited))\(ending(probe, scene)). \(whereabouts(failure, attempts[0])) \
        The session stays on long-polling.
        """,
      evidence: [
        ("step", .text(failure.step)), ("waited", .number(waited.seconds)),
        ("threshold", .number(failure.threshold.seconds)), ("noops", .count(probe.noops)),
      ],
      remedy: ProbeFailed.remedy(failure.step))
    finding.sid = probe.place.sid
    finding.until = probe.ended
    finding.count = attempts.count
    finding.endpoints = (probe.place.client, probe.place.server)
    return finding
  }

  private static func missing(_ step: String) -> String {
    switch step {
    case "no-probe": "no probe (`2probe`) came from the client"
    case "no-answer": "no `3probe` answered the client's probe"
    case "no-upgrade": "the client did not complete it with `5`"
    case "unexpected-packet": "something else than `3probe` answered the client's probe"
    default: "another WebSocket carried the session already"
    }
  }

  private func ending(_ probe: ProbeFacts, _ scene: Scene) -> String {
    guard let ended = probe.ended else { return "" }
    return "; then the \(probe.endedBy?.sender ?? "other side") closed it (\(scene.place(ended)))"
  }

  /// Which side of the capture point the missing frame was lost on, as far as the legs tell.
  private func whereabouts(_ failure: Failure, _ legs: [ProbeFacts]) -> String {
    guard let back = legs.last(where: { $0.place.isBehindProxy }) else {
      return failure.step == "no-upgrade" && legs[0].heldPoll != nil
        ? "The poll that it waits for was not released." : "Its own leg is healthy."
    }
    if failure.step == "no-answer", back.answer != nil {
      return "The server had answered: \(back.place.client.address) did not pass it on."
    }
    if failure.step == "no-answer", back.probe == nil {
      return "The probe did not reach \(back.place.server): \(back.place.client.address) did not pass it on."
    }
    return "Both captured legs show the same: look behind \(back.place.server)."
  }

  private func blame(_ failure: Failure, _ legs: [ProbeFacts]) -> Blame {
    switch failure.step {
    case "no-probe", "no-upgrade", "second-websocket": return .client
    default:
      let back = legs.last { $0.place.isBehindProxy }
      if let back, back.answer != nil || back.probe == nil { return .proxy }
      return .unknown
    }
  }

  private static func remedy(_ step: String) -> String {
    switch step {
    case "no-probe":
      "Look at the client: a browser extension, antivirus or proxy on its host that opens WebSockets and holds their frames."
    case "no-answer":
      "Find what drops WebSocket frames between the client and the server: a middlebox, an HTTP proxy with inspection. To prove it, set transports: [\"websocket\"] in the client: then nothing connects. Until it is found long-polling carries the session."
    case "no-upgrade":
      "The client waits for its open poll before `5`: let the server and every proxy release it (no buffering or caching of polls; a `6` answers it within 100 ms)."
    case "second-websocket":
      "Let the client open one WebSocket for each session: two copies of the client library, or a proxy that repeats requests (proxy_next_upstream)."
    default: "Look at what answers for the server: only `3probe` may come first on the WebSocket."
    }
  }
}
