/// The format of a capture's frames: a LINKTYPE or DLT number, as in libpcap's list.
package struct LinkType: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt16

  @inlinable
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// BSD loopback, address family in the capturing machine's byte order.
  package static let null = LinkType(rawValue: 0)
  package static let ethernet = LinkType(rawValue: 1)
  /// OpenBSD loopback, address family in network byte order.
  package static let loop = LinkType(rawValue: 108)
  /// Linux cooked capture (`tcpdump -i any` of older systems).
  package static let linuxSLL = LinkType(rawValue: 113)
  /// Linux cooked capture, version 2 (`tcpdump -i any`).
  package static let linuxSLL2 = LinkType(rawValue: 276)
  package static let ipv4 = LinkType(rawValue: 228)
  package static let ipv6 = LinkType(rawValue: 229)
  package static let raw = LinkType(rawValue: 101)

  /// Every number under which systems have written bare IP packets: DLT_RAW differs between them.
  package var isRawIP: Bool {
    switch rawValue {
    case 12, 14, 101, 228, 229: true
    default: false
    }
  }

  /// Whether packets of this type can be decoded.
  package var isSupported: Bool {
    switch self {
    case .null, .ethernet, .loop, .linuxSLL, .linuxSLL2: true
    default: isRawIP
    }
  }

  /// The name that tcpdump prints, or the number where the type is unknown here.
  package var name: String {
    switch self {
    case .null: "NULL"
    case .ethernet: "EN10MB"
    case .loop: "LOOP"
    case .linuxSLL: "LINUX_SLL"
    case .linuxSLL2: "LINUX_SLL2"
    case .ipv4: "IPV4"
    case .ipv6: "IPV6"
    case _ where isRawIP: "RAW"
    default: "DLT_\(rawValue)"
    }
  }
}
