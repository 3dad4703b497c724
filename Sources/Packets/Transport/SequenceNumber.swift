/// A TCP sequence number (RFC 9293 section 3.4): 32 bits that wrap around.
///
/// It has no `<`: which of two numbers comes first depends on the distance between them, never on their values.
package struct SequenceNumber: Hashable, Sendable {
  package var rawValue: UInt32

  @inlinable
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// How many octets `other` is ahead, from -2³¹ to 2³¹ - 1.
  @inlinable
  package func distance(to other: SequenceNumber) -> Int {
    Int(Int32(bitPattern: other.rawValue &- rawValue))
  }

  /// The number so many octets on.
  @inlinable
  package func advanced(by count: Int) -> SequenceNumber {
    SequenceNumber(rawValue: rawValue &+ UInt32(truncatingIfNeeded: count))
  }

  /// Whether `other` is ahead, within half of the number space.
  @inlinable
  package func isBefore(_ other: SequenceNumber) -> Bool { distance(to: other) > 0 }
}
