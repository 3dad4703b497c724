/// Text made safe to stand in HTML (WHATWG HTML, section 13.2.5), controls and bidirectional marks visible.
enum HTMLText {
  /// The text between tags or within a quoted attribute.
  static func escaped(_ text: String) -> String {
    var safe = ""
    for character in Sanitizer.visible(text) {
      switch character {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      default: safe.append(character)
      }
    }
    return safe
  }

  /// The lines of advice: the first is prose, further ones are configuration.
  static func advice(_ text: String) -> String {
    guard let end = text.firstIndex(of: "\n") else { return "<p>\(escaped(text))</p>" }
    let lines = text[text.index(after: end)...].split(separator: "\n", omittingEmptySubsequences: false)
    return "<p>\(escaped(String(text[..<end])))</p><pre tabindex=\"0\">"
      + lines.map { escaped(String($0)) }.joined(separator: "\n") + "</pre>"
  }

  /// JSON that may stand in a script element: no `<` can end the element or begin a comment.
  static func embedded(_ json: [UInt8]) -> [UInt8] {
    var safe: [UInt8] = []
    safe.reserveCapacity(json.count + json.count / 64)
    for byte in json {
      if byte == UInt8(ascii: "<") { safe += "\\u003c".utf8 } else { safe.append(byte) }
    }
    return safe
  }
}
