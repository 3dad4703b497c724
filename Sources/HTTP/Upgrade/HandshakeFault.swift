/// One way in which a WebSocket handshake breaks RFC 6455 section 4 or RFC 7692 section 7.1, with what proves it.
package enum HandshakeFault: Equatable, Sendable {
  /// "The method of the request MUST be GET" (section 4.1).
  case method(String)
  /// "… and the HTTP version MUST be at least 1.1" (section 4.1).
  case requestVersion(ProtocolVersion)
  /// The side sent no Upgrade field with the token `websocket`; what it sent instead.
  case upgradeMissing(Side, got: String?)
  /// The side sent no Connection field with the token `upgrade`; what it sent instead.
  case connectionMissing(Side, got: String?)
  /// The request has no Sec-WebSocket-Key.
  case keyMissing
  /// The key is not the base64 of 16 bytes, or there are several keys.
  case keyInvalid(String)
  /// Sec-WebSocket-Version is not 13, or missing.
  case versionUnsupported(String?)
  /// The 101 has no Sec-WebSocket-Accept.
  case acceptMissing(expected: String)
  /// The 101's Sec-WebSocket-Accept answers another key.
  case acceptWrong(expected: String, got: String)
  /// The 101 chose a subprotocol that the client did not offer.
  case subprotocolNotOffered(String, offered: [String])
  /// The 101 names several subprotocols.
  case subprotocolRepeated([String])
  /// The client offered subprotocols and the 101 chose none, upon which browsers fail the connection.
  case subprotocolNotChosen(offered: [String])
  /// An element of Sec-WebSocket-Extensions breaks the grammar of section 9.1.
  case extensionMalformed(Side, String)
  /// The 101 accepts an extension that the client did not offer.
  case extensionNotOffered(String)
  /// The 101 accepts permessage-deflate more than once.
  case deflateRepeated
  /// A parameter of permessage-deflate that its offer or answer may not have.
  case deflateParameter(Side, name: String, value: String?, DeflateFault)

  /// Who sent what is at fault.
  package enum Side: Equatable, Sendable {
    case request, response
  }

  /// What is wrong with a permessage-deflate parameter.
  package enum DeflateFault: Equatable, Sendable {
    /// RFC 7692 does not define it.
    case unknown
    /// It appears more than once.
    case repeated
    /// It has a value and must not have one.
    case valueUnexpected
    /// It has no value and must have one.
    case valueMissing
    /// Its value is not a decimal integer from 8 to 15 without leading zeros.
    case outOfRange
    /// The client did not offer it (`client_max_window_bits`, section 7.1.2.2).
    case notOffered
    /// Its value is greater than the one in the offer.
    case greaterThanOffered(Int)
    /// The offer asked for it and the answer, which accepts the offer, lacks it (`server_no_context_takeover`,
    /// `server_max_window_bits`).
    case ignored
  }
}
