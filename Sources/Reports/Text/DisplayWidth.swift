/// How many columns of a terminal text takes.
package enum DisplayWidth {
  package static func of(_ text: String) -> Int {
    // Most text here is ASCII, one column a byte.
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// One or two columns by Unicode's East Asian Width; none for a lone combining mark.
  static func of(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if character.unicodeScalars.contains("\u{fe0f}") { return 2 }
    return isWide(first.value) ? 2 : 1
  }

  /// The blocks that are wide or fullwidth, emoji among them (UAX #11).
  private static func isWide(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff,
      0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff,
      0x1fa70...0x1faff, 0x20000...0x3fffd:
      true
    default: false
    }
  }

  /// The text cut to a number of columns, with `…` where something is missing.
  package static func cut(_ text: String, to width: Int) -> String {
    if of(text) <= width { return text }
    guard width > 0 else { return "" }
    var kept = ""
    var used = 1
    for character in text {
      used += of(character)
      if used > width { break }
      kept.append(character)
    }
    return kept + "…"
  }

  /// The text filled with spaces.
  package static func pad(_ text: String, to width: Int, _ alignment: Table.Alignment = .left) -> String {
    let spaces = String(repeating: " ", count: max(0, width - of(text)))
    return alignment == .left ? text + spaces : spaces + text
  }
}
