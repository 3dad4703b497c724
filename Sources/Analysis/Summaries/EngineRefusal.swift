import SocketIO

/// What an Engine.IO server says in the body of a refusal, whichever server it is.
package struct EngineRefusal: Sendable, Equatable {
  package var reason: Reason
  /// The server's own words, out of whatever it wrapped them in.
  package var words: String

  /// Why a server refuses, by the codes of Node's engine.io.
  package enum Reason: UInt8, Sendable, CaseIterable {
    case unknownTransport, unknownSession, badHandshakeMethod, badRequest, forbidden, unsupportedProtocolVersion
  }

  /// Reads a body; `nil` where no Engine.IO server wrote it.
  package init?(body: String) {
    let bytes = Array(body.utf8)
    guard let parsed = EngineErrorBody(parsing: bytes.span.bytes), let reason = Reason(rawValue: parsed.error.rawValue)
    else { return nil }
    self.reason = reason
    words = parsed.message.string(in: bytes.span.bytes)
  }
}
