import Packets
import TestSupport
import Testing

@testable import Capture

@Suite("The kernel's filter")
struct KernelFilterTests {
  /// The link types that Linux devices have, and those of files that are like them.
  private static let linkTypes: [LinkType] = [
    .null, .ethernet, .ppp, .raw, .pppSerial, .loop, .linuxSLL, .linuxSLL2, .ipv4, .ipv6,
  ]
  private static let filters = [
    KernelFilter(ports: [8080]), KernelFilter(ports: [8080, 3000]), KernelFilter(ports: []),
    KernelFilter(ports: [8080], includesTunnels: true), KernelFilter(ports: [], includesTunnels: true),
    KernelFilter(ports: [8080], condition: "not port 22"),
  ]

  @Test("it compiles for every link type", arguments: linkTypes, filters)
  func compiles(linkType: LinkType, filter: KernelFilter) throws {
    _ = try PacketFilter(filter.expression(for: linkType), linkType: linkType, path: "live")
  }

  @Test("only Ethernet has a VLAN branch", arguments: linkTypes)
  func vlan(linkType: LinkType) {
    #expect(KernelFilter(ports: [80]).expression(for: linkType).contains("vlan") == (linkType == .ethernet))
  }

  private func passes(
    _ bytes: [UInt8], _ filter: KernelFilter = KernelFilter(ports: [8080]), _ linkType: LinkType = .ethernet
  ) throws -> Bool {
    let compiled = try PacketFilter(filter.expression(for: linkType), linkType: linkType, path: "live")
    return compiled.matches(bytes.span.bytes, wireLength: bytes.count)
  }

  private static let ethernet = [UInt8](repeating: 2, count: 12)

  /// An IPv4 packet with the first bytes of its payload.
  private static func ipv4(
    _ number: UInt8, fragmentOffset: UInt8 = 0, payload: [UInt8], tags: [UInt8] = []
  ) -> [UInt8] {
    ethernet + tags + [8, 0]
      + [0x45, 0, 0, UInt8(20 + payload.count), 0, 1, 0, fragmentOffset, 64, number, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
      + payload
  }

  private static func ipv6(_ next: UInt8, payload: [UInt8]) -> [UInt8] {
    ethernet + [0x86, 0xdd] + [0x60, 0, 0, 0, 0, UInt8(payload.count), next, 64] + [UInt8](repeating: 1, count: 32)
      + payload
  }

  /// The ports and the rest of a TCP or UDP header.
  private static func ports(_ source: UInt16, _ destination: UInt16) -> [UInt8] {
    [UInt8(source >> 8), UInt8(source & 255), UInt8(destination >> 8), UInt8(destination & 255)]
      + [UInt8](repeating: 0, count: 16)
  }

  @Test("the ports of TCP pass, on IPv4 and IPv6, and no other")
  func ports() throws {
    #expect(try passes(Self.ipv4(6, payload: Self.ports(50_000, 8080))))
    #expect(try passes(Self.ipv6(6, payload: Self.ports(8080, 50_000))))
    #expect(try !passes(Self.ipv4(6, payload: Self.ports(50_000, 443))))
    #expect(try !passes(Self.ipv4(17, payload: Self.ports(50_000, 8080))))
  }

  @Test("behind one VLAN tag and behind two")
  func tags() throws {
    let tag: [UInt8] = [0x81, 0, 0, 5]
    let outer: [UInt8] = [0x88, 0xa8, 0, 7]
    #expect(try passes(Self.ipv4(6, payload: Self.ports(50_000, 8080), tags: tag)))
    #expect(try passes(Self.ipv4(6, payload: Self.ports(50_000, 8080), tags: outer + tag)))
    #expect(try !passes(Self.ipv4(6, payload: Self.ports(50_000, 443), tags: tag)))
  }

  @Test("fragments and extension headers pass, because their port is not to be seen; ICMPv6 does not")
  func hiddenPorts() throws {
    #expect(try passes(Self.ipv4(6, fragmentOffset: 185, payload: Self.ports(1, 2))))
    #expect(try !passes(Self.ipv4(17, fragmentOffset: 185, payload: Self.ports(1, 2))))
    for header in [0, 43, 44, 51, 60, 135] as [UInt8] {
      #expect(try passes(Self.ipv6(header, payload: [6, 0, 0, 0, 0, 0, 0, 0] + Self.ports(50_000, 8080))))
      #expect(try !passes(Self.ipv6(header, payload: [58, 0, 0, 0, 0, 0, 0, 0] + Self.ports(0, 0))))
    }
  }

  @Test("tunnels pass only when they are wanted", arguments: [4789, 6081, 2152] as [UInt16])
  func tunnels(port: UInt16) throws {
    let all = KernelFilter(ports: [8080], includesTunnels: true)
    #expect(try passes(Self.ipv4(17, payload: Self.ports(40_000, port)), all))
    #expect(try !passes(Self.ipv4(17, payload: Self.ports(40_000, port))))
    for number in [4, 41, 47] as [UInt8] {
      #expect(try passes(Self.ipv4(number, payload: Self.ports(0, 0)), all))
      #expect(try passes(Self.ipv6(number, payload: Self.ports(0, 0)), all))
      #expect(try !passes(Self.ipv4(number, payload: Self.ports(0, 0))))
    }
  }

  @Test("a further condition narrows it")
  func condition() throws {
    let packet = Self.ipv4(6, payload: Self.ports(50_000, 8080))
    #expect(try passes(packet, KernelFilter(ports: [8080], condition: "host 10.0.0.2")))
    #expect(try !passes(packet, KernelFilter(ports: [8080], condition: "host 10.0.0.9")))
  }
}
