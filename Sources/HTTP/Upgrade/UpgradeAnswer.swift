/// The server's half of a WebSocket handshake: its 101 (RFC 6455 section 4.2.2).
package struct UpgradeAnswer: Equatable, Sendable {
  /// The Upgrade field, all its lines joined; `nil` where there is none.
  package var upgrade: String?
  /// The Connection field, all its lines joined; `nil` where there is none.
  package var connection: String?
  /// Whether Upgrade has the token `websocket`.
  package var hasUpgradeToken: Bool
  /// Whether Connection has the token `upgrade`.
  package var hasConnectionToken: Bool
  /// Sec-WebSocket-Accept.
  package var accept: String?
  /// The subprotocols that were chosen: none or one, if the server keeps to the rules.
  package var protocols: [String]
  /// Sec-WebSocket-Extensions as text, all its lines joined; `nil` where there is none.
  package var extensions: String?
  /// The extensions that were accepted, in the order in which they apply.
  package var accepted: [ExtensionOffer]
  /// Elements of Sec-WebSocket-Extensions that break the grammar.
  package var malformedExtensions: [String]

  /// The answer in a response head; `nil` where its status is not 101.
  package init?(_ head: ResponseHead) {
    guard head.status == 101 else { return nil }
    let fields = head.fields
    upgrade = fields["upgrade"]
    connection = fields["connection"]
    hasUpgradeToken = fields.hasToken("websocket", in: "upgrade")
    hasConnectionToken = fields.hasToken("upgrade", in: "connection")
    accept = fields["sec-websocket-accept"]
    protocols = fields.elements("sec-websocket-protocol")
    extensions = fields["sec-websocket-extensions"]
    (accepted, malformedExtensions) = fields.extensionOffers()
  }

  /// What in the answer breaks the protocol, measured by its request; without one only what the answer alone shows.
  package func faults(for request: UpgradeRequest?) -> [HandshakeFault] {
    var faults: [HandshakeFault] = []
    if !hasUpgradeToken { faults.append(.upgradeMissing(.response, got: upgrade)) }
    if !hasConnectionToken { faults.append(.connectionMissing(.response, got: connection)) }
    if protocols.count > 1 { faults.append(.subprotocolRepeated(protocols)) }
    faults += malformedExtensions.map { .extensionMalformed(.response, $0) }
    if let request { faults += acceptFaults(request) + subprotocolFaults(request) }
    return faults + extensionFaults(request)
  }

  private func acceptFaults(_ request: UpgradeRequest) -> [HandshakeFault] {
    guard let key = request.key else { return [] }
    let expected = AcceptKey.value(for: key)
    guard let accept else { return [.acceptMissing(expected: expected)] }
    return accept == expected ? [] : [.acceptWrong(expected: expected, got: accept)]
  }

  private func subprotocolFaults(_ request: UpgradeRequest) -> [HandshakeFault] {
    if protocols.isEmpty {
      return request.protocols.isEmpty ? [] : [.subprotocolNotChosen(offered: request.protocols)]
    }
    return protocols.filter { !request.protocols.contains($0) }
      .map { .subprotocolNotOffered($0, offered: request.protocols) }
  }

  private func extensionFaults(_ request: UpgradeRequest?) -> [HandshakeFault] {
    var faults: [HandshakeFault] = []
    var deflates = 0
    for answer in accepted {
      let name = answer.name.lowercased()
      let offers = request?.offers.filter { $0.name.lowercased() == name } ?? []
      if request != nil, offers.isEmpty { faults.append(.extensionNotOffered(answer.name)) }
      guard name == DeflateAgreement.name else { continue }
      deflates += 1
      faults += DeflateAgreement.faults(answer: answer, to: offers)
    }
    if deflates > 1 { faults.append(.deflateRepeated) }
    return faults
  }
}
