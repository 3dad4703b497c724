/// A range of offsets in 8 bytes, so that a packet's five ranges are copied in registers.
///
/// Bytes beyond 4 GiB are out of its reach; the parser refuses such a message.
struct PacketRange: Equatable, Sendable {
  private var lower: UInt32
  private var upper: UInt32

  /// No range at all: what no real range is, its end before its start.
  static let none = PacketRange(lower: 1, upper: 0)

  /// The greatest offset.
  static let limit = Int(UInt32.max)

  private init(lower: UInt32, upper: UInt32) {
    self.lower = lower
    self.upper = upper
  }

  /// A range of offsets from 0 to `limit`.
  @inline(__always)
  init(_ range: Range<Int>) {
    self.init(lower: UInt32(truncatingIfNeeded: range.lowerBound), upper: UInt32(truncatingIfNeeded: range.upperBound))
  }

  @inline(__always)
  var range: Range<Int>? { lower <= upper ? Int(lower)..<Int(upper) : nil }
}
