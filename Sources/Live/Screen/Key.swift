/// A key of a terminal, as far as the screen knows it.
package enum Key: Equatable, Sendable {
  case up, down, enter, escape
  case character(Character)

  /// Reads the keys in what a terminal sent (ECMA-48: arrows are `ESC [ A` and `ESC [ B`, or `ESC O A` by their keypad
  /// mode); other sequences are skipped.
  package static func keys(in bytes: [UInt8]) -> [Key] {
    var keys: [Key] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      switch byte {
      case 0x1b:
        guard let introducer = rest.first, introducer == 0x5b || introducer == 0x4f else {
          keys.append(.escape)
          continue
        }
        rest = rest.dropFirst()
        while let next = rest.first, next < 0x40 { rest = rest.dropFirst() }
        switch rest.popFirst() {
        case 0x41: keys.append(.up)
        case 0x42: keys.append(.down)
        default: break
        }
      case 0x0a, 0x0d: keys.append(.enter)
      case 0x20..<0x7f: keys.append(.character(Character(Unicode.Scalar(byte))))
      default: break
      }
    }
    return keys
  }
}
