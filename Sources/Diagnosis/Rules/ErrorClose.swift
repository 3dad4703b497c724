import Analysis
import Packets

/// A Close frame with an error code (RFC 6455 section 7.4), or an empty one by which Engine.IO ends a session for a fault.
struct ErrorClose: Rule {
  static let entry = CatalogueEntry(
    "error-close",
    summary: "A WebSocket was closed with an error code, or with an empty Close frame that stands for a fault.",
    proof: """
      The first Close frame has a code other than 1000 and 1001; or it is empty and the server's, and what came before it \
      tells why: a missing heartbeat, a broken rule, no CONNECT. Engine.IO gives no code for any of these.
      """,
    causes: """
      1002, 1007: the other side broke the protocol. 1008: a policy. 1009: a message too big. 1011: an exception in the \
      server. 1012, 1013: a restart, overload. 3000 to 4999: the application's own.
      """,
    remedy:
      "Look at the log of the side that closed, at the time of the Close frame; its code and reason are its own words.",
    mistakenFor:
      "A clean goodbye: 1000, 1001, an empty Close after `41` or `1`. 1005 in the client's API is an empty Close, not `normal`."
  )

  private var ends: [WebSocketEnd] = []

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .webSocketEnded(let end) = event, end.carriedSession, ErrorClose.meaning(end) != nil else { return }
    ends.append(end)
  }

  /// What a close stands for.
  private struct Meaning {
    var severity: Severity
    var confidence = Confidence.certain
    var what: String
    var remedy: String
  }

  private static func meaning(_ end: WebSocketEnd) -> Meaning? {
    guard let close = end.close else { return nil }
    if let code = close.code { return meaning(code: code, by: close.by) }
    guard close.by == .serverToClient, let cause = end.closeCause else {
      // Plain WebSocket applications close without a code as they like; so does every client.
      guard close.by == .serverToClient, end.sid != nil else { return nil }
      return Meaning(
        severity: .notice, confidence: .possible, what: "for a reason that the packets don't tell",
        remedy: "Look at the server's log: io.close() at a shutdown, or a disconnect that the application asked for.")
    }
    return meaning(cause)
  }

  private static func meaning(code: Int, by side: Direction) -> Meaning? {
    let other = side == .serverToClient ? "client" : "server"
    func error(_ what: String, _ remedy: String) -> Meaning { Meaning(severity: .error, what: what, remedy: remedy) }
    func warning(_ what: String, _ remedy: String) -> Meaning {
      Meaning(severity: .warning, what: what, remedy: remedy)
    }
    switch code {
    case 1000, 1001, 1004, 1005, 1006, 1015, ..<1000: return nil
    case 1002:
      return error(
        "protocol error", "Look at what the \(other) sent before: its library, or a proxy that changes frames.")
    case 1003:
      return error("unsupported data", "Let the \(other) send the kind of message (text or binary) that is expected.")
    case 1007:
      return error(
        "data that is not of its type", "Let the \(other) send only UTF-8 in text messages; binary data as binary.")
    case 1008:
      return error(
        "policy violation", "Look at the rule that the closing side applies: authentication, origin, rate limit.")
    case 1009:
      return error("message too big", "Raise the closing side's limit (maxHttpBufferSize), or send less at once.")
    case 1010: return error("missing extension", "Let the server negotiate the extension that the client demands.")
    case 1011:
      return error(
        "internal error",
        "Look at the server's log at this time: an exception, or a keep-alive timeout (websockets, uvicorn: ws_ping_timeout)."
      )
    case 1012: return warning("service restart", "Nothing, if it is a deployment; clients reconnect.")
    case 1013:
      return warning("try again later", "The server is overloaded or starts: give it room, let clients back off.")
    case 1014: return error("bad gateway", "Look at the upstream server of the proxy that closed.")
    case 3000: return warning("unauthorized", "Look at the client's credentials.")
    case 3003: return warning("forbidden", "Look at the client's rights.")
    case 3008: return warning("timeout", "Look which of the application's timers ran out.")
    case 3000...4999:
      // A client that leaves says why in its own words.
      return Meaning(
        severity: side == .clientToServer ? .notice : .warning, confidence: .likely,
        what: "a code of the application's own",
        remedy: "Look the code up in the application or library of the side that closed.")
    default:
      return Meaning(
        severity: .notice, what: "a code that no registry defines",
        remedy: "Use a registered code or one from 4000 to 4999.")
    }
  }

  private static func meaning(_ cause: CloseCause) -> Meaning? {
    func error(_ what: String, _ remedy: String) -> Meaning {
      Meaning(severity: .error, confidence: .likely, what: what, remedy: remedy)
    }
    switch cause {
    case .goodbye, .upgradeTimeout: return nil
    case .heartbeat: return error("because a heartbeat was missing", "See missed-heartbeat.")
    case .violation(let rule):
      return error(
        "because the client broke \(rule)", "Correct what the client sends: see protocol-violation, rule \(rule).")
    case .interruptedAttachments:
      return error(
        "because a text packet of the client stood where attachments should be",
        "Let one writer at a time send an event with its attachments: see incomplete-message.")
    case .neverConnected:
      return error(
        "because no CONNECT came",
        "Let the client join a namespace: a Socket.IO 3 or later client sends CONNECT (`40`) by itself; a hand-written one must. The server waits connectTimeout (45 s)."
      )
    case .connectRefused:
      return error("because the CONNECT had been refused", "Correct what was refused: see connect-error.")
    case .connectUnanswered:
      return error("while a CONNECT waited for its answer", "Look at the server's middleware: it never called next().")
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    let sockets = grouped(ends, by: { $0.place.webSocket }, place: \.place)
    return grouped(sockets, by: { ErrorClose.kind($0[0]) }, place: { $0[0].place }).map { finding($0, scene) }
  }

  /// What repeats of the same close have in common; one whose cause is another finding's stands for itself.
  private static func kind(_ end: WebSocketEnd) -> String {
    guard let close = end.close else { return "" }
    let cause = end.closeCause.map { "\($0) \(end.sid ?? "")" } ?? ""
    return "\(close.by) \(close.code ?? 0) \(close.reason) \(cause)"
  }

  private func finding(_ sockets: [[WebSocketEnd]], _ scene: Scene) -> Finding {
    let end = sockets[0][0]
    let all = sockets.flatMap { $0 }
    let close = all.compactMap(\.close).min { $0.at.time < $1.at.time }
    let by = end.close?.by ?? .serverToClient
    // Behind a proxy it is the server's own leg that shows who closed.
    let closer = by == .serverToClient ? (sockets[0].last ?? end).server : end.client
    let code = end.close?.code
    let reason = end.close?.reason ?? ""
    let meaning = sockets[0].compactMap(ErrorClose.meaning).max { $0.severity < $1.severity }
    let said = code.map { "code \($0)" + (reason.isEmpty ? "" : " \(quoted(reason))") } ?? "no code"
    let what = meaning.map { $0.what == reason ? "" : $0.what } ?? ""
    let naming = code == nil ? ", \(what)" : what.isEmpty ? "" : ": \(what)"
    let at = close?.at ?? end.lastData
    let words = code == nil ? "an empty Close frame (the client's API says 1005), \(what)" : "Close \(said)\(naming)"
    var finding = Finding(
      "error-close", meaning?.severity ?? .notice, meaning?.confidence ?? .possible, blame: blame(by, end),
      connections: connections(of: all.map(\.place)), at: at, packets: all.compactMap { $0.close?.at },
      title:
        "the \(by.sender) closed \(sockets.count == 1 ? "the WebSocket" : "\(counted(sockets.count)) WebSockets") with \(said)\(naming)",
      detail: """
        \(closer) sent \(words) (\(scene.place(at)))\
        \(end.isMidStream ? ", in the middle of an answer" : "").
        """,
      evidence: [
        ("code", code.map { .count($0) } ?? .text("none")), ("reason", .text(String(reason.prefix(200)))),
        ("closedBy", .text(by.sender)), ("cause", .text(end.closeCause.map(ErrorClose.name) ?? "code")),
        ("answered", .flag(end.isCloseAnswered)), ("threshold", .count(1002)),
      ],
      remedy: "\(meaning?.remedy ?? "") It was \(closer) that closed, at \(scene.clock(at)).")
    finding.sid = sockets.count == 1 ? end.sid : nil
    finding.until = all.compactMap { $0.close?.at }.max { $0.time < $1.time }
    finding.count = sockets.count
    finding.endpoints = (end.client, end.server)
    return finding
  }

  private static func name(_ cause: CloseCause) -> String {
    switch cause {
    case .goodbye: "goodbye"
    case .heartbeat: "heartbeat"
    case .violation(let rule): rule
    case .interruptedAttachments: "interrupted-attachments"
    case .neverConnected: "never-connected"
    case .connectRefused: "connect-refused"
    case .connectUnanswered: "connect-unanswered"
    case .upgradeTimeout: "upgrade-timeout"
    }
  }

  /// Protocol errors are the other side's, all else is the closer's.
  private func blame(_ by: Direction, _ end: WebSocketEnd) -> Blame {
    switch (end.close?.code, end.closeCause) {
    case (1002, _), (1003, _), (1007, _), (1009, _): by.reversed.senderBlame
    case (_, .violation), (_, .interruptedAttachments), (_, .neverConnected): .client
    case (nil, .heartbeat): .unknown
    default: by.senderBlame
    }
  }
}
