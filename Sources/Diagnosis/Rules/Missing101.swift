import Analysis
import Packets

/// An upgrade request got no 101 (RFC 6455 section 4.2.2): refused, reset, closed, or not answered.
struct Missing101: Rule {
  /// A 101 comes within a round trip and the time of an `allowRequest` check; the client gives up at 20 s.
  static let waitBeforeWarning = Interval.seconds(2)
  static let waitBeforeError = Interval.seconds(10)
  /// A refusal is part of logging in, or of a deployment, where the same client gets in so soon behind it.
  static let waitForLogin = Interval.seconds(10)
  static let waitForServer = Interval.seconds(60)
  /// Moments remembered of a client and server, and ways and clients in all.
  private static let mostMoments = 64
  /// Attempts with one key that a further leg is looked for among: one key for all is no key.
  private static let mostLegs = 64
  private static let mostWays = 4096

  static let threshold: RuleThreshold? = RuleThreshold(
    waitBeforeWarning,
    reason: "How long an upgrade may go unanswered: a 101 comes within a round trip and the time of a check.")

  static let entry = CatalogueEntry(
    "missing-101",
    summary: "A WebSocket upgrade request did not get its 101 Switching Protocols.",
    proof: """
      A request with `Upgrade: websocket`, and another status (refused), a reset, a FIN, or nothing for 10 s (2 s: warning).
      An upgrade still unanswered when the capture ends is pending, not failed.
      """,
    causes: """
      A proxy that drops the Upgrade and Connection headers (JSON `{"code":3}` or 426 comes back); a wrong path (404, or \
      a silent FIN after 1 s); authentication (401, 403); a dead or slow upstream (502, 504); a firewall that resets.
      """,
    remedy: """
      nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \
      $connection_upgrade; in the location of the Socket.IO path. 404: make the client's and the server's `path` agree. \
      502 or 504: look at the upstream server.
      """,
    mistakenFor: """
      A capture that lost the answer (the client acknowledges bytes that are not in the file: capture-gap), and a client \
      that closed the tab before the answer came.
      """)

  /// One attempt, on all legs that show it.
  private struct Attempt {
    var legs: [UpgradeAttempt]
    /// The client's leg first.
    var front: UpgradeAttempt { legs[0] }
  }

  private var attempts: [Attempt] = []
  /// The attempts by the key that they were begun with.
  private var byKey: [String: [Int]] = [:]
  /// When upgrades were accepted, by client and server.
  private var accepted: [Way: [Timestamp]] = [:]
  /// The clients that use long-polling too.
  private var polling: Set<IPAddress> = []

  /// Between whom an upgrade was asked for.
  private struct Way: Hashable {
    var client: IPAddress
    var server: Endpoint

    init(_ attempt: UpgradeAttempt) {
      client = attempt.client.address
      server = attempt.server
    }
  }

  private let wait: Interval

  init(thresholds: Thresholds) { wait = thresholds["missing-101"] ?? Missing101.waitBeforeWarning }

  mutating func observe(_ event: TraceEvent) {
    if case .connectionClosed(let connection) = event { return note(connection) }
    guard case .upgradeEnded(let attempt) = event else { return }
    if case .accepted(let at) = attempt.outcome {
      // A proxy that got the 101 and passed on something else is told by the other leg.
      let way = Way(attempt)
      guard accepted[way] != nil || accepted.count < Missing101.mostWays else { return }
      if accepted[way, default: []].count < Missing101.mostMoments { accepted[way, default: []].append(at.time) }
      return
    }
    let known = attempt.key.flatMap { byKey[$0]?.suffix(Missing101.mostLegs) } ?? []
    if let index = known.first(where: { Missing101.isOther(leg: attempt, of: attempts[$0]) }) {
      let isInFront = attempt.server.address == attempts[index].front.client.address
      attempts[index].legs.insert(attempt, at: isInFront ? 0 : attempts[index].legs.count)
    } else {
      if let key = attempt.key { byKey[key, default: []].append(attempts.count) }
      attempts.append(Attempt(legs: [attempt]))
    }
  }

  private mutating func note(_ connection: ConnectionSummary) {
    guard polling.count < Missing101.mostWays, !polling.contains(connection.client.address),
      connection.requests.contains(where: { $0.targetHas("transport=polling") })
    else { return }
    polling.insert(connection.client.address)
  }

  /// Whether the same client got its 101 soon behind a failure.
  private func gotIn(_ attempt: UpgradeAttempt, after failed: PacketReference, within time: Interval) -> Bool {
    accepted[Way(attempt)]?.contains { $0 >= failed.time && $0 - failed.time <= time } ?? false
  }

