/// Why an endpoint closes: the status code of a Close frame (RFC 6455 section 7.4).
package struct CloseCode: RawRepresentable, Hashable, Sendable {
  /// The number of the wire.
  package var rawValue: UInt16

  @inlinable
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let normalClosure = CloseCode(rawValue: 1000)
  package static let goingAway = CloseCode(rawValue: 1001)
  package static let protocolError = CloseCode(rawValue: 1002)
  package static let unsupportedData = CloseCode(rawValue: 1003)
  /// What an API reports for a Close frame without a code; never on the wire.
  package static let noStatusReceived = CloseCode(rawValue: 1005)
  /// What an API reports where no Close frame came; never on the wire.
  package static let abnormalClosure = CloseCode(rawValue: 1006)
  package static let invalidFramePayloadData = CloseCode(rawValue: 1007)
  package static let policyViolation = CloseCode(rawValue: 1008)
  package static let messageTooBig = CloseCode(rawValue: 1009)
  package static let mandatoryExtension = CloseCode(rawValue: 1010)
  package static let internalError = CloseCode(rawValue: 1011)
  package static let serviceRestart = CloseCode(rawValue: 1012)
  package static let tryAgainLater = CloseCode(rawValue: 1013)
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
  package var description: String { name.map { "\(rawValue) (\($0))" } ?? "\(rawValue)" }
}
