import Bytes

/// Why an Engine.IO server refused a request (the codes and texts of Node's engine.io).
package enum EngineError: UInt8, Hashable, Sendable, CaseIterable {
  case unknownTransport = 0
  case unknownSession = 1
  case badHandshakeMethod = 2
  case badRequest = 3
  case forbidden = 4
  case unsupportedProtocolVersion = 5

  /// The text that engine.io sends with the code; code 4 may have the application's own instead.
  package var text: StaticString {
    switch self {
    case .unknownTransport: "Transport unknown"
    case .unknownSession: "Session ID unknown"
    case .badHandshakeMethod: "Bad handshake method"
    case .badRequest: "Bad request"
    case .forbidden: "Forbidden"
    case .unsupportedProtocolVersion: "Unsupported protocol version"
    }
  }

  /// Recognises the body of a refusal, whatever server wrote it.
  package init?(body: RawSpan) {
    guard let body = EngineErrorBody(parsing: body) else { return nil }
    self = body.error
  }
}
