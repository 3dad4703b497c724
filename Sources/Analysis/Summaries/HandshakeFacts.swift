import Packets

/// A WebSocket handshake of which a header field breaks RFC 6455 section 4 or RFC 7692 section 7.1.
package struct HandshakeFacts: Sendable {
  package var place: ConnectionPlace
  package var request: PacketReference
  package var answer: PacketReference?
  /// The answer's status; `nil` where none came.
  package var status: Int?
  /// The beginning of a refusal's body.
  package var body: String
  package var flaws: [HandshakeFlaw]
}

/// One field of a handshake that is not as it must be.
package struct HandshakeFlaw: Sendable, Equatable {
  package var kind: Kind
  /// Whether the answer is at fault, and not the request.
  package var isAnswer: Bool
  /// The field's name.
  package var field: String
  package var got: String?
  package var expected: String?

  /// What is wrong.
  package enum Kind: String, Sendable {
    case method = "method"
    case upgradeMissing = "upgrade-missing"
    case connectionMissing = "connection-missing"
    case keyMissing = "key-missing"
    case keyInvalid = "key-invalid"
    case versionUnsupported = "version-unsupported"
    case acceptMissing = "accept-missing"
    case acceptWrong = "accept-wrong"
    case subprotocolNotOffered = "subprotocol-not-offered"
    case subprotocolNotChosen = "subprotocol-not-chosen"
    case subprotocolRepeated = "subprotocol-repeated"
    case extensionMalformed = "extension-malformed"
    case extensionNotOffered = "extension-not-offered"
    case deflateRepeated = "deflate-repeated"
    case deflateParameter = "deflate-parameter"
  }
}

/// An HTTP message where the first frame after a 101 should be.
package struct HTTPAfterUpgrade: Sendable {
  package var place: ConnectionPlace
  package var at: PacketReference
  package var direction: Direction
  /// Its beginning.
  package var text: String
}
