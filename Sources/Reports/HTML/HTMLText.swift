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

  /// Sentences of this program: what stands between backticks is code.
  static func prose(_ text: String) -> String {
    let parts = escaped(text).split(separator: "`", omittingEmptySubsequences: false)
    // An odd backtick is one of the network's.
    guard parts.count % 2 == 1 else { return escaped(text) }
    return parts.enumerated().map { $0 % 2 == 0 ? String($1) : "<code>\($1)</code>" }.joined()
  }

  /// The lines of advice: those that begin with a space are configuration, the others prose.
  static func advice(_ text: String) -> String {
    var html = ""
    var code: [String] = []
    func block() -> String { code.isEmpty ? "" : "<pre tabindex=\"0\">\(code.joined(separator: "\n"))</pre>" }
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      if line.hasPrefix(" "), !html.isEmpty {
        code.append(escaped(String(line)))
      } else {
        html += block() + "<p>\(prose(String(line)))</p>"
        code = []
      }
    }
    return html + block()
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
