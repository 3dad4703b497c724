import Analysis
import Packets

/// A WebSocket handshake whose header fields break RFC 6455 section 4 or RFC 7692, or HTTP after its 101.
struct InvalidHandshake: Rule {
  /// A client that dislikes a 101 closes at once; who stays longer has accepted it.
  static let patience = Interval.seconds(5)

  static let entry = CatalogueEntry(
    "invalid-handshake",
    summary:
      "A WebSocket handshake breaks RFC 6455: key, version, accept, subprotocol or extensions; or HTTP follows a 101.",
    proof: """
      A field of the upgrade request or of its 101 is not as RFC 6455 section 4 or RFC 7692 section 7.1 says; one is \
      enough. An error where the client closed at once or the server refused; a notice where both went on.
      """,
    causes: """
      A proxy or cache that answers with another request's 101, rewrites or drops Sec-WebSocket-* fields; a hand-made \
      request (`Sec-WebSocket-Key: test`); a server that does not know the subprotocol; an Engine.IO 3 client at a server \
      without `allowEIO3` (HTTP 400 behind the 101).
      """,
    remedy: """
      Let the proxy pass Sec-WebSocket-* on unchanged, and no cache answer upgrades (`proxy_cache off;`). A key is 16 random \
      bytes in base64. Name the same subprotocol on both sides. Engine.IO 3 clients: `allowEIO3: true`, or update them.
      """,
    mistakenFor: "A proxy that ends the WebSocket and opens another: keys then differ between legs, rightly.")

