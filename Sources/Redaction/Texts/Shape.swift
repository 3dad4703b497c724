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

  /// The shape of JSON, and how many texts were removed from it.
  func json(_ bytes: [UInt8], in range: Range<Int>, _ content: Content) -> (text: String, removed: Int) {
    var text = ""
    var removed = 0
    var hidden = 0
    for token in JSONTokens(bytes, in: range) {
      if token.kind == .other {
        hidden += token.range.count
        continue
      }
      if hidden > 0 { text += "‹\(hidden) bytes›" }
      removed += hidden > 0 ? 1 : 0
      hidden = 0
      let piece = String(decoding: bytes[token.range], as: UTF8.self)
      let shown = self.text(token, bytes, content)
      if shown != piece { removed += 1 }
      text += shown
    }
    if hidden > 0 { text += "‹\(hidden) bytes›" }
    return (text, removed + (hidden > 0 ? 1 : 0))
  }

  private func text(_ token: JSONTokens.Token, _ bytes: [UInt8], _ content: Content) -> String {
    let piece = String(decoding: bytes[token.range], as: UTF8.self)
    let inner = Shape.inside(token.range, bytes)
    switch token.kind {
    case .punctuation, .literal, .space: return piece
    case .other: return ""
    case .number:
      let isKept = content == .handshake || (token.isPlaceholder && bytes[token.range].count < 4)
      return isKept ? piece : "0"
    case .key: return Words.isName(bytes[inner]) ? piece : "\"‹name of \(Shape.length(bytes[inner])) chars›\""
    case .text:
      if content == .handshake { return handshakeText(token, inner, bytes, piece) }
      if content == .event, token.isFirstElement, Shape.isEventName(bytes[inner]) { return piece }
      if content == .credentials {
        return "\"\(marker.mark(String(decoding: bytes[inner], as: UTF8.self), "auth"))\""
      }
      return "\"‹\(Shape.length(bytes[inner])) chars›\""
    }
  }

  private func handshakeText(
    _ token: JSONTokens.Token, _ inner: Range<Int>, _ bytes: [UInt8], _ piece: String
  ) -> String {
    guard Words.isIdentifier(bytes[inner]) || token.key.map({ Shape.isSessionKey(bytes[$0]) }) == true else {
      return Words.isName(bytes[inner]) ? piece : "\"‹\(Shape.length(bytes[inner])) chars›\""
    }
    return "\"\(Shape.shortened(String(decoding: bytes[inner], as: UTF8.self)))\""
  }

  /// The characters between the quotation marks.
  static func inside(_ range: Range<Int>, _ bytes: [UInt8]) -> Range<Int> {
    let start = min(range.lowerBound + 1, range.upperBound)
    let isClosed = range.count > 1 && bytes[range.upperBound - 1] == UInt8(ascii: "\"")
    return start..<max(start, range.upperBound - (isClosed ? 1 : 0))
  }

  /// Characters of a text in UTF-8; an escape counts as it is written.
  static func length(_ text: ArraySlice<UInt8>) -> Int { text.reduce(0) { $0 + ($1 & 0xc0 == 0x80 ? 0 : 1) } }

  /// Whether a string names an event: names are a programmer's, unless they carry an address.
  static func isEventName(_ name: ArraySlice<UInt8>) -> Bool {
    name.count <= 128 && !name.contains(UInt8(ascii: "@")) && !Words.isIdentifier(name)
  }

  /// Whether a member is the session's name: `"sid"`, or `"pid"` of a session that can be recovered.
  static func isSessionKey(_ key: ArraySlice<UInt8>) -> Bool {
    key.elementsEqual("\"sid\"".utf8) || key.elementsEqual("\"pid\"".utf8)
  }

  /// An identifier as a report shows it: six characters.
  static func shortened(_ identifier: String) -> String {
    identifier.count > Marker.keptCharacters ? identifier.prefix(Marker.keptCharacters) + "…" : identifier
  }
}
