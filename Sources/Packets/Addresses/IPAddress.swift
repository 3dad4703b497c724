/// An IPv4 or IPv6 address; IPv4 is held in its IPv4-mapped form (RFC 4291 section 2.5.5.2).
package struct IPAddress: BitwiseCopyable, Hashable, Sendable {
  /// The first eight bytes.
  package var high: UInt64
  /// The last eight bytes.
  package var low: UInt64

  @inlinable
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// An IPv4 address, given as its 32 bits.
  @inlinable
  package init(ipv4 bits: UInt32) {
    high = 0
    low = 0xffff_0000_0000 | UInt64(bits)
  }

  // A synthesised `==` is behind a witness table that other modules cannot see through.
  @inlinable @inline(__always)
  package static func == (a: IPAddress, b: IPAddress) -> Bool { a.low == b.low && a.high == b.high }

  /// Whether this is an IPv4 address.
  @inlinable
  package var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

  /// The eight 16-bit groups in which an IPv6 address is written.
  var groups: [UInt16] {
    (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> (48 - 16 * UInt64($0 % 4))) }
  }
}
