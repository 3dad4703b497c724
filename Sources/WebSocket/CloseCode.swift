/// Why an endpoint closes: the status code of a Close frame (RFC 6455 section 7.4).
package struct CloseCode: RawRepresentable, Hashable, Sendable {
  /// The number of the wire.
  package var rawValue: UInt16

  /// A code as it stands on the wire.
  @inlinable
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The purpose of the connection has been fulfilled.
  package static let normalClosure = CloseCode(rawValue: 1000)
  /// A server goes down, or a browser leaves the page.
  package static let goingAway = CloseCode(rawValue: 1001)
  /// The peer broke the protocol.
  package static let protocolError = CloseCode(rawValue: 1002)
  /// The peer sent a type of data that can't be accepted.
  package static let unsupportedData = CloseCode(rawValue: 1003)
  /// What an API reports for a Close frame without a code; never on the wire.
  package static let noStatusReceived = CloseCode(rawValue: 1005)
  /// What an API reports where no Close frame came; never on the wire.
  package static let abnormalClosure = CloseCode(rawValue: 1006)
  /// A message's data is not of its type, as a text that is not UTF-8.
  package static let invalidFramePayloadData = CloseCode(rawValue: 1007)
  /// A message violates the endpoint's policy; also the code for what has no other.
  package static let policyViolation = CloseCode(rawValue: 1008)
  /// A message is too big to process.
  package static let messageTooBig = CloseCode(rawValue: 1009)
  /// The client expected an extension that the server did not negotiate.
  package static let mandatoryExtension = CloseCode(rawValue: 1010)
  /// An unexpected condition keeps the server from going on.
  package static let internalError = CloseCode(rawValue: 1011)
  /// The service restarts; the client may reconnect (IANA registry).
  package static let serviceRestart = CloseCode(rawValue: 1012)
  /// The server is overloaded (IANA registry).
  package static let tryAgainLater = CloseCode(rawValue: 1013)
  /// A gateway got an invalid answer from its upstream server (IANA registry).
  package static let badGateway = CloseCode(rawValue: 1014)
  /// What an API reports for a failed TLS handshake; never on the wire.
  package static let tlsHandshake = CloseCode(rawValue: 1015)

  /// What the documents say of a code's place in a Close frame.
  package enum Standing: Equatable, Sendable {
    /// RFC 6455 section 7.4.1 or IANA's WebSocket Close Code Number Registry defines it.
    case registered
    /// 3000–3999, for libraries and frameworks, or 4000–4999, for private use (section 7.4.2).
    case free
    /// No registry defines it; peers differ in whether they accept it.
    case unregistered
    /// Below 1000 ("not used"), or reserved so that no endpoint sets it in a Close frame: 1004, 1005, 1006, 1015.
    case forbidden
  }

  /// What the documents say of this code.
  package var standing: Standing {
    switch rawValue {
    case 0..<1000, 1004, 1005, 1006, 1015: .forbidden
    case 1000...1014, 3000, 3003, 3008: .registered
    case 3000...4999: .free
    default: .unregistered
    }
  }

  /// The registry's words for the code; `nil` where it has none.
  package var name: String? {
    switch rawValue {
    case 1000: "normal closure"
    case 1001: "going away"
    case 1002: "protocol error"
    case 1003: "unsupported data"
    case 1005: "no status received"
    case 1006: "abnormal closure"
    case 1007: "invalid frame payload data"
    case 1008: "policy violation"
    case 1009: "message too big"
    case 1010: "mandatory extension"
    case 1011: "internal error"
    case 1012: "service restart"
    case 1013: "try again later"
    case 1014: "bad gateway"
    case 1015: "TLS handshake"
    case 3000: "unauthorized"
    case 3003: "forbidden"
    case 3008: "timeout"
    default: nil
    }
  }
}

extension CloseCode: CustomStringConvertible {
  /// The number, with the registry's words.
  package var description: String { name.map { "\(rawValue) (\($0))" } ?? "\(rawValue)" }
}
