import Analysis
import Packets

/// A session stays on long-polling.
struct PollingOnly: Rule {
  /// A browser tries the upgrade at once; after five seconds it has failed or will not come.
  static let wait = Interval.seconds(5)
  /// A session that goes on for so long after its upgrade has failed has had it on its way.
  static let waitAfterFailure = Interval.seconds(2)

  /// From so many requests a second on, a stream is told in single messages by long-polling.
  static let stormRate = 5.0

  static let threshold: RuleThreshold? = RuleThreshold(
    wait,
    reason: "How long a session may stay on long-polling: clients try the upgrade at once.")

  static let entry = CatalogueEntry(
    "polling-only",
    summary: "A session stays on long-polling and is not upgraded to WebSocket.",
    proof: """
      5 s after it was opened (2 s after an upgrade's WebSocket has ended) the session was still polling: an upgrade that \
      was tried did not complete (warning), none was ever tried although the server offers `websocket` (notice), or the \
      server offers none, `upgrades: []` (notice). More than 5 requests a second for 3 s, one for each message of a stream, \
      are told with it.
      """,
    causes: """
      A proxy without upgrade headers, a failed probe, an antivirus; a client with `transports: ["polling"]` or \
      `upgrade: false`; a server with `transports: ["polling"]` or `allowUpgrades: false`, or a Python server without a \
      WebSocket library.
      """,
    remedy: """
      Look at the finding about the upgrade itself (missing-101, probe-failed, invalid-handshake). To prove that \
      WebSocket works at all: `transports: ["websocket"]` in the client. Each token costs one HTTP round trip until then.
      """,
    mistakenFor: """
      A session that ended before its upgrade came; and one opened on a WebSocket, whose handshake always has `upgrades: []`.
      """)

  private var sessions: [SessionSummary] = []
  private var attempts: [String: [UpgradeAttempt]] = [:]
  /// When a session's first upgrade had failed for certain.
  private var failures: [String: Timestamp] = [:]

  private let wait: Interval

  init(thresholds: Thresholds) { wait = thresholds["polling-only"] ?? PollingOnly.wait }

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .upgradeEnded(let attempt):
      if let sid = attempt.sid { attempts[sid, default: []].append(attempt) }
    case .webSocketEnded(let end):
      guard let sid = end.sid, !end.carriedSession, let ended = end.ended else { return }
      failures[sid] = min(failures[sid] ?? ended.time, ended.time)
    case .sessionClosed(let session):
      if PollingOnly.stays(session) {
        sessions.append(session)
      } else if let sid = session.sid {
        // What was tried for it is of no more use; of very many sessions, it would be much.
        attempts[sid] = nil
        failures[sid] = nil
      }
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    sessions.filter(hasWaited).map { finding($0, scene) }
  }

  /// Whether a session was opened for long-polling, as far as was seen, and not upgraded.
  private static func stays(_ session: SessionSummary) -> Bool {
    !session.upgraded && session.pingInterval != nil && session.transports.first == .polling
  }

  private func hasWaited(_ session: SessionSummary) -> Bool {
    if let failed = session.sid.flatMap({ failures[$0] }), session.end.time - failed >= PollingOnly.waitAfterFailure {
      return true
    }
    return session.end.time - since(session) >= wait
  }

  /// From when on the session should have been upgraded: its failed attempt, or its beginning.
  private func since(_ session: SessionSummary) -> Timestamp {
    session.sid.flatMap { attempts[$0]?.first?.request.time } ?? session.start.time
  }

  /// Why a session stays, and what to do.
  private struct Reason {
    var severity = Severity.notice
    var confidence = Confidence.likely
    var blame: Blame
    /// The end of the title, and what was seen.
    var title: String
    var detail: String
    var remedy: String
  }

  private func reason(_ session: SessionSummary, _ tried: [UpgradeAttempt], _ scene: Scene) -> Reason {
    if let first = tried.first {
      return Reason(
        severity: .warning, confidence: .certain, blame: .unknown, title: "its upgrade failed",
        detail: """
          \(counted(tried.count, "upgrade request")) did not lead to one (first: \(scene.place(first.request))).
          """,
        remedy: """
          Make the upgrade work: see what became of its request. Until then each message costs an HTTP round trip.
          """)
    }
    guard session.offersWebSocket else {
      return Reason(
        confidence: .certain, blame: .server, title: "the server offers no upgrade",
        detail: "The handshake has `upgrades: []`, so that no client tries one.",
        remedy: """
          If that is not meant: take `transports: ["polling"]` and `allowUpgrades: false` out of the server's options. A \
          Python server needs an async mode that can do WebSocket (ASGI, or the package simple-websocket).
          """)
    }
    return Reason(
      blame: .client, title: "no upgrade was seen",
      detail: "The server offered WebSocket, and no upgrade request was seen.",
      remedy: """
        If that is not meant: remove `transports: ["polling"]` or `upgrade: false` from the client's options. If the client \
        does try, its upgrade went another way than this capture: another port or host, TLS or HTTP/2.
        """)
  }

  private func finding(_ session: SessionSummary, _ scene: Scene) -> Finding {
    let tried = session.sid.flatMap { attempts[$0] } ?? []
    let lasted = session.end.time - session.start.time
    let reason = reason(session, tried, scene)
    let storm = session.fastestPolls.flatMap { $0.perSecond > PollingOnly.stormRate ? $0 : nil }
    var finding = Finding(
      "polling-only", reason.severity, reason.confidence, blame: reason.blame, connections: session.connections,
      at: session.start, packets: [session.start] + tried.map(\.request) + [session.end],
      title: "session \(session.sid.map { $0.prefix(8) + "…" } ?? "") stays on long-polling: \(reason.title)",
      detail: """
        The session was opened by long-polling (\(scene.place(session.start))), and \(duration(lasted)) later it was still \
        polling. \(reason.detail)\(storm.map { " It asked \(decimal($0.perSecond, 1)) times a second from \(scene.place($0.first)) to \(scene.time($0.last)): a stream whose messages each cost a request." } ?? "")
        """,
      evidence: [
        ("lasted", .number(lasted.seconds)), ("threshold", .number(wait.seconds)),
        ("attempts", .count(tried.count)), ("offered", .flag(session.offersWebSocket)),
      ] + (storm.map { [("pollsPerSecond", .number($0.perSecond))] } ?? []),
      remedy: reason.remedy)
    finding.sid = session.sid
    finding.until = session.end
    finding.endpoints = tried.first.map { ($0.client, $0.server) } ?? session.server.map { (session.client, $0) }
    return finding
  }
}
