import Packets
import TestSupport

extension Talk {
  /// The packets as a file of a link type has them, each made from its IP packet.
  func framed(_ linkType: UInt16, _ frame: ([UInt8]) -> [UInt8]) -> [RecordedPacket] {
    framedApart(linkType) { [frame($0)] }
  }

  /// The same for what makes several frames of a packet.
  func framedApart(_ linkType: UInt16, _ frames: ([UInt8]) -> [[UInt8]]) -> [RecordedPacket] {
    packets.flatMap { packet -> [RecordedPacket] in
      var packet = packet
      packet.packet.link = .raw
      return frames(packet.packet.bytes).map { RecordedPacket(time: packet.time, bytes: $0, linkType: linkType) }
    }
    .sortedByTime()
  }
}

/// Headers in front of IP packets, as bytes.
enum Framing {
  /// An Ethernet header with VLAN tags, each a protocol identifier and the tag's 16 bits.
  static func ethernet(_ packet: [UInt8], tags: [(UInt16, UInt16)] = [], type: UInt16? = nil) -> [UInt8] {
    var bytes: [UInt8] = [0x02, 0, 0, 0, 0, 0x10, 0x02, 0, 0, 0, 0, 0x02]
    for (identifier, tag) in tags {
      bytes.append(uint16: identifier)
      bytes.append(uint16: tag)
    }
    bytes.append(uint16: type ?? etherType(packet))
    return bytes + packet
  }

  static func etherType(_ packet: [UInt8]) -> UInt16 { packet[0] >> 4 == 4 ? 0x0800 : 0x86dd }

  /// An IPv4 header around a payload.
  static func ipv4(_ payload: [UInt8], protocol number: UInt8) -> [UInt8] {
    var bytes: [UInt8] = [0x45, 0]
    bytes.append(uint16: UInt16(clamping: 20 + payload.count))
    bytes += [0x12, 0x34, 0, 0, 63, number, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]
    return bytes + payload
  }

  /// An IPv6 header around a payload.
  static func ipv6(_ payload: [UInt8], next: UInt8) -> [UInt8] {
    var bytes: [UInt8] = [0x60, 0, 0, 0]
    bytes.append(uint16: UInt16(clamping: payload.count))
    bytes += [next, 63]
    for host in [1, 2] as [UInt8] { bytes += [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [host] }
    return bytes + payload
  }

  /// IPv4 and UDP around a payload.
  static func udp(_ payload: [UInt8], port: UInt16) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(uint16: 49_152)
    bytes.append(uint16: port)
    bytes.append(uint16: UInt16(clamping: 8 + payload.count))
    bytes += [0, 0]
    return ipv4(bytes + payload, protocol: 17)
  }

  /// GRE around a payload, with the optional fields that the flags announce.
  static func gre(_ payload: [UInt8], flags: UInt16, type: UInt16, fields: [UInt8] = []) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(uint16: flags)
    bytes.append(uint16: type)
    return ipv4(bytes + fields + payload, protocol: 47)
  }
}
