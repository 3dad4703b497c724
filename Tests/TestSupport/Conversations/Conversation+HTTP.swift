import Packets

/// HTTP exchanges and the WebSocket handshake.
extension Conversation {
  /// Sends a request; returns the indices of its packets.
  @discardableResult
  package mutating func request(
    _ method: String = "GET", _ target: String, fields: HTTPText.Fields = [], body: [UInt8]? = nil,
    after interval: Interval = .milliseconds(1)
  ) -> Range<Int> {
    send(.clientToServer, bytes: HTTPText.request(method, target, fields: fields, body: body), after: interval)
  }

  /// Sends a response; returns the indices of its packets.
  @discardableResult
  package mutating func respond(
    _ status: Int, fields: HTTPText.Fields = [], body: [UInt8]? = nil, after interval: Interval = .milliseconds(2)
  ) -> Range<Int> {
    send(.serverToClient, bytes: HTTPText.response(status, fields: fields, body: body), after: interval)
  }

  /// An upgrade to WebSocket and its 101 (RFC 6455 section 4).
  ///
  /// What is offered of `Sec-WebSocket-Extensions` and `Sec-WebSocket-Protocol` is accepted alike.
  package mutating func upgrade(
    target: String = "/socket.io/?EIO=4&transport=websocket", key: WebSocketKey = .example, extensions: String? = nil,
    subprotocol: String? = nil, after interval: Interval = .milliseconds(1)
  ) {
    requestUpgrade(target: target, key: key, extensions: extensions, subprotocol: subprotocol, after: interval)
    acceptUpgrade(key: key, extensions: extensions, subprotocol: subprotocol)
  }

  /// The upgrade request alone; returns the indices of its packets.
  @discardableResult
  package mutating func requestUpgrade(
    target: String = "/socket.io/?EIO=4&transport=websocket", key: WebSocketKey = .example, extensions: String? = nil,
    subprotocol: String? = nil, after interval: Interval = .milliseconds(1)
  ) -> Range<Int> {
    let request = WebSocketHandshake.request(target, key: key, extensions: extensions, subprotocol: subprotocol)
    return send(.clientToServer, bytes: request, after: interval)
  }

  /// The 101 alone; returns the indices of its packets.
  @discardableResult
  package mutating func acceptUpgrade(
    key: WebSocketKey = .example, extensions: String? = nil, subprotocol: String? = nil,
    after interval: Interval = .milliseconds(2)
  ) -> Range<Int> {
    let answer = WebSocketHandshake.response(key: key, extensions: extensions, subprotocol: subprotocol)
    return send(.serverToClient, bytes: answer, after: interval)
  }
}

/// The two messages of a WebSocket opening handshake as bytes.
package enum WebSocketHandshake {
  package static func request(
    _ target: String, key: WebSocketKey = .example, extensions: String? = nil, subprotocol: String? = nil
  ) -> [UInt8] {
    let fields: HTTPText.Fields =
      [
        ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", key.key),
      ] + optional(extensions, subprotocol)
    return HTTPText.request("GET", target, fields: fields)
  }

  package static func response(
    key: WebSocketKey = .example, extensions: String? = nil, subprotocol: String? = nil
  ) -> [UInt8] {
    let fields: HTTPText.Fields =
      [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", key.accept)]
      + optional(extensions, subprotocol)
    return HTTPText.response(101, fields: fields)
  }

  private static func optional(_ extensions: String?, _ subprotocol: String?) -> HTTPText.Fields {
    var fields: HTTPText.Fields = []
    if let extensions { fields.append(("Sec-WebSocket-Extensions", extensions)) }
    if let subprotocol { fields.append(("Sec-WebSocket-Protocol", subprotocol)) }
    return fields
  }
}
