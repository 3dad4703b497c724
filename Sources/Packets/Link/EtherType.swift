/// The number that says what a frame carries (IEEE 802 EtherTypes, RFC 9542 appendix B).
package struct EtherType: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt16

  @inlinable
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let ipv4 = EtherType(rawValue: 0x0800)
  /// A VLAN tag (IEEE 802.1Q).
  package static let vlan = EtherType(rawValue: 0x8100)
  /// An outer VLAN tag (IEEE 802.1ad).
  package static let serviceVLAN = EtherType(rawValue: 0x88a8)
  /// An outer VLAN tag of switches from before IEEE 802.1ad.
  package static let stackedVLAN = EtherType(rawValue: 0x9100)
  package static let transparentEthernetBridging = EtherType(rawValue: 0x6558)
  package static let ipv6 = EtherType(rawValue: 0x86dd)
  package static let mpls = EtherType(rawValue: 0x8847)
  /// MPLS with an upstream-assigned label (RFC 5332).
  package static let mplsUpstream = EtherType(rawValue: 0x8848)
  /// The Point-to-Point Protocol in PPTP's GRE (RFC 2637 section 4.1).
  package static let ppp = EtherType(rawValue: 0x880b)
  package static let pppoeSession = EtherType(rawValue: 0x8864)
  /// A mirrored port's frames, type I or II.
  package static let erspan = EtherType(rawValue: 0x88be)
  /// A mirrored port's frames, type III.
  package static let erspan3 = EtherType(rawValue: 0x22eb)

  /// Whether the field is no type but an IEEE 802.3 length, or one of Linux's numbers for the same; IEEE 802.2 follows.
  var isLength: Bool { rawValue < 0x0600 }

  /// What follows a header that names this type.
  var payload: HeaderKind {
    switch self {
    case .ipv4, .ipv6: .ip
    case .vlan, .serviceVLAN, .stackedVLAN: .vlanTag
    case .mpls, .mplsUpstream: .mpls
    case .transparentEthernetBridging: .ethernet
    case .pppoeSession: .pppoe
    case .ppp: .ppp
    default: isLength ? .logicalLink : isControl ? .other : .unknown(self)
    }
  }

  /// Whether this is a protocol of the network's own upkeep, which never carries TCP.
  ///
  /// ARP, Wake-on-LAN, reverse ARP, MAC control, slow protocols, PPPoE discovery, EAPOL, LLDP, precision time,
  /// connectivity fault management, loopback.
  private var isControl: Bool {
    switch rawValue {
    case 0x0806, 0x0842, 0x8035, 0x8808, 0x8809, 0x8863, 0x888e, 0x88cc, 0x88f7, 0x8902, 0x9000: true
    default: false
    }
  }
}

extension EtherType: CustomStringConvertible {
  /// The number as `0x88e5`.
  package var description: String {
    let digits = String(rawValue, radix: 16)
    return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
