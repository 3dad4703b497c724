import Bytes

/// What stands before the network layer of a frame: where the packet begins, what it is, and how it came.
package struct LinkLayer: Equatable, Sendable {
  /// The offset of the network layer in the frame.
  package var payloadOffset: Int
  /// What the network layer is.
  package var etherType: EtherType
  /// VLAN identifiers, the outermost lowest: 12 bits each plus one that says it is there; 0 where there are none.
  package var vlan: UInt64 = 0
  /// The interface's number where the link type tells it (cooked v2), else 0.
  package var interfaceIndex: UInt32 = 0

  @inlinable
  package init(payloadOffset: Int, etherType: EtherType) {
    self.payloadOffset = payloadOffset
    self.etherType = etherType
  }
}

/// The protocol of a frame's payload (IEEE 802 EtherType).
package struct EtherType: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt16

  @inlinable
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  @inlinable package static var ipv4: EtherType { EtherType(rawValue: 0x0800) }
  @inlinable package static var ipv6: EtherType { EtherType(rawValue: 0x86dd) }

  /// 802.1Q, 802.1ad and the number that came before it.
  var isVLANTag: Bool { rawValue == 0x8100 || rawValue == 0x88a8 || rawValue == 0x9100 }
}

extension LinkLayer {
  /// Reads a frame's link layer, VLAN tags included.
  ///
  /// - Throws: `SkipReason` where the frame is cut inside a header or its link type is unknown.
  init(parsing frame: RawSpan, linkType: LinkType) throws(SkipReason) {
    switch linkType {
    case .ethernet:
      try LinkLayer.require(14, of: frame)
      self.init(payloadOffset: 14, etherType: EtherType(rawValue: frame.uint16(at: 12)))
    case .linuxSLL2:
      try LinkLayer.require(20, of: frame)
      self.init(payloadOffset: 20, etherType: EtherType(rawValue: frame.uint16(at: 0)))
      interfaceIndex = frame.uint32(at: 4)
    case .linuxSLL:
      try LinkLayer.require(16, of: frame)
      self.init(payloadOffset: 16, etherType: EtherType(rawValue: frame.uint16(at: 14)))
    case .null, .loop:
      try self.init(parsingLoopback: frame)
    case _ where linkType.isRawIP:
      self.init(payloadOffset: 0, etherType: try LinkLayer.version(of: frame, at: 0))
    default:
      throw .unknownLinkType(linkType)
    }
    try skipTags(frame)
  }

  /// BSD loopback: an address family in either byte order, because files move between machines.
  ///
  /// IPv4 is 2 everywhere; IPv6 is 10 (Linux), 24 (NetBSD, OpenBSD), 28 (FreeBSD) or 30 (Darwin).
  private init(parsingLoopback frame: RawSpan) throws(SkipReason) {
    try LinkLayer.require(4, of: frame)
    let value = frame.uint32(at: 0)
    switch value > 0xffff ? value.byteSwapped : value {
    case 2: self.init(payloadOffset: 4, etherType: .ipv4)
    case 10, 24, 28, 30: self.init(payloadOffset: 4, etherType: .ipv6)
    default: self.init(payloadOffset: 4, etherType: EtherType(rawValue: 0))
    }
  }

  /// Steps over up to eight VLAN tags; a priority tag (identifier 0) names no VLAN.
  private mutating func skipTags(_ frame: RawSpan) throws(SkipReason) {
    var shift: UInt64 = 0
    var tags = 0
    while etherType.isVLANTag, tags < 8 {
      try LinkLayer.require(payloadOffset + 4, of: frame)
      let identifier = UInt64(frame.uint16(at: payloadOffset) & 0x0fff)
      if identifier != 0, shift < 52 {
        vlan |= (identifier | 0x1000) << shift
        shift += 13
      }
      etherType = EtherType(rawValue: frame.uint16(at: payloadOffset + 2))
      payloadOffset += 4
      tags += 1
    }
  }

  /// Tells IPv4 from IPv6 by the version field, where nothing else does.
  static func version(of frame: RawSpan, at offset: Int) throws(SkipReason) -> EtherType {
    try require(offset + 1, of: frame)
    switch frame.byte(at: offset) >> 4 {
    case 4: return .ipv4
    case 6: return .ipv6
    default: return EtherType(rawValue: 0)
    }
  }

  static func require(_ count: Int, of frame: RawSpan) throws(SkipReason) {
    if frame.byteCount < count { throw .truncated(.link) }
  }
}
