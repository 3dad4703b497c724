import Packets
import Testing

@Suite struct TunnelTests {
  private static let inner = Wire.ipv4(Wire.tcp())
  private static let inner6 = Wire.ipv6(Wire.tcp())
  private static let innerFrame = Wire.ethernet(inner)

  /// What an outer IPv4 header of a protocol carries.
  private static let tunnels: [(String, UInt8, [UInt8])] = [
    ("IP in IP", 4, inner),
    ("6in4", 41, inner6),
    ("AH", 51, [6, 4] + [UInt8](repeating: 0, count: 22) + Wire.tcp()),
    ("MPLS in IP", 137, [0, 1, 1, 64] + inner),
    ("GRE", 47, [0, 0, 8, 0] + inner),
    ("GRE, IPv6", 47, [0, 0, 0x86, 0xdd] + inner6),
    ("GRE, checksum, key, sequence", 47, [0xb0, 0, 8, 0] + [UInt8](repeating: 0, count: 12) + inner),
    ("GRE, Ethernet", 47, [0x20, 0, 0x65, 0x58, 0, 0, 0, 1] + innerFrame),
    ("PPTP", 47, [0x30, 0x81, 0x88, 0x0b, 0, 90, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xff, 3, 0, 0x21] + inner),
    ("ERSPAN I", 47, [0, 0, 0x88, 0xbe] + innerFrame),
    ("ERSPAN II", 47, [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1] + [0x10, 0, 0, 0, 0, 0, 0, 0] + innerFrame),
    ("ERSPAN III", 47, [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1] + [0x20] + [UInt8](repeating: 0, count: 11) + innerFrame),
    ("VXLAN", 17, Wire.udp([8, 0, 0, 0, 0, 0, 5, 0] + innerFrame, to: 4789)),
    ("VXLAN of flannel", 17, Wire.udp([8, 0, 0, 0, 0, 0, 1, 0] + innerFrame, to: 8472)),
    ("Geneve", 17, Wire.udp([0, 0, 0x65, 0x58, 0, 0, 5, 0] + innerFrame, to: 6081)),
    ("Geneve, option, IPv4", 17, Wire.udp([1, 0, 8, 0, 0, 0, 5, 0, 1, 2, 3, 4] + inner, to: 6081)),
    ("GTP-U", 17, Wire.udp([0x30, 255, 0, 90, 0, 0, 0, 1] + inner, to: 2152)),
    ("GTP-U, sequence", 17, Wire.udp([0x32, 255, 0, 90, 0, 0, 0, 1, 0, 1, 0, 0] + inner6, to: 2152)),
    (
      "GTP-U, extensions", 17,
      Wire.udp([0x34, 255, 0, 90, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0x40, 1, 0, 0, 0] + inner, to: 2152)
    ),
    (
      "tunnel in a tunnel", 47,
      [0, 0, 8, 0] + Wire.ipv4(Wire.udp([8, 0, 0, 0, 0, 0, 5, 0] + innerFrame, to: 4789), protocol: 17)
    ),
  ]

  @Test("a segment is found in every tunnel", arguments: tunnels)
  func segment(name: String, number: UInt8, payload: [UInt8]) {
    var decoder = PacketDecoder()
    let outcome = decoder.decode(Wire.ethernet(Wire.ipv4(payload, protocol: number)))
    #expect(outcome.decoded == .segment)
    #expect(outcome.payload == Array("hello".utf8))
    #expect(outcome.segment.payloadLength == 5)
  }

  @Test("extension headers of IPv6 are stepped over")
  func extensionHeaders() {
    let hopByHop: [UInt8] = [43, 0, 1, 4, 0, 0, 0, 0]
    let routing: [UInt8] = [60, 0, 0, 0, 0, 0, 0, 0]
    let destination: [UInt8] = [135, 1, 1, 12] + [UInt8](repeating: 0, count: 12)
    let mobility: [UInt8] = [44, 0, 0, 0, 0, 0, 0, 0]
    let atomicFragment: [UInt8] = [51, 0, 0, 0, 0, 0, 0, 9]
    let authentication: [UInt8] = [6, 1] + [UInt8](repeating: 0, count: 10)
    let headers = hopByHop + routing + destination + mobility + atomicFragment + authentication
    var decoder = PacketDecoder()
    let outcome = decoder.decode(Wire.ipv6(headers + Wire.tcp(), next: 0), .raw)
    #expect(outcome.decoded == .segment)
    #expect(outcome.payload == Array("hello".utf8))
  }

  @Test("a tunnel's VLANs are not the segment's")
  func vlans() {
    let vxlan = Wire.udp([8, 0, 0, 0, 0, 0, 5, 0] + Wire.ethernet(Wire.vlan(20, Self.inner), type: 0x8100), to: 4789)
    var decoder = PacketDecoder()
    let tagged = decoder.decode(Wire.ethernet(Wire.vlan(10, Wire.ipv4(vxlan, protocol: 17)), type: 0x8100))
    #expect(tagged.segment.vlans.identifiers == [20])
    let untagged = decoder.decode(Wire.ethernet(Wire.vlan(10, Wire.ipv4(Self.inner, protocol: 4)), type: 0x8100))
    #expect(untagged.segment.vlans.isEmpty)
  }

  @Test(
    "what is on a tunnel's port but not a tunnel's packet is other transport",
    arguments: [
      Wire.udp([0, 0, 0, 0, 0, 0, 0, 0], to: 4789),
      Wire.udp([0x32, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0], to: 2152),
      Wire.udp([0xff, 0, 8, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 252), to: 6081),
      Wire.udp([1, 2, 3], to: 53),
      [0, 1, 2],
    ])
  func noTunnel(udp: [UInt8]) {
    var decoder = PacketDecoder()
    #expect(decoder.decode(Wire.ethernet(Wire.ipv4(udp, protocol: 17))).decoded == .otherTransport)
  }

  @Test("nesting beyond the limit is skipped")
  func nesting() {
    var packet = Self.inner
    for _ in 0..<40 { packet = Wire.ipv4(packet, protocol: 4) }
    var decoder = PacketDecoder()
    #expect(decoder.decode(packet, .raw).decoded == .skipped(.tooManyHeaders))
  }
}
