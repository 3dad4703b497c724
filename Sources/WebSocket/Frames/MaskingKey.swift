import Bytes

/// The 32 bits with which a client masks a frame's payload (RFC 6455 section 5.3).
package struct MaskingKey: RawRepresentable, Hashable, Sendable {
  /// The key's four bytes as an integer in network byte order; zero is legal and leaves the payload as it is.
  package var rawValue: UInt32

  /// A key as an integer in network byte order.
  @inlinable
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The key that changes nothing.
  package static let zero = MaskingKey(rawValue: 0)

  /// The byte that masks the payload's byte at a position.
  ///
  /// "j = i MOD 4; transformed-octet-i = original-octet-i XOR masking-key-octet-j"
  @inlinable
  package subscript(position: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: rawValue >> UInt32(truncatingIfNeeded: 24 - 8 * (position & 3)))
  }

  /// The mask of eight payload bytes from a position on, in this machine's byte order.
  func word(from position: Int) -> UInt64 {
    let turn = UInt32(truncatingIfNeeded: 8 * (position & 3))
    let turned = rawValue &<< turn | (turn == 0 ? 0 : rawValue &>> (32 &- turn))
    return UInt64(bigEndian: UInt64(turned) << 32 | UInt64(turned))
  }

  /// Unmasks a run of payload bytes into the beginning of a buffer that is at least as long.
  ///
  /// `position` is the offset of the run's first byte in the frame's payload. The answer is the unmasked bytes combined by
  /// OR: below 0x80 where all of them are ASCII.
  @discardableResult
  func unmask(_ bytes: RawSpan, _ range: Range<Int>, position: Int, into output: inout [UInt8]) -> UInt8 {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.byteCount && range.count <= output.count)
    let mask = word(from: position)
    var span = output.mutableSpan
    var target = span.mutableBytes
    var union: UInt64 = 0
    var offset = 0
    while range.count &- offset >= 8 {
      let word = bytes.uncheckedUInt64(at: range.lowerBound &+ offset) ^ mask
      target.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
      union |= word
      offset &+= 8
    }
    var rest: UInt8 = 0
    while offset < range.count {
      let byte = bytes.byte(at: range.lowerBound + offset) ^ self[position &+ offset]
      target.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
      rest |= byte
      offset += 1
    }
    return rest | (union & 0x8080_8080_8080_8080 == 0 ? 0 : 0x80)
  }
}

extension MaskingKey: CustomStringConvertible {
  /// Eight hexadecimal digits.
  package var description: String {
    let digits = String(rawValue, radix: 16)
    return String(repeating: "0", count: 8 - digits.utf8.count) + digits
  }
}
