import Bytes

/// A VLAN tag after its EtherType (IEEE 802.1Q section 9.6).
package struct VLANTag: Equatable, Sendable {
  /// The VLAN, 12 bits; 0 is a priority tag, which names none.
  package var identifier: UInt16
  /// What follows the tag.
  package var type: EtherType

  package static let byteCount = 4

  /// Takes the tag from the front of what follows its EtherType.
  @inline(__always)
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(VLANTag.byteCount, .vlan)
    identifier = bytes.uint16(at: 0) & 0x0fff
    type = EtherType(rawValue: bytes.uint16(at: 2))
    bytes.drop(VLANTag.byteCount)
  }
}

/// The VLANs that a packet is in, the outermost first; no reference to any storage.
package struct VLANStack: BitwiseCopyable, Hashable, Sendable {
  /// 12 bits for each tag, the innermost lowest; 0 is no VLAN.
  ///
  /// There is room for the innermost five. Priority tags take no room.
  package private(set) var packed: UInt64

  // A synthesised `==` is behind a witness table that other modules cannot see through.
  @inlinable @inline(__always)
  package static func == (a: VLANStack, b: VLANStack) -> Bool { a.packed == b.packed }

  /// No VLAN.
  package init() { packed = 0 }

  /// A stack of VLANs, the outermost first.
  package init(_ identifiers: [UInt16]) {
    packed = 0
    for identifier in identifiers { push(identifier) }
  }

  /// Whether the packet is in no VLAN.
  package var isEmpty: Bool { packed == 0 }

  /// The VLANs' numbers, the outermost first.
  package var identifiers: [UInt16] {
    (0..<5).reversed().map { UInt16(packed >> (12 * $0) & 0x0fff) }.filter { $0 != 0 }
  }

  /// Adds the next tag inwards.
  mutating func push(_ identifier: UInt16) {
    guard identifier & 0x0fff != 0 else { return }
    packed = (packed << 12 | UInt64(identifier & 0x0fff)) & (1 << 60 - 1)
  }
}

extension VLANStack: CustomStringConvertible {
  /// The numbers as `100.20`; empty for no VLAN.
  package var description: String { identifiers.map { "\($0)" }.joined(separator: ".") }
}