  private static func isOther(leg: UpgradeAttempt, of attempt: Attempt) -> Bool {
    guard let key = leg.key, attempt.legs.count < 4 else { return false }
    return attempt.legs.contains { known in
      // A key made by hand, such as `test`, is that of many requests.
      known.key == key && (key.utf8.count == 24 || known.target == leg.target) && known.connection != leg.connection
        && abs((known.request.time - leg.request.time).seconds) < 30
        && (known.server.address == leg.client.address || leg.server.address == known.client.address)
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    var groups: [String: [(Attempt, Failure)]] = [:]
    for attempt in attempts {
      guard let failure = Failure(attempt.front, patience: wait) else { continue }
      // The client's credentials come with the second request.
      if failure.status == 401, gotIn(attempt.front, after: failure.ended, within: Missing101.waitForLogin) { continue }
      groups[failure.group, default: []].append((attempt, failure))
    }
    return groups.values.map { finding($0, scene) }
  }

  /// Why an attempt failed, as far as its client's leg shows; `nil` where it did not fail.
  private struct Failure {
    var reason: String
    var status: Int?
    var server: String?
    var body: String
    var severity = Severity.error
    var ended: PacketReference
    var isClientsDoing = false
    /// Whether the answer is the one to a plain GET.
    let isStripped: Bool

    init?(_ attempt: UpgradeAttempt, patience: Interval) {
      body = ""
      isStripped = attempt.isAnsweredAsPlain
      switch attempt.outcome {
      case .accepted: return nil
      case .refused(let status, let server, let text, let at):
        (reason, self.status, self.server, body, ended) = ("refused", status, server, text, at)
      case .closed(let by, let at):
        guard by == .serverToClient || at.time - attempt.request.time >= patience else { return nil }
        (reason, ended) = (by == .serverToClient ? "closed" : "no-response", at)
      case .reset(let by, let at):
        guard by == .serverToClient || at.time - attempt.request.time >= patience else { return nil }
        (reason, ended) = (by == .serverToClient ? "reset" : "no-response", at)
      case .unanswered(let at):
        guard at.time - attempt.request.time >= patience else { return nil }
        (reason, ended) = ("no-response", at)
      }
      if reason == "no-response", ended.time - attempt.request.time < Missing101.waitBeforeError { severity = .warning }
      if status == nil, attempt.answerMayBeLost { return nil }
    }

    /// Repeats of the same failure are one finding; the messages of a 400 tell several causes apart.
    var group: String { "\(reason) \(status ?? 0) \(status == 400 ? body : "")" }

    /// The message of a 400, which tells its cause, for a title.
    var words: String {
      guard status == 400, !body.isEmpty, !isStripped else { return "" }
      return ": \(gist(EngineRefusal(body: body)?.words ?? body))"
    }
  }

  /// The request of a leg, and what ended its wait.
  private func packets(_ leg: UpgradeAttempt) -> [PacketReference] {
    [leg.request] + [Failure(leg, patience: wait)?.ended].compactMap { $0 }
  }

  private func finding(_ group: [(Attempt, Failure)], _ scene: Scene) -> Finding {
    let ordered = group.sorted { $0.0.front.request.time < $1.0.front.request.time }
    let (attempt, failure) = ordered[0]
    let front = attempt.front
    let waited = failure.ended.time - front.request.time
    let isOneOff =
      ordered.count == 1 && [502, 503, 504].contains(failure.status)
      && gotIn(front, after: failure.ended, within: Missing101.waitForServer)
    let hasFallback = front.sid != nil || !front.target.contains("EIO=") || polling.contains(front.client.address)
    var finding = Finding(
      "missing-101", isOneOff ? .warning : failure.severity, .certain, blame: blame(failure),
      connections: ordered.flatMap { $0.0.legs.map(\.connection) }, at: front.request,
      packets: ordered.flatMap { $0.0.legs.flatMap(packets) },
      title: title(failure, front, waited),
      detail: detail(ordered.count, failure, front, waited, scene)
        + (attempt.legs.last?.words(behind: failure.status, scene) ?? "")
        + (isOneOff ? " The next try of the same client got its 101." : "")
        + (hasFallback || ordered.count < 2
          ? "" : " The client tries WebSocket alone, so that nothing works without it."),
      evidence: evidence(failure, waited), remedy: remedy(failure, front))
    if !hasFallback, ordered.count > 1 { finding.evidence.append(("fallback", .text("none"))) }
    finding.sid = front.sid
    finding.until = ordered.map(\.1.ended).max { $0.time < $1.time }
    finding.count = ordered.count
    finding.endpoints = (front.client, front.server)
    return finding
  }

  private func blame(_ failure: Failure) -> Blame {
    if failure.isStripped { return .proxy }
    switch failure.status {
    case 502, 504: return .server
    case nil: return failure.reason == "reset" ? .unknown : .server
    default: return failure.server?.hasPrefix("nginx") == true ? .proxy : .server
    }
  }

  private func evidence(_ failure: Failure, _ waited: Interval) -> [(name: String, value: EvidenceValue)] {
    var evidence: [(name: String, value: EvidenceValue)] = [
      ("reason", .text(failure.reason)), ("waited", .number(waited.seconds)),
      (
        "threshold",
        .number(failure.status == nil && failure.reason == "no-response" ? wait.seconds : 0)
      ),
    ]
    if let status = failure.status { evidence.append(("status", .count(status))) }
    if let server = failure.server { evidence.append(("server", .text(server))) }
    if !failure.body.isEmpty { evidence.append(("message", .text(String(failure.body.prefix(200))))) }
    return evidence
  }

  private func title(_ failure: Failure, _ front: UpgradeAttempt, _ waited: Interval) -> String {
    switch failure.reason {
    case "refused":
      "\(front.server) answers the WebSocket upgrade with \(failure.status ?? 0) instead of 101\(failure.words)"
    case "reset": "the WebSocket upgrade to \(front.server) is answered by a TCP reset"
    case "closed": "\(front.server) closes the connection without an answer to the WebSocket upgrade"
    default: "\(front.server) does not answer the WebSocket upgrade (\(duration(waited)))"
    }
  }

  private func detail(
    _ count: Int, _ failure: Failure, _ front: UpgradeAttempt, _ waited: Interval, _ scene: Scene
  ) -> String {
    var text = "\(front.client) asked \(front.server) to switch to WebSocket (\(scene.place(front.request)))"
    switch failure.reason {
    case "refused":
      text += " and got \(failure.status ?? 0) after \(duration(waited)) (\(scene.packet(failure.ended)))"
      if let server = failure.server { text += " from \(server)" }
      text += failure.body.isEmpty ? "." : ": \(gist(failure.body))."
    case "no-response": text += "; \(duration(waited)) later nothing had come back."
    default:
      text += "; \(duration(waited)) later the connection was \(failure.reason) (\(scene.packet(failure.ended)))."
    }
    if failure.isStripped {
      text += " That is the answer to a plain GET: the upgrade headers did not reach the server."
    }
    return count > 1 ? text + " The same happened to \(counted(count)) upgrades." : text
  }

  private func remedy(_ failure: Failure, _ front: UpgradeAttempt) -> String {
    if failure.isStripped {
      return """
        In the nginx location of the Socket.IO path (any other proxy: pass both headers on):
            proxy_http_version 1.1;
            proxy_set_header Upgrade    $http_upgrade;
            proxy_set_header Connection $connection_upgrade;     # map $http_upgrade $connection_upgrade { default upgrade; '' close; }
        """
    }
    switch (failure.reason, failure.status) {
    case ("refused", 404):
      return
        "Make the path agree: `path` of the Socket.IO client and server (default /socket.io/), nginx `location`, and a proxy_pass without a URI."
    case ("refused", 401), ("refused", 403):
      return
        "Look at what refuses: the server's allowRequest or middleware, or the proxy's access rules, and the credentials that the client sends."
    case ("refused", 502), ("refused", 503):
      return
        "The proxy could not reach its upstream: start the server behind \(front.server), or correct the upstream's address (nginx: proxy_pass, or server in the upstream block; its error.log names the address)."
    case ("refused", 504):
      return
        "The server behind \(front.server) took the request and did not answer within the proxy's read timeout: look what holds upgrades up there (a middlebox, the server's `upgrade` listener, allowRequest, its event loop). Raising proxy_read_timeout does not help."
    case ("refused", 400):
      return Missing101.remedy(badRequest: failure.body)
    case ("refused", 301), ("refused", 302), ("refused", 307), ("refused", 308):
      return
        "Browsers don't follow redirects of a WebSocket: let the client use the final address (https, slash, host)."
    case ("refused", 200):
      return
        "Something answered with a page: the proxy sends the path to another application, or without the upgrade headers."
    case ("reset", _):
      return
        "Find what resets upgrades between the client and \(front.server): a firewall, an intrusion prevention system, or an old proxy. Polling works around it."
    case ("closed", _):
      return
        "Check the Socket.IO `path` on both sides: Node closes an upgrade to a path that nobody handles after 1 s without a word."
    default:
      return
        "Capture on the server's side too: either the request does not arrive there, or the server does not answer it."
    }
  }

  /// What to do about a 400, by the message with which Engine.IO says what it misses.
  private static func remedy(badRequest message: String) -> String {
    if let remedy = EngineRefusal(body: message)?.remedy { return remedy }
    return switch message {
    case let text where text.contains("Sec-WebSocket-Key"):
      "Sec-WebSocket-Key has to be 16 random bytes in base64, as `openssl rand -base64 16` makes them; `test` is not."
    case "", "Bad request", "Bad Request":
      "Look at the request: a hand-made one needs ?EIO=4&transport=websocket, Upgrade, Connection, Sec-WebSocket-Version: 13 and a Sec-WebSocket-Key of 16 bytes in base64."
    case let text where text.hasPrefix("<"):
      "The page is the proxy's or web server's, not Engine.IO's: look at its error log for this request."
    default:
      "The server's own check refused with these words: look for them in allowRequest, in the cors or origin settings, and in the middleware that runs before Socket.IO."
    }
  }
}
