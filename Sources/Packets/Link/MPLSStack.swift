import Bytes

/// A stack of MPLS labels (RFC 3032 section 2.1).
package struct MPLSStack: Equatable, Sendable {
  /// The bottom label, 20 bits.
  package var label: UInt32
  /// How many labels there are.
  package var depth: Int

  /// Takes the labels from the front, to the one with the bottom-of-stack bit.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    depth = 0
    var entry: UInt32
    repeat {
      try bytes.require(4, .tunnel)
      entry = bytes.uint32(at: 0)
      depth += 1
      bytes.drop(4)
    } while entry & 0x100 == 0
    label = entry >> 12
  }

  /// What the labels carry, which no field says: the first four bits must (RFC 4928 section 3).
  ///
  /// 4 and 6 are IP; 0 is the control word of an Ethernet pseudowire (RFC 4448 section 4.6), which is taken off.
  static func payload(_ bytes: inout RawSpan) throws(ParseError) -> HeaderKind {
    try bytes.require(1, .tunnel)
    switch bytes.byte(at: 0) >> 4 {
    case 4, 6: return .ip
    case 0:
      try bytes.require(4, .tunnel)
      bytes.drop(4)
      return .ethernet
    default: return .other
    }
  }
}
