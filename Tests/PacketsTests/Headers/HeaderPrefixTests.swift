import Bytes
import Packets
import Testing

/// For each header: a whole one leaves what follows, and every shorter prefix says what it needs.
@Suite struct HeaderPrefixTests {
  /// A header, how to take it, and what each prefix needs.
  struct Sample: CustomTestStringConvertible {
    var testDescription: String
    var header: [UInt8]
    var layer: Layer
    /// The bytes that are asked for, the first that are too many for a prefix count.
    var needs: [Int]
    var take: @Sendable (_ bytes: inout RawSpan) throws(ParseError) -> Void
  }

  static let samples: [Sample] = [
    Sample(testDescription: "Ethernet", header: Wire.ethernet([]), layer: .link, needs: [14]) {
      (bytes) throws(ParseError) in _ = try EthernetHeader(parsing: &bytes)
    },
    Sample(testDescription: "VLAN", header: Wire.vlan(5, []), layer: .vlan, needs: [4]) {
      (bytes) throws(ParseError) in _ = try VLANTag(parsing: &bytes)
    },
    Sample(testDescription: "cooked", header: Wire.cooked([]), layer: .link, needs: [16]) {
      (bytes) throws(ParseError) in _ = try LinuxCookedHeader(parsing: &bytes)
    },
    Sample(testDescription: "cooked v2", header: Wire.cooked2([]), layer: .link, needs: [20]) {
      (bytes) throws(ParseError) in _ = try LinuxCookedHeader2(parsing: &bytes)
    },
    Sample(testDescription: "loopback", header: [2, 0, 0, 0], layer: .link, needs: [4]) {
      (bytes) throws(ParseError) in _ = try LoopbackHeader(parsing: &bytes)
    },
    Sample(testDescription: "PPPoE", header: [0x11, 0, 0, 1, 0, 2], layer: .link, needs: [6]) {
      (bytes) throws(ParseError) in _ = try PPPoEHeader(parsing: &bytes)
    },
    Sample(testDescription: "PPP", header: [0, 0x21], layer: .link, needs: [1, 2]) {
      (bytes) throws(ParseError) in _ = try PPPHeader(parsing: &bytes)
    },
    Sample(testDescription: "Cisco HDLC", header: [0x0f, 0, 8, 0], layer: .link, needs: [2, 4]) {
      (bytes) throws(ParseError) in _ = try PPPSerialHeader(parsing: &bytes)
    },
    Sample(testDescription: "MPLS", header: [0, 1, 0x01, 64], layer: .tunnel, needs: [4]) {
      (bytes) throws(ParseError) in _ = try MPLSStack(parsing: &bytes)
    },
    Sample(testDescription: "IPv4", header: Wire.ipv4([]), layer: .ip, needs: [20]) {
      (bytes) throws(ParseError) in _ = try IPv4Header(parsing: &bytes)
    },
    Sample(
      testDescription: "IPv4 with options", header: Wire.ipv4([], options: [1, 1, 1, 1]), layer: .ip, needs: [20, 24]
    ) { (bytes) throws(ParseError) in _ = try IPv4Header(parsing: &bytes) },
    Sample(testDescription: "IPv6", header: Wire.ipv6([]), layer: .ip, needs: [40]) {
      (bytes) throws(ParseError) in _ = try IPv6Header(parsing: &bytes)
    },
    Sample(
      testDescription: "extension", header: [6, 1] + [UInt8](repeating: 0, count: 14), layer: .ip, needs: [8, 16]
    ) { (bytes) throws(ParseError) in _ = try IPv6ExtensionHeader(parsing: &bytes, kind: .routing) },
    Sample(testDescription: "AH", header: [6, 4] + [UInt8](repeating: 0, count: 22), layer: .ip, needs: [8, 24]) {
      (bytes) throws(ParseError) in _ = try IPv6ExtensionHeader(parsing: &bytes, kind: .authentication)
    },
    Sample(testDescription: "IPv6 fragment", header: [6, 0, 0, 1, 0, 0, 0, 9], layer: .ip, needs: [8]) {
      (bytes) throws(ParseError) in _ = try IPv6FragmentHeader(parsing: &bytes)
    },
    Sample(testDescription: "UDP", header: Wire.udp([], to: 4789), layer: .tunnel, needs: [8]) {
      (bytes) throws(ParseError) in _ = try UDPHeader(parsing: &bytes)
    },
    Sample(
      testDescription: "GRE", header: [0xb0, 0, 8, 0] + [UInt8](repeating: 0, count: 12), layer: .tunnel,
      needs: [4, 16]
    ) { (bytes) throws(ParseError) in _ = try GREHeader(parsing: &bytes) },
    Sample(testDescription: "ERSPAN II", header: [0x10, 0, 0, 0, 0, 0, 0, 0], layer: .tunnel, needs: [8]) {
      (bytes) throws(ParseError) in _ = try ERSPANHeader(parsing: &bytes, isTypeIII: false)
    },
    Sample(
      testDescription: "ERSPAN III",
      header: [0x20] + [UInt8](repeating: 0, count: 10) + [1] + [UInt8](repeating: 0, count: 8),
      layer: .tunnel, needs: [12, 20]
    ) { (bytes) throws(ParseError) in _ = try ERSPANHeader(parsing: &bytes, isTypeIII: true) },
    Sample(testDescription: "VXLAN", header: [8, 0, 0, 0, 0, 0, 5, 0], layer: .tunnel, needs: [8]) {
      (bytes) throws(ParseError) in _ = try VXLANHeader(parsing: &bytes)
    },
    Sample(
      testDescription: "Geneve", header: [1, 0, 8, 0, 0, 0, 5, 0, 0, 0, 0, 0], layer: .tunnel, needs: [8, 12]
    ) { (bytes) throws(ParseError) in _ = try GeneveHeader(parsing: &bytes) },
    Sample(testDescription: "GTP", header: [0x30, 255, 0, 0, 0, 0, 0, 1], layer: .tunnel, needs: [8]) {
      (bytes) throws(ParseError) in _ = try GTPHeader(parsing: &bytes)
    },
  ]

  @Test("a whole header is taken, and what follows is left", arguments: samples)
  func whole(sample: Sample) throws {
    let bytes = sample.header + [0x45, 0xee]
    var rest = bytes.span.bytes
    try sample.take(&rest)
    let left = rest.byteCount
    #expect(left == 2)
  }

  @Test("every shorter prefix says what it needs and has", arguments: samples)
  func shorterPrefixes(sample: Sample) throws {
    for count in 0..<sample.header.count {
      let needed = try #require(sample.needs.first { $0 > count })
      #expect(throws: ParseError.short(sample.layer, needed: needed, available: count)) {
        let bytes = Array(sample.header[..<count])
        var rest = bytes.span.bytes
        try sample.take(&rest)
      }
    }
  }
}
