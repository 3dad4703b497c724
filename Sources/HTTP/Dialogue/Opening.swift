import Bytes
import Packets

/// What the first bytes of something that should be a message are.
enum Opening: Equatable, Sendable {
  /// Too few bytes to tell; never so for more than 32.
  case undecided
  case message
  /// An empty line's byte: "A server … SHOULD ignore at least one empty line (CRLF) received prior to the
  /// request-line" (RFC 9112 section 2.2).
  case blank
  case proxyText, proxyBinary, encrypted, http2Preface, foreign

  /// Where the bytes stand.
  enum Place: Equatable, Sendable {
    /// At the connection's start.
    case connection
    /// Behind a message.
    case next
    /// Somewhere behind a hole; only the methods in use are believed.
    case search
  }

  init(_ bytes: RawSpan, from offset: Int, direction: Direction, place: Place) {
    self = .undecided
    if place == .connection, let preamble = Self.preamble(bytes, from: offset, direction) {
      self = preamble
    } else if offset < bytes.byteCount, Self.isLineBreak(bytes.byte(at: offset)) {
      self = .blank
    } else {
      self =
        switch (direction, place) {
        case (.serverToClient, _): Self.prefix("HTTP/", bytes, offset) ?? .foreign
        case (.clientToServer, .search): Self.knownRequest(bytes, from: offset)
        case (.clientToServer, _): Self.request(bytes, from: offset)
        }
    }
  }

  /// What may come before the first message; `nil` where it is none of it.
  private static func preamble(_ bytes: RawSpan, from offset: Int, _ direction: Direction) -> Opening? {
    if bytes.byteCount - offset >= 2, bytes.uint16(at: offset) == 0x1603 { return .encrypted }
    // A lone 0x16 is the first byte of nothing else.
    if bytes.byteCount - offset == 1, bytes.byte(at: offset) == 0x16 { return .undecided }
    guard direction == .clientToServer else { return nil }
    return prefix("PRI * HTTP/2.0\r\n", bytes, offset, is: .http2Preface)
      ?? prefix("PROXY ", bytes, offset, is: .proxyText)
      ?? prefix(ProxyHeader.signature, bytes, offset, is: .proxyBinary)
  }

  /// An answer where the bytes begin with a literal, `undecided` where they end within it.
  private static func prefix(
    _ text: StaticString, _ bytes: RawSpan, _ offset: Int, is opening: Opening = .message
  ) -> Opening? {
    let count = min(text.utf8CodeUnitCount, bytes.byteCount - offset)
    for index in 0..<max(count, 0) where bytes.byte(at: offset + index) != text.utf8Start[index] { return nil }
    return count == text.utf8CodeUnitCount ? opening : .undecided
  }

  /// Whether a token of at most 31 characters and a space stand here.
  private static func request(_ bytes: RawSpan, from offset: Int) -> Opening {
    for index in 0..<32 {
      guard offset + index < bytes.byteCount else { return .undecided }
      let byte = bytes.byte(at: offset + index)
      if byte == Octet.space, index > 0 { return .message }
      guard Octet.isToken(byte) else { return .foreign }
    }
    return .foreign
  }

  /// Whether one of the usual methods stands here, with its target's first character where that is fixed.
  private static func knownRequest(_ bytes: RawSpan, from offset: Int) -> Opening {
    let methods: [StaticString] = [
      "GET /", "POST /", "OPTIONS ", "HEAD /", "PUT /", "DELETE /", "PATCH /", "CONNECT ", "GET http", "POST http",
    ]
    var isUndecided = false
    for method in methods {
      switch prefix(method, bytes, offset) {
      case .message?: return .message
      case .undecided?: isUndecided = true
      default: break
      }
    }
    return isUndecided ? .undecided : .foreign
  }

  private static func isLineBreak(_ byte: UInt8) -> Bool { byte == Octet.carriageReturn || byte == Octet.lineFeed }

  /// The offset of the next line that may begin a message, the first byte included; `nil` where there is none.
  static func search(_ bytes: RawSpan, from start: Int, direction: Direction) -> Int? {
    var offset = start
    while offset < bytes.byteCount {
      switch Opening(bytes, from: offset, direction: direction, place: .search) {
      case .message, .undecided: return offset
      default: break
      }
      guard let lineFeed = bytes.firstOffset(of: Octet.lineFeed, from: offset) else { return nil }
      offset = lineFeed + 1
    }
    return nil
  }
}
