/// The kind of header that a capture's frames begin with: a LINKTYPE_ value of a file, a DLT_ value of a device.
///
/// The two registries agree on all values that are supported here but raw IP's, which has one number in files (101)
/// and, for a device, one for each system (12, and 14 on OpenBSD).
package struct LinkType: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt16

  @inlinable
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// BSD loopback, the address family in the capturing machine's byte order.
  package static let null = LinkType(rawValue: 0)
  /// Ethernet (IEEE 802.3).
  package static let ethernet = LinkType(rawValue: 1)
  /// The Point-to-Point Protocol, with or without its HDLC-like framing (RFC 1661, RFC 1662).
  package static let ppp = LinkType(rawValue: 9)
  /// Raw IP, DLT_RAW on most systems.
  package static let raw12 = LinkType(rawValue: 12)
  /// Raw IP, DLT_RAW on OpenBSD.
  package static let raw14 = LinkType(rawValue: 14)
  /// PPP in HDLC-like framing, or Cisco HDLC.
  package static let pppSerial = LinkType(rawValue: 50)
  /// PPP over Ethernet, from the PPPoE header on (RFC 2516).
  package static let pppoe = LinkType(rawValue: 51)
  /// Raw IP, LINKTYPE_RAW.
  package static let raw = LinkType(rawValue: 101)
  /// OpenBSD loopback, the address family in network byte order.
  package static let loop = LinkType(rawValue: 108)
  /// Linux "cooked" capture, as of `-i any` in older versions.
  package static let linuxSLL = LinkType(rawValue: 113)
  /// Raw IPv4.
  package static let ipv4 = LinkType(rawValue: 228)
  /// Raw IPv6.
  package static let ipv6 = LinkType(rawValue: 229)
  /// Linux "cooked" capture v2, which names the interface of each packet.
  package static let linuxSLL2 = LinkType(rawValue: 276)

  /// Whether frames of this type can be decoded.
  package var isSupported: Bool { HeaderKind(linkType: self) != nil }
}

extension LinkType: CustomStringConvertible {
  /// The name that tcpdump prints, `EN10MB` for Ethernet; `LINKTYPE_n` for a number without one here.
  package var name: String {
    switch rawValue {
    case 0: "NULL"
    case 1: "EN10MB"
    case 6: "IEEE802"
    case 8: "SLIP"
    case 9: "PPP"
    case 10: "FDDI"
    case 12, 14, 101: "RAW"
    case 50: "PPP_SERIAL"
    case 51: "PPP_ETHER"
    case 104: "C_HDLC"
    case 105: "IEEE802_11"
    case 107: "FRELAY"
    case 108: "LOOP"
    case 109: "ENC"
    case 113: "LINUX_SLL"
    case 117: "PFLOG"
    case 127: "IEEE802_11_RADIO"
    case 166: "PPP_PPPD"
    case 189: "USB_LINUX"
    case 204: "PPP_WITH_DIR"
    case 220: "USB_LINUX_MMAPPED"
    case 228: "IPV4"
    case 229: "IPV6"
    case 239: "NFLOG"
    case 253: "NETLINK"
    case 258: "PKTAP"
    case 276: "LINUX_SLL2"
    default: "LINKTYPE_\(rawValue)"
    }
  }

  package var description: String { name }
}
