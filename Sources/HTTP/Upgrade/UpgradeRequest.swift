/// The client's half of a WebSocket handshake (RFC 6455 section 4.1).
package struct UpgradeRequest: Equatable, Sendable {
  package var method: String
  package var version: ProtocolVersion
  /// The Upgrade field, all its lines joined; `nil` where there is none.
  package var upgrade: String?
  /// The Connection field, all its lines joined; `nil` where there is none.
  package var connection: String?
  /// Whether Upgrade has the token `websocket`.
  package var hasUpgradeToken: Bool
  /// Whether Connection has the token `upgrade`.
  package var hasConnectionToken: Bool
  /// Sec-WebSocket-Key; several lines are joined with commas, which makes it invalid.
  package var key: String?
  /// Sec-WebSocket-Version.
  package var webSocketVersion: String?
  /// The subprotocols that are offered, in the client's order of preference.
  package var protocols: [String]
  /// Sec-WebSocket-Extensions as text, all its lines joined; `nil` where there is none.
  package var extensions: String?
  /// The extensions that are offered, in the client's order of preference.
  package var offers: [ExtensionOffer]
  /// Elements of Sec-WebSocket-Extensions that break the grammar.
  package var malformedOffers: [String]
  /// Origin, which browsers always send.
  package var origin: String?

  /// The handshake in a request head; `nil` where nothing in it asks for a WebSocket.
  package init?(_ head: RequestHead) {
    guard Self.isWebSocketIntent(head) else { return nil }
    let fields = head.fields
    method = head.method
    version = head.version
    upgrade = fields["upgrade"]
    connection = fields["connection"]
    hasUpgradeToken = fields.hasToken("websocket", in: "upgrade")
    hasConnectionToken = fields.hasToken("upgrade", in: "connection")
    key = fields["sec-websocket-key"]
    webSocketVersion = fields["sec-websocket-version"]
    protocols = fields.elements("sec-websocket-protocol")
    extensions = fields["sec-websocket-extensions"]
    (offers, malformedOffers) = fields.extensionOffers()
    origin = fields["origin"]
  }

  /// Whether a request is meant to open a WebSocket, although a proxy may have taken out Upgrade or Connection.
  package static func isWebSocketIntent(_ head: RequestHead) -> Bool {
    head.fields.hasToken("websocket", in: "upgrade") || head.fields.contains("sec-websocket-key")
      || head.fields.contains("sec-websocket-version")
  }

  /// Whether the request asks for the switch as RFC 9110 section 7.8 demands, with both Upgrade and Connection.
  package var asksForUpgrade: Bool { hasUpgradeToken && hasConnectionToken }

  /// What in the request breaks the protocol, whatever the answer.
  package var faults: [HandshakeFault] {
    var faults: [HandshakeFault] = []
    if method != "GET" { faults.append(.method(method)) }
    if version < .http11 { faults.append(.requestVersion(version)) }
    if !hasUpgradeToken { faults.append(.upgradeMissing(.request, got: upgrade)) }
    if !hasConnectionToken { faults.append(.connectionMissing(.request, got: connection)) }
    if let key {
      if !AcceptKey.isValid(key: key) { faults.append(.keyInvalid(key)) }
    } else {
      faults.append(.keyMissing)
    }
    if webSocketVersion != "13" { faults.append(.versionUnsupported(webSocketVersion)) }
    faults += malformedOffers.map { .extensionMalformed(.request, $0) }
    for offer in offers where offer.name.lowercased() == DeflateAgreement.name {
      faults += DeflateAgreement.faults(offer: offer)
    }
    return faults
  }
}