  private var facts: [HandshakeFacts] = []
  /// The connections of `facts`.
  private var flawedConnections: Set<Int> = []
  private var stray: [HTTPAfterUpgrade] = []
  /// How the WebSockets with a flaw went on.
  private var ends: [Int: WebSocketEnd] = [:]
  /// The newest upgrades, among which the leg behind a flawed one is looked for.
  private var accepted: [UpgradeAttempt] = []

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .handshakeFlawed(let flawed):
      facts.append(flawed)
      flawedConnections.insert(flawed.place.connection)
    case .httpAfterUpgrade(let text): stray.append(text)
    case .webSocketEnded(let end):
      if flawedConnections.contains(end.connection) { ends[end.connection] = end }
    case .upgradeEnded(let attempt):
      guard case .accepted = attempt.outcome else { return }
      if accepted.count >= 1024 { accepted.removeFirst(512) }
      accepted.append(attempt)
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    let attempts = grouped(facts, by: { $0.place.webSocket }, place: \.place)
    // The same flaw again and again is one finding.
    let repeats = grouped(attempts, by: { InvalidHandshake.name($0[0]) }, place: { $0[0].place })
    let texts = grouped(stray, by: { "\($0.place.server) \(InvalidHandshake.status($0))" }, place: \.place)
    return repeats.map { finding($0, scene) } + texts.map { finding($0, scene) }
  }

  private static func name(_ facts: HandshakeFacts) -> String {
    "\(facts.place.server) \(facts.status ?? 0) " + facts.flaws.map(\.kind.rawValue).joined(separator: " ")
  }

  // MARK: Fields

  private func severity(_ facts: HandshakeFacts) -> (Severity, Confidence) {
    guard facts.status == 101 else {
      if facts.body.contains("Sec-WebSocket-") || facts.status == 426 { return (.error, .certain) }
      // The refusal names another reason.
      return facts.body.isEmpty ? (.error, .likely) : (.notice, .possible)
    }
    let isAnswer = facts.flaws.contains { $0.isAnswer }
    guard let end = ends[facts.place.connection], let answer = facts.answer, isAnswer else {
      return (.notice, .certain)
    }
    if end.clientMessages > 0 { return (.notice, .certain) }
    guard let ended = end.ended ?? end.close?.at, ended.time - answer.time < InvalidHandshake.patience else {
      return (.notice, .likely)
    }
    return (.error, .certain)
  }

  /// The leg on which the server's own answer is right, although the one before it is not.
  private func rightLeg(_ group: [HandshakeFacts]) -> UpgradeAttempt? {
    guard group[0].flaws.contains(where: \.isAnswer) else { return nil }
    let flawed = Set(group.map(\.place.connection))
    return accepted.last { attempt in
      attempt.key == group[0].place.key && attempt.key != nil && !flawed.contains(attempt.connection)
        && group.contains { $0.place.server.address == attempt.client.address }
    }
  }

  private func finding(_ repeats: [[HandshakeFacts]], _ scene: Scene) -> Finding {
    let legs = repeats[0]
    let first = legs[0]
    let flaw = first.flaws.first { $0.isAnswer } ?? first.flaws[0]
    let (severity, confidence) = repeats.map { self.severity($0[0]) }.max { $0.0 < $1.0 } ?? (.notice, .possible)
    let right = rightLeg(legs)
    let all = repeats.flatMap { $0 }
    var detail = "\(first.place.client) asked for a WebSocket (\(scene.place(first.request)))"
    detail +=
      first.answer.map { ", and \(first.place.server) answered \(first.status ?? 0) (\(scene.packet($0)))." } ?? "."
    for flaw in first.flaws.prefix(4) { detail += " " + InvalidHandshake.sentence(flaw) }
    if let right {
      detail += " The server \(right.server) had answered rightly: \(right.client.address) changed the answer."
    }
    if right == nil, flaw.isAnswer, let last = legs.last, last.place.connection != first.place.connection {
      detail += " It is wrong on the captured leg to \(last.place.server) too: that host or one behind it wrote it."
    }
    detail += " " + InvalidHandshake.consequence(severity, first)
    var finding = Finding(
      "invalid-handshake", severity, confidence,
      blame: right != nil ? .proxy : flaw.isAnswer ? .unknown : .client, blameDetail: right != nil ? .proxy : nil,
      connections: connections(of: all.map(\.place)), at: flaw.isAnswer ? first.answer ?? first.request : first.request,
      packets: all.flatMap { [$0.request, $0.answer].compactMap { $0 } },
      title: InvalidHandshake.title(flaw, first), detail: detail, evidence: evidence(flaw, first),
      remedy: InvalidHandshake.remedy(flaw, first, right))
    finding.sid = first.place.sid
    finding.until = repeats.last?[0].answer
    finding.count = repeats.count
    finding.endpoints = (first.place.client, first.place.server)
    return finding
  }

  private func evidence(_ flaw: HandshakeFlaw, _ facts: HandshakeFacts) -> [(name: String, value: EvidenceValue)] {
    var evidence: [(name: String, value: EvidenceValue)] = [
      ("rule", .text(flaw.kind.rawValue)), ("field", .text(flaw.field)), ("status", .count(facts.status ?? 0)),
      ("threshold", .count(1)),
    ]
    if let got = flaw.got { evidence.append(("got", .text(String(got.prefix(200))))) }
    if let expected = flaw.expected { evidence.append(("expected", .text(String(expected.prefix(200))))) }
    return evidence
  }

  private static func title(_ flaw: HandshakeFlaw, _ facts: HandshakeFacts) -> String {
    switch flaw.kind {
    case .acceptWrong: "the 101 of \(facts.place.server) answers another key: Sec-WebSocket-Accept is wrong"
    case .acceptMissing: "the 101 of \(facts.place.server) has no Sec-WebSocket-Accept"
    case .subprotocolNotChosen: "\(facts.place.server) chose none of the subprotocols that the client offers"
    default:
      flaw.isAnswer
        ? "the 101 of \(facts.place.server) breaks RFC 6455: \(flaw.field)"
        : "the upgrade request of \(facts.place.client.address) breaks RFC 6455: \(flaw.field)"
    }
  }

  private static func consequence(_ severity: Severity, _ facts: HandshakeFacts) -> String {
    switch (facts.status == 101, severity) {
    case (true, .error): "The connection was closed at once."
    case (true, _): "Both sides went on all the same."
    case (false, .error): "The request was refused."
    case (false, _): "The refusal names another reason."
    }
  }

  private static func sentence(_ flaw: HandshakeFlaw) -> String {
    let expected = flaw.expected.map { "; it should be \(quoted($0, 80))" } ?? ""
    return flaw.got.map { "\(flaw.field) was \(quoted($0, 80))\(expected)." } ?? "\(flaw.field) is missing\(expected)."
  }

  private static func remedy(_ flaw: HandshakeFlaw, _ facts: HandshakeFacts, _ right: UpgradeAttempt?) -> String {
    switch flaw.kind {
    case .acceptWrong, .acceptMissing, .upgradeMissing, .connectionMissing:
      if let right {
        return
          "Look at \(right.client.address): it must pass the 101's headers on unchanged, and not answer upgrades from a cache (nginx: proxy_cache off;)."
      }
      return
        "Find what writes the 101: a cache or proxy that answers with an earlier one, or a server library that miscomputes it. Capture on the server's side too."
    case .keyMissing, .keyInvalid:
      return
        "Let the client send 16 random bytes in base64, as `openssl rand -base64 16` makes them; look for a proxy that drops Sec-WebSocket-Key."
    case .versionUnsupported: return "Let the client send Sec-WebSocket-Version: 13."
    case .subprotocolNotOffered, .subprotocolNotChosen, .subprotocolRepeated:
      return
        "Name the same subprotocol on both sides: `new WebSocket(url, [name])` in the client, `handleProtocols` (ws) or its like in the server."
    case .extensionMalformed, .extensionNotOffered, .deflateRepeated, .deflateParameter:
      return
        "Turn the extension off to get going (`perMessageDeflate: false`), and update the side that sent the field."
    case .method: return "Let the client ask with GET."
    }
  }

  // MARK: HTTP after the 101

  private static func status(_ text: HTTPAfterUpgrade) -> String {
    String(text.text.split(whereSeparator: \.isNewline).first ?? "")
  }

  private func finding(_ group: [HTTPAfterUpgrade], _ scene: Scene) -> Finding {
    let first = group[0]
    let status = InvalidHandshake.status(first)
    let isOldVersion = first.text.contains("Unsupported protocol version")
    var finding = Finding(
      "invalid-handshake", .error, .certain, blame: isOldVersion ? .client : first.direction.senderBlame,
      connections: connections(of: group.map(\.place)), at: first.at, packets: group.map(\.at),
      title: isOldVersion
        ? "\(first.place.server) takes no Engine.IO 3 clients: 400 behind the 101"
        : "HTTP stands where a WebSocket frame should be: \(quoted(status, 40))",
      detail: """
        \(first.place.server) switched to WebSocket, and then \(first.direction == .serverToClient ? "it" : "the client") \
        sent \(quoted(status, 60)) in the upgraded stream (\(scene.place(first.at))).\
        \(isOldVersion ? " Its body says `Unsupported protocol version`: Engine.IO error 5." : "")
        """,
      evidence: [
        ("rule", .text("http-after-101")), ("text", .text(String(first.text.prefix(200)))), ("threshold", .count(1)),
      ],
      remedy: isOldVersion
        ? "Update the client to socket.io-client 3 or later (EIO=4), or let the server take old ones: new Server(httpServer, { allowEIO3: true })."
        : "Find what writes into the upgraded connection: a server that refuses after its 101, or a proxy that mixes up two requests."
    )
    finding.sid = first.place.sid
    finding.until = group.last?.at
    finding.count = Set(group.map(\.place.webSocket)).count
    finding.endpoints = (first.place.client, first.place.server)
    return finding
  }
}
