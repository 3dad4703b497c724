/// What comes next in a packet, as the header before it says.
enum HeaderKind: Equatable {
  case ethernet, vlanTag, linuxCooked, linuxCooked2, loopback, logicalLink
  case ppp, pppSerial, pppoe
  case mpls
  /// An IP header, whose first four bits tell IPv4 from IPv6.
  case ip
  case transport(IPProtocol)
  /// A fragment of an IP datagram, its headers taken off.
  case fragment(FragmentPosition)
  case gre, erspan2, erspan3
  case vxlan, geneve, gtp
  /// What is known not to be TCP.
  case other
  /// A protocol that may carry TCP, but whose header is not decoded here.
  case unknown(EtherType)

  /// What a capture's frames begin with; `nil` where that is not decoded here.
  init?(linkType: LinkType) {
    switch linkType {
    case .ethernet: self = .ethernet
    case .linuxSLL: self = .linuxCooked
    case .linuxSLL2: self = .linuxCooked2
    case .null, .loop: self = .loopback
    case .raw, .raw12, .raw14, .ipv4, .ipv6: self = .ip
    case .ppp: self = .ppp
    case .pppSerial: self = .pppSerial
    case .pppoe: self = .pppoe
    default: return nil
    }
  }
}
