import Analysis
import Packets

/// A session that could be upgraded stays on long-polling.
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
    summary: "A session that could be upgraded to WebSocket stays on long-polling.",
    proof: """
      The server offered `websocket`, and 5 s later (2 s after an upgrade's WebSocket has ended) the session was still \
      polling: an upgrade that was tried did not complete (warning), or none was ever tried (notice). More than 5 requests \
      a second for 3 s, one for each message of a stream, are told with it.
      """,
    causes: """
      A proxy without upgrade headers, a failed probe, an antivirus; or a client with `transports: ["polling"]` or \
      `upgrade: false`.
      """,
    remedy: """
      Look at the finding about the upgrade itself (missing-101, probe-failed, invalid-handshake). To prove that \
      WebSocket works at all: `transports: ["websocket"]` in the client. Each token costs one HTTP round trip until then.
      """,
    mistakenFor: "A session that ended before its upgrade came, and a server that offers none (`upgrades: []`).")

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

  /// Whether a session could have been upgraded and was not.
  private static func stays(_ session: SessionSummary) -> Bool {
    !session.upgraded && session.offersWebSocket && session.transports.first == .polling
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

  private func finding(_ session: SessionSummary, _ scene: Scene) -> Finding {
    let tried = session.sid.flatMap { attempts[$0] } ?? []
    let lasted = session.end.time - session.start.time
    let requests =
      tried.isEmpty
      ? "No upgrade request was seen."
      : "\(counted(tried.count, "upgrade request")) did not lead to one (first: \(scene.place(tried[0].request)))."
    let storm = session.fastestPolls.flatMap { $0.perSecond > PollingOnly.stormRate ? $0 : nil }
    var finding = Finding(
      "polling-only", tried.isEmpty ? .notice : .warning, tried.isEmpty ? .likely : .certain,
      blame: tried.isEmpty ? .client : .unknown, connections: session.connections, at: session.start,
      packets: [session.start] + tried.map(\.request) + [session.end],
      title: "session \(session.sid.map { $0.prefix(8) + "…" } ?? "") stays on long-polling"
        + (tried.isEmpty ? ": no upgrade was seen" : ": its upgrade failed"),
      detail: """
        The server offered WebSocket (\(scene.place(session.start))); \(duration(lasted)) later the session was still \
        polling. \(requests)\(storm.map { " It asked \(decimal($0.perSecond, 1)) times a second from \(scene.place($0.first)) to \(scene.time($0.last)): a stream whose messages each cost a request." } ?? "")
        """,
      evidence: [
        ("lasted", .number(lasted.seconds)), ("threshold", .number(wait.seconds)),
        ("attempts", .count(tried.count)),
      ] + (storm.map { [("pollsPerSecond", .number($0.perSecond))] } ?? []),
      remedy: tried.isEmpty
        ? "If that is not meant: remove `transports: [\"polling\"]` or `upgrade: false` from the client's options. If the client does try, its upgrade went another way than this capture: another port or host, TLS or HTTP/2."
        : "Make the upgrade work: see what became of its request. Until then each message costs an HTTP round trip.")
    finding.sid = session.sid
    finding.until = session.end
    finding.endpoints = tried.first.map { ($0.client, $0.server) } ?? session.server.map { (session.client, $0) }
    return finding
  }
}
