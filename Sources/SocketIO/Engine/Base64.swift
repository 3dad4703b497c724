import Bytes

/// Base64 (RFC 4648 section 4), in which long-polling carries binary data.
package enum Base64 {
  /// The number of bytes that `count` characters stand for, of which the last `padding` are `=`, without decoding them.
  ///
  /// Unpadded text is accepted.
  @inlinable
  package static func decodedLength(count: Int, padding: Int) -> Int {
    let characters = max(0, count &- min(max(0, padding), 2))
    return characters / 4 &* 3 &+ characters % 4 &* 3 / 4
  }

  /// The bytes that a text stands for; of one that is cut, those that are certain.
  ///
  /// `nil` where a character is none of the alphabet's.
  package static func decode(_ bytes: RawSpan, in range: Range<Int>) -> [UInt8]? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(decodedLength(count: range.count, padding: 0))
    var bits: UInt32 = 0
    var count = 0
    for offset in range {
      let byte = bytes.byte(at: offset)
      if byte == UInt8(ascii: "=") { break }
      guard let value = value(of: byte) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        decoded.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return decoded
  }

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
