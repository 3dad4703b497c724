/// The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit words.
package struct InternetChecksum {
  private var sum: UInt64 = 0

  package init() {}

  /// Adds bytes that begin on an even offset; an odd last byte is padded with zero.
  package mutating func add(_ bytes: [UInt8]) {
    var offset = 0
    while offset + 1 < bytes.count {
      sum += UInt64(bytes[offset]) << 8 | UInt64(bytes[offset + 1])
      offset += 2
    }
    if offset < bytes.count { sum += UInt64(bytes[offset]) << 8 }
  }

  /// The checksum of what was added.
  package var value: UInt16 {
    var folded = sum
    while folded > 0xffff { folded = (folded & 0xffff) + (folded >> 16) }
    return ~UInt16(folded)
  }
}
