import Analysis

/// What the words mean with which an Engine.IO server refuses a request or an upgrade.
extension EngineRefusal {
  /// What to do about it; `nil` where the words are the application's own.
  var remedy: String? {
    switch reason {
    case .unknownTransport:
      "The request lacks a transport that the server takes: Socket.IO's path takes /socket.io/?EIO=4&transport=websocket or polling. If it was made by hand (curl), the server is healthy; if a client sent it, the proxy dropped the query (nginx: proxy_pass without a path), or the server's `transports` leaves it out."
    case .unknownSession:
      "The server that got the request does not know its session: send all requests of a session to one server (nginx: ip_hash; in the upstream block)."
    case .badHandshakeMethod: "Let the client open its session with GET."
    case .unsupportedProtocolVersion:
      "Use client and server of the same major version (socket.io-client 3 and 4 speak EIO=4, 1 and 2 EIO=3), or allowEIO3: true on a Node server."
    case .badRequest where words.hasSuffix("accepted origin."):
      "Let the server accept the page's origin: cors_allowed_origins of python-socketio, cors: { origin } of Node's."
    case .badRequest:
      "Look at the request: a hand-made one needs ?EIO=4&transport=websocket, Upgrade, Connection, Sec-WebSocket-Version: 13 and a Sec-WebSocket-Key of 16 bytes in base64."
    case .forbidden: nil
    }
  }
}

extension EngineRefusal {
  /// Whether a body is no refusal but packets: a type's digit, and behind it nothing, JSON, a Socket.IO type or `probe`.
  static func isPayload(_ body: String) -> Bool {
    guard let type = body.utf8.first, UInt8(ascii: "0")...UInt8(ascii: "6") ~= type else { return false }
    guard let next = body.utf8.dropFirst().first else { return true }
    return next == UInt8(ascii: "{") || next == UInt8(ascii: "[") || next == 0x1e
      || (type == UInt8(ascii: "4") && UInt8(ascii: "0")...UInt8(ascii: "6") ~= next)
  }
}

extension UpgradeAttempt {
  /// Whether it got the answer to a plain request: its upgrade headers were lost on the way.
  ///
  /// Engine.IO answers a plain request in JSON and an upgrade that it refuses in plain text; only its uWebSockets server
  /// answers both in JSON. python-engineio takes a plain request of a session for a poll, and answers with its packets. A
  /// 426 is also the answer to a version that the server does not know (RFC 6455 section 4.4).
  var isAnsweredAsPlain: Bool {
    guard case .refused(let status, let server, let body, _) = outcome else { return false }
    if status == 426 { return version == nil || version == "13" }
    if status == 200 { return sid != nil && EngineRefusal.isPayload(body) }
    return body.hasPrefix("{\"code\":3") && server?.hasPrefix("uWebSockets") != true
  }
}
