/// What stands before the IP header of a built packet, and the link type (DLT) that a file gives it.
package enum LinkFraming: Hashable, Sendable {
  /// Ethernet II, with the VLAN identifiers given from the outermost in (IEEE 802.1Q, all but the last 802.1ad).
  case ethernet(vlans: [UInt16])
  /// Linux "cooked" capture, version 1: 16 bytes.
  case linuxSLL
  /// Linux "cooked" capture, version 2: 20 bytes, with the interface's index.
  case linuxSLL2(interfaceIndex: UInt32)
  /// No header at all: the packet begins with IP.
  case raw
  /// BSD loopback: the address family in the byte order of the host that captured, here little-endian.
  case bsdLoopback

  /// Ethernet II without VLAN tags.
  package static let ethernet = LinkFraming.ethernet(vlans: [])

  /// The number of this link type in a pcap file's header.
  package var linkType: UInt16 {
    switch self {
    case .ethernet: 1
    case .linuxSLL: 113
    case .linuxSLL2: 276
    case .raw: 101
    case .bsdLoopback: 0
    }
  }

  /// The header for a packet of an EtherType (0x0800 IPv4, 0x86dd IPv6).
  package func header(etherType: UInt16) -> [UInt8] {
    var bytes: [UInt8] = []
    switch self {
    case .ethernet(let vlans):
      bytes += [0x02, 0, 0, 0, 0, 0x10, 0x02, 0, 0, 0, 0, 0x02]
      for (index, vlan) in vlans.enumerated() {
        bytes.append(uint16: index == vlans.count - 1 ? 0x8100 : 0x88a8)
        bytes.append(uint16: vlan)
      }
      bytes.append(uint16: etherType)
    case .linuxSLL:
      bytes.append(uint16: 0)
      bytes.append(uint16: 1)
      bytes.append(uint16: 6)
      bytes += [0x02, 0, 0, 0, 0, 0x02, 0, 0]
      bytes.append(uint16: etherType)
    case .linuxSLL2(let interfaceIndex):
      bytes.append(uint16: etherType)
      bytes.append(uint16: 0)
      bytes.append(uint32: interfaceIndex)
      bytes.append(uint16: 1)
      bytes += [0, 6, 0x02, 0, 0, 0, 0, 0x02, 0, 0]
    case .raw: break
    case .bsdLoopback: bytes += [etherType == 0x0800 ? 2 : 30, 0, 0, 0]
    }
    return bytes
  }
}
