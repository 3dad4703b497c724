import Bytes

/// The body of a refusal, as far as it is known to come from an Engine.IO server.
///
/// Node's engine.io answers an ordinary request with JSON and an upgrade with plain text as `text/html`; its
/// uWebSockets server answers both with JSON; python-engineio answers with a JSON string, older versions with plain text.
package struct EngineErrorBody: Equatable, Sendable {
  package var error: EngineError
  package var form: Form
  /// The server's text.
  package var message: JSONValue

  package enum Form: UInt8, Sendable {
    /// `{"code":1,"message":"Session ID unknown"}`.
    case json
    /// The bare text that engine.io writes to an upgrade.
    case plainText
    /// A text of python-engineio, as a JSON string or bare.
    case python
  }

  package init?(parsing bytes: RawSpan) {
    var scanner = JSONScanner(0..<bytes.byteCount)
    switch scanner.peek(in: bytes) {
    case UInt8(ascii: "{"): self.init(object: &scanner, in: bytes)
    case UInt8(ascii: "\""):
      guard let text = scanner.value(in: bytes) else { return nil }
      self.init(text: text, isQuoted: true, in: bytes)
    case nil: return nil
    default:
      let range = scanner.offset..<max(scanner.offset, Self.trimmedEnd(bytes))
      self.init(text: JSONValue(.string, range), isQuoted: false, in: bytes)
    }
  }

  private init?(object scanner: inout JSONScanner, in bytes: RawSpan) {
    guard scanner.enterObject(in: bytes) else { return nil }
    var code: Int?
    var text: JSONValue?
    while let (key, value) = scanner.member(in: bytes) {
      if key.isString("code", in: bytes) { code = value.integer(in: bytes) }
      if key.isString("message", in: bytes), value.kind == .string { text = value }
    }
    guard let text, let code, let number = UInt8(exactly: code), let error = EngineError(rawValue: number) else {
      return nil
    }
    self.error = error
    form = .json
    message = text
  }

  private init?(text: JSONValue, isQuoted: Bool, in bytes: RawSpan) {
    message = text
    if let error = EngineError.allCases.first(where: { text.isString($0.text, in: bytes) }) {
      self.error = error
      form = .plainText
      return
    }
    guard let error = Self.pythonError(text, isQuoted: isQuoted, in: bytes) else { return nil }
    self.error = error
    form = .python
  }

  /// What a text of python-engineio says; those that any server might write count only as a JSON string.
  private static func pythonError(_ text: JSONValue, isQuoted: Bool, in bytes: RawSpan) -> EngineError? {
    let start = text.range.lowerBound
    if let match = pythonTexts.first(where: { bytes.starts(with: $0.beginning, at: start) }) { return match.error }
    guard isQuoted else { return nil }
    let ending: StaticString = " is not an accepted origin."
    let isOrigin =
      text.range.count > ending.utf8CodeUnitCount
      && bytes.starts(with: ending, at: text.range.upperBound - ending.utf8CodeUnitCount)
    return isOrigin || pythonQuotedTexts.contains { text.isString($0, in: bytes) } ? .badRequest : nil
  }

  /// The offset after the last byte that is not white space.
  private static func trimmedEnd(_ bytes: RawSpan) -> Int {
    var end = bytes.byteCount
    while end > 0, bytes.byte(at: end - 1) <= 0x20 { end -= 1 }
    return end
  }

  /// What python-engineio's `base_server.py` and `server.py` answer with status 400 or 401.
  private static let pythonTexts: [(beginning: StaticString, error: EngineError)] = [
    ("Invalid session", .unknownSession),
    // Python's words for a key that is not there, with the session's id behind them.
    ("'Session is disconnected'", .unknownSession),
    ("'Session not found'", .unknownSession),
    ("Invalid transport", .unknownTransport),
    (
      "The client is using an unsupported version of the Socket.IO or Engine.IO protocols",
      .unsupportedProtocolVersion
    ),
    ("Invalid websocket upgrade", .badRequest),
    ("Not an accepted origin.", .badRequest),
    ("Invalid JSONP index number", .badRequest),
    ("Unauthorized", .forbidden),
  ]

  private static let pythonQuotedTexts: [StaticString] = ["Bad Request", "Not connected", "Unexpected HTTP request"]
}
