/// A number in TCP's sequence space (RFC 9293 section 3.4), which wraps around after 4 GiB.
///
/// "Before" has a meaning only within half the space, so that there is no `<`.
package struct SequenceNumber: BitwiseCopyable, RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt32

  @inlinable @inline(__always)
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The number.
  @inlinable @inline(__always)
  package init(_ rawValue: UInt32) { self.rawValue = rawValue }

  // The one of `RawRepresentable` is behind a witness table that other modules cannot see through.
  @inlinable @inline(__always)
  package static func == (a: SequenceNumber, b: SequenceNumber) -> Bool { a.rawValue == b.rawValue }

  /// The number some bytes later, or earlier if negative; multiples of 4 GiB fall away.
  @inlinable @inline(__always)
  package func advanced(by count: Int) -> SequenceNumber {
    SequenceNumber(rawValue &+ UInt32(truncatingIfNeeded: count))
  }

  /// The bytes from this number to another, -2³¹ to 2³¹ - 1; negative where the other is before this one.
  @inlinable @inline(__always)
  package func distance(to other: SequenceNumber) -> Int {
    Int(Int32(bitPattern: other.rawValue &- rawValue))
  }

  /// Whether this number is before another.
  @inlinable @inline(__always)
  package func isBefore(_ other: SequenceNumber) -> Bool { distance(to: other) > 0 }

  /// Whether this number is after another.
  @inlinable @inline(__always)
  package func isAfter(_ other: SequenceNumber) -> Bool { distance(to: other) < 0 }
}

extension SequenceNumber: CustomStringConvertible {
  package var description: String { "\(rawValue)" }
}
