/// Makes what came from the network safe to show: no byte of a capture reaches a terminal as a control character.
package enum Sanitizer {
  /// The text with each control, line separator and invisible format character as a visible escape.
  ///
  /// Bidirectional controls could make a line read as another one (CVE-2021-42574). The joiners U+200C and U+200D
  /// stay: scripts and emoji need them.
  package static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var visible = ""
    for scalar in text.unicodeScalars {
      if isHidden(scalar) { visible += escape(scalar) } else { visible.unicodeScalars.append(scalar) }
    }
    return visible
  }

  /// Bytes that should be UTF-8, made safe; what is not UTF-8 becomes U+FFFD.
  package static func visible(utf8: some Collection<UInt8>) -> String {
    visible(String(decoding: utf8, as: UTF8.self))
  }

  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
    // Dashes, quotes and the ellipsis, of which redacted messages are full.
    if 0x2010...0x2027 ~= scalar.value || 0x2030...0x205e ~= scalar.value { return false }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    case .format: return scalar.value != 0x200c && scalar.value != 0x200d
    default: return false
    }
  }

  static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      let digits = String(scalar.value, radix: 16)
      return scalar.value < 0x100 ? "\\x" + (digits.count < 2 ? "0" : "") + digits : "\\u{\(digits)}"
    }
  }
}
