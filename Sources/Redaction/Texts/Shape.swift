import Bytes

/// What remains of a message's text: `{"t":"‹12 chars›"}`.
///
/// Braces, names and truth values stay; strings become their length, numbers `0`.
struct Shape {
  /// What a document is, and so what of it may stay.
  enum Content {
    /// Data of the application.
    case data
    /// An event's array: its first element is the name.
    case event
    /// The server's handshake, whose names and numbers are the protocol's.
    case handshake
    /// What a client proves its rights with.
    case credentials
  }

  private let marker: Marker

  init(_ marker: Marker) { self.marker = marker }

  /// Appends the shape of JSON, and says how many texts were removed from it.
  ///
  /// Bytes go in and out, because every message of a report passes here.
  func append(_ bytes: RawSpan, in range: Range<Int>, _ content: Content, to shape: inout ByteBuffer) -> Int {
    var removed = 0
    var hidden = 0
    var tokens = JSONTokens(in: range)
    while let token = tokens.next(bytes) {
      if token.kind == .other {
        hidden += token.range.count
        continue
      }
      if token.kind == .punctuation, hidden == 0 {
        shape.append(bytes.byte(at: token.range.lowerBound))
        continue
      }
      if hidden > 0 { Shape.append(hidden, of: " bytes›", to: &shape) }
      removed += hidden > 0 ? 1 : 0
      hidden = 0
      if !append(token, bytes, content, to: &shape) { removed += 1 }
    }
    if hidden > 0 { Shape.append(hidden, of: " bytes›", to: &shape) }
    return removed + (hidden > 0 ? 1 : 0)
  }

  /// The shape of JSON as text.
  func json(_ bytes: [UInt8], in range: Range<Int>, _ content: Content) -> String {
    var shape = ByteBuffer()
    _ = append(bytes.span.bytes, in: range, content, to: &shape)
    return String(decoding: shape.take(), as: UTF8.self)
  }

  /// Appends what stands for a token; true where that is the token itself.
  private func append(
    _ token: JSONTokens.Token, _ bytes: RawSpan, _ content: Content, to shape: inout ByteBuffer
  ) -> Bool {
    let inner = Shape.inside(token.range, bytes)
    let isKept =
      switch token.kind {
      case .punctuation, .literal, .space: true
      case .other: false
      case .number: content == .handshake || (token.isPlaceholder && token.range.count < 4)
      case .key: Words.isName(bytes.extracting(inner))
      case .text: Shape.keeps(token, inner, bytes, content)
      }
    if isKept {
      shape.append(bytes.extracting(token.range))
      return true
    }
    let quote = UInt8(ascii: "\"")
    switch token.kind {
    case .number: shape.append(UInt8(ascii: "0"))
    case .key:
      shape.append("\"‹name of ")
      shape.append(decimal: UInt64(Shape.length(bytes.extracting(inner))))
      shape.append(" chars›\"")
    case .text where content == .credentials:
      shape.append(quote)
      shape.append(marker.mark(bytes.text(in: inner), "auth"))
      shape.append(quote)
    case .text where content == .handshake && Shape.isSession(token, inner, bytes):
      shape.append(quote)
      shape.append(Shape.shortened(bytes.text(in: inner)))
      shape.append(quote)
    default:
      shape.append(quote)
      Shape.append(Shape.length(bytes.extracting(inner)), of: " chars›\"", to: &shape)
    }
    return false
  }

  /// Appends `‹12 chars›`, byte by byte: a report has millions of them.
  private static func append(_ count: Int, of unit: StaticString, to shape: inout ByteBuffer) {
    shape.append("‹")
    shape.append(decimal: UInt64(count))
    shape.append(unit)
  }

  /// Whether a string may stand: an event's name, or a word of a handshake.
  static func keeps(_ token: JSONTokens.Token, _ inner: Range<Int>, _ bytes: RawSpan, _ content: Content) -> Bool {
    switch content {
    case .event: token.isFirstElement && Shape.isEventName(bytes.extracting(inner))
    case .handshake: !isSession(token, inner, bytes) && Words.isName(bytes.extracting(inner))
    case .data, .credentials: false
    }
  }

  /// Whether a string of a handshake is the name of a session.
  static func isSession(_ token: JSONTokens.Token, _ inner: Range<Int>, _ bytes: RawSpan) -> Bool {
    if Words.isIdentifier(bytes.extracting(inner)) { return true }
    guard let key = token.key else { return false }
    return Shape.isSessionKey(bytes.extracting(key))
  }

  /// The characters between the quotation marks.
  static func inside(_ range: Range<Int>, _ bytes: RawSpan) -> Range<Int> {
    let start = min(range.lowerBound + 1, range.upperBound)
    let isClosed = range.count > 1 && bytes.byte(at: range.upperBound - 1) == UInt8(ascii: "\"")
    return start..<max(start, range.upperBound - (isClosed ? 1 : 0))
  }

  /// Characters of a text in UTF-8; an escape counts as it is written.
  static func length(_ text: RawSpan) -> Int {
    var continuations = 0
    var offset = 0
    while text.byteCount &- offset >= 8 {
      let word = text.uncheckedUInt64(at: offset)
      // Of 10xxxxxx, a byte that goes on with a character, the highest bit is set and the next is not.
      let marks = (word >> 7) & ~(word >> 6) & 0x0101_0101_0101_0101
      continuations &+= Int(truncatingIfNeeded: (marks &* 0x0101_0101_0101_0101) >> 56)
      offset &+= 8
    }
    for offset in offset..<text.byteCount where text.byte(at: offset) & 0xc0 == 0x80 { continuations &+= 1 }
    return text.byteCount - continuations
  }

  /// Whether a string names an event: names are a programmer's, unless they carry an address.
  static func isEventName(_ name: RawSpan) -> Bool {
    name.byteCount <= 128 && name.firstOffset(of: UInt8(ascii: "@")) == nil && !Words.isIdentifier(name)
  }

  /// Whether a member is the session's name: `"sid"`, or `"pid"` of a session that can be recovered.
  static func isSessionKey(_ key: RawSpan) -> Bool {
    key.isEqual(to: "\"sid\"") || key.isEqual(to: "\"pid\"")
  }

  /// An identifier as a report shows it: six characters.
  static func shortened(_ identifier: String) -> String {
    let head = identifier.utf8.prefix(Marker.keptCharacters + 1)
    if head.allSatisfy({ $0 < 0x80 }) {
      // The usual one: bytes are characters as far as it counts.
      guard head.count > Marker.keptCharacters else { return identifier }
      return String(decoding: head.dropLast(), as: UTF8.self) + "…"
    }
    return identifier.count > Marker.keptCharacters ? identifier.prefix(Marker.keptCharacters) + "…" : identifier
  }
}
