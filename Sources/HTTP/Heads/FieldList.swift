/// Comma-separated lists in field values (RFC 9110 section 5.6.1).
extension HeaderFields {
  /// The elements of a list-valued field over all its lines, without whitespace around them and without empty ones.
  ///
  /// A comma inside a quoted string separates nothing.
  package func elements(_ name: String) -> [String] {
    values(name).flatMap { Self.split($0, at: Octet.comma) }
  }

  /// The elements of a list-valued field in lower case, for comparison with tokens.
  package func tokens(_ name: String) -> [String] {
    elements(name).map { $0.lowercased() }
  }

  /// Whether a list-valued field has this token, given in lower case.
  package func hasToken(_ token: String, in name: String) -> Bool {
    containsValue(name) { value in
      // Without quotes, a look at what stands between commas is enough.
      if value.contains(Octet.quote) { return tokens(name).contains(token) }
      return value.split(separator: Octet.comma).contains { element in
        let trimmed = element.drop(while: Octet.isBlank).reversed().drop(while: Octet.isBlank).reversed()
        return trimmed.lazy.map(Octet.lowercased).elementsEqual(token.utf8)
      }
    }
  }

  /// The parts of a text between separators that are not inside a quoted string, trimmed; empty ones only where wanted.
  static func split(_ text: String, at separator: UInt8, keepsEmpty: Bool = false) -> [String] {
    var parts: [String] = []
    var part: [UInt8] = []
    var isQuoted = false
    var isEscaped = false
    for byte in text.utf8 {
      if byte == separator, !isQuoted {
        append(part, keepsEmpty, to: &parts)
        part.removeAll(keepingCapacity: true)
        continue
      }
      part.append(byte)
      if isEscaped {
        isEscaped = false
      } else if isQuoted, byte == Octet.backslash {
        isEscaped = true
      } else if byte == Octet.quote {
        isQuoted.toggle()
      }
    }
    append(part, keepsEmpty, to: &parts)
    return parts
  }

  private static func append(_ part: [UInt8], _ keepsEmpty: Bool, to parts: inout [String]) {
    let range = part.span.bytes.trimmed(0..<part.count)
    if keepsEmpty || !range.isEmpty { parts.append(String(decoding: part[range], as: UTF8.self)) }
  }
}
