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
      let byte = bytes.byte(at: offset)
      if needed > 0 {
        guard byte >= lower, byte <= upper else { return false }
        (lower, upper) = (0x80, 0xbf)
        needed -= 1
        offset += 1
      } else if byte < 0x80 {
        offset = UTF8Validator.endOfASCII(bytes, offset..<range.upperBound)
      } else {
        let length = UTF8Validator.lengthOfPlainCharacter(bytes, offset..<range.upperBound)
        if length == 0, !begin(byte) { return false }
        offset += max(1, length)
      }
    }
    return true
  }

  /// The length of a valid character that is there as a whole; 0 for one that needs a closer look, byte by byte.
  @inline(__always)
  private static func lengthOfPlainCharacter(_ bytes: RawSpan, _ range: Range<Int>) -> Int {
    let first = range.lowerBound
    switch bytes.byte(at: first) {
    case 0xc2...0xdf:
      guard range.count >= 2, bytes.byte(at: first + 1) & 0xc0 == 0x80 else { return 0 }
      return 2
    case 0xe1...0xec, 0xee, 0xef:
      guard range.count >= 3, bytes.uint16(at: first + 1) & 0xc0c0 == 0x8080 else { return 0 }
      return 3
    case 0xf1...0xf3:
      guard range.count >= 4, bytes.uint32(at: first) & 0xc0_c0c0 == 0x80_8080 else { return 0 }
      return 4
    default: return 0
    }
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
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.byteCount)
    var offset = range.lowerBound
    while range.upperBound &- offset >= 32 {
      let first = bytes.uncheckedUInt64(at: offset) | bytes.uncheckedUInt64(at: offset &+ 8)
      let second = bytes.uncheckedUInt64(at: offset &+ 16) | bytes.uncheckedUInt64(at: offset &+ 24)
      guard (first | second) & 0x8080_8080_8080_8080 == 0 else { break }
      offset &+= 32
    }
    while range.upperBound &- offset >= 8 {
      let high = UInt64(littleEndian: bytes.uncheckedUInt64(at: offset)) & 0x8080_8080_8080_8080
      if high != 0 { return offset + high.trailingZeroBitCount / 8 }
      offset &+= 8
    }
    if range.count >= 8 {
      // The last eight bytes, some of them for the second time: nearly always, the range ends here.
      let last = bytes.uncheckedUInt64(at: range.upperBound &- 8)
      if last & 0x8080_8080_8080_8080 == 0 { return range.upperBound }
    }
    while offset < range.upperBound, bytes.uncheckedByte(at: offset) < 0x80 { offset &+= 1 }
    return offset
  }
}
