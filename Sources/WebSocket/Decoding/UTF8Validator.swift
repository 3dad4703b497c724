import Bytes

/// Checks a text that comes in pieces for being UTF-8 (RFC 3629 section 4), and stops at the first bad byte.
struct UTF8Validator: Equatable, Sendable {
  /// How many continuation bytes the character that was cut still needs.
  private var needed: UInt8 = 0
  /// Which values the next continuation byte may have.
  private var lower: UInt8 = 0x80
  private var upper: UInt8 = 0xbf

  /// Whether the text so far ends with a whole character.
  var isAtBoundary: Bool { needed == 0 }

  /// Checks the next piece; false at the first byte that no continuation can make right.
  mutating func accept(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    var offset = range.lowerBound
    while offset < range.upperBound {
      if needed == 0 {
        offset = UTF8Validator.endOfASCII(bytes, offset..<range.upperBound)
        guard offset < range.upperBound else { return true }
        guard begin(bytes.byte(at: offset)) else { return false }
      } else {
        let byte = bytes.byte(at: offset)
        guard byte >= lower, byte <= upper else { return false }
        (lower, upper) = (0x80, 0xbf)
        needed -= 1
      }
      offset += 1
    }
    return true
  }

  /// Takes the first byte of a character of more than one byte.
  ///
  /// "UTF8-3 = %xE0 %xA0-BF UTF8-tail / %xE1-EC 2( UTF8-tail ) / %xED %x80-9F UTF8-tail / %xEE-EF 2( UTF8-tail )" and so on:
  /// neither overlong forms, nor surrogates, nor anything above U+10FFFF.
  private mutating func begin(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xc2...0xdf: needed = 1
    case 0xe0...0xef: needed = 2
    case 0xf0...0xf4: needed = 3
    default: return false
    }
    switch byte {
    case 0xe0: lower = 0xa0
    case 0xed: upper = 0x9f
    case 0xf0: lower = 0x90
    case 0xf4: upper = 0x8f
    default: break
    }
    return true
  }

  /// The offset of the first byte of a range that is not ASCII, else its end.
  static func endOfASCII(_ bytes: RawSpan, _ range: Range<Int>) -> Int {
    var offset = range.lowerBound
    while range.upperBound - offset >= 8 {
      let high = UInt64(littleEndian: bytes.nativeUInt64(at: offset)) & 0x8080_8080_8080_8080
      if high != 0 { return offset + high.trailingZeroBitCount / 8 }
      offset += 8
    }
    while offset < range.upperBound, bytes.byte(at: offset) < 0x80 { offset += 1 }
    return offset
  }
}
