import Packets
import Testing

@Suite struct LinkTests {
  /// A frame that carries the same segment as all others.
  struct Sample: CustomTestStringConvertible {
    var testDescription: String
    var linkType: LinkType
    var frame: [UInt8]
    var vlans: [UInt16] = []
  }

  private static let ipv4 = Wire.ipv4(Wire.tcp())
  private static let ipv6 = Wire.ipv6(Wire.tcp())

  static let samples: [Sample] = [
    Sample(testDescription: "Ethernet", linkType: .ethernet, frame: Wire.ethernet(ipv4)),
    Sample(testDescription: "Ethernet, IPv6", linkType: .ethernet, frame: Wire.ethernet(ipv6, type: 0x86dd)),
    Sample(
      testDescription: "802.1Q", linkType: .ethernet, frame: Wire.ethernet(Wire.vlan(5, ipv4), type: 0x8100), vlans: [5]
    ),
    Sample(
      testDescription: "priority tag", linkType: .ethernet, frame: Wire.ethernet(Wire.vlan(0, ipv4), type: 0x8100)),
    Sample(
      testDescription: "three tags", linkType: .ethernet,
      frame: Wire.ethernet(Wire.vlan(7, Wire.vlan(8, Wire.vlan(4094, ipv4), type: 0x8100), type: 0x9100), type: 0x88a8),
      vlans: [7, 8, 4094]),
    Sample(
      testDescription: "SNAP", linkType: .ethernet,
      frame: Wire.ethernet([0xaa, 0xaa, 3, 0, 0, 0, 8, 0] + ipv4, type: 90)),
    Sample(testDescription: "cooked", linkType: .linuxSLL, frame: Wire.cooked(ipv4)),
    Sample(
      testDescription: "cooked, tagged", linkType: .linuxSLL, frame: Wire.cooked(Wire.vlan(9, ipv4), type: 0x8100),
      vlans: [9]),
    Sample(testDescription: "cooked v2", linkType: .linuxSLL2, frame: Wire.cooked2(ipv4)),
    Sample(testDescription: "cooked v2, IPv6", linkType: .linuxSLL2, frame: Wire.cooked2(ipv6, type: 0x86dd)),
    Sample(testDescription: "NULL, little-endian", linkType: .null, frame: [2, 0, 0, 0] + ipv4),
    Sample(testDescription: "NULL, big-endian", linkType: .null, frame: [0, 0, 0, 2] + ipv4),
    Sample(testDescription: "NULL, Linux IPv6", linkType: .null, frame: [10, 0, 0, 0] + ipv6),
    Sample(testDescription: "NULL, OpenBSD IPv6", linkType: .null, frame: [0, 0, 0, 24] + ipv6),
    Sample(testDescription: "NULL, FreeBSD IPv6", linkType: .null, frame: [28, 0, 0, 0] + ipv6),
    Sample(testDescription: "NULL, Darwin IPv6", linkType: .null, frame: [30, 0, 0, 0] + ipv6),
    Sample(testDescription: "LOOP", linkType: .loop, frame: [0, 0, 0, 2] + ipv4),
    Sample(testDescription: "LOOP, IPv6", linkType: .loop, frame: [0, 0, 0, 24] + ipv6),
    Sample(testDescription: "RAW 12", linkType: .raw12, frame: ipv4),
    Sample(testDescription: "RAW 14", linkType: .raw14, frame: ipv6),
    Sample(testDescription: "RAW 101", linkType: .raw, frame: ipv4),
    Sample(testDescription: "IPV4", linkType: .ipv4, frame: ipv4),
    Sample(testDescription: "IPV6", linkType: .ipv6, frame: ipv6),
    Sample(testDescription: "PPP", linkType: .ppp, frame: [0, 0x21] + ipv4),
    Sample(testDescription: "PPP, framed", linkType: .ppp, frame: [0xff, 3, 0, 0x57] + ipv6),
    Sample(testDescription: "PPP, one byte", linkType: .ppp, frame: [0x21] + ipv4),
    Sample(testDescription: "PPP serial", linkType: .pppSerial, frame: [0xff, 3, 0, 0x21] + ipv4),
    Sample(testDescription: "Cisco HDLC", linkType: .pppSerial, frame: [0x0f, 0, 8, 0] + ipv4),
    Sample(testDescription: "PPPoE", linkType: .pppoe, frame: [0x11, 0, 0, 1, 0, 90, 0, 0x21] + ipv4),
    Sample(
      testDescription: "PPPoE in Ethernet", linkType: .ethernet,
      frame: Wire.ethernet([0x11, 0, 0, 1, 0, 90, 0, 0x21] + ipv4, type: 0x8864)),
    Sample(
      testDescription: "MPLS", linkType: .ethernet,
      frame: Wire.ethernet([0, 1, 0, 64, 0, 2, 1, 64] + ipv6, type: 0x8847)),
    Sample(
      testDescription: "MPLS pseudowire", linkType: .ethernet,
      frame: Wire.ethernet([0, 1, 1, 64, 0, 0, 0, 0] + Wire.ethernet(ipv4), type: 0x8848)),
  ]

  @Test("a segment is found in every link layer", arguments: samples)
  func segment(sample: Sample) {
    var decoder = PacketDecoder()
    let outcome = decoder.decode(sample.frame, sample.linkType)
    #expect(outcome.decoded == .segment)
    #expect(outcome.payload == Array("hello".utf8))
    #expect(outcome.segment.payloadLength == 5)
    #expect(outcome.segment.source.port == 50_000)
    #expect(outcome.segment.destination.port == 8080)
    #expect(outcome.segment.vlans == VLANStack(sample.vlans))
    #expect(outcome.segment.vlans.identifiers == sample.vlans)
  }

  @Test("what the IP headers say is in the segment")
  func internetFacts() {
    var decoder = PacketDecoder()
    let four = decoder.decode(Wire.ethernet(Self.ipv4)).segment
    #expect(four.source.description == "10.0.0.1:50000")
    #expect(four.destination.description == "10.0.0.2:8080")
    #expect(four.ipIdentification == 0x1234)
    #expect(four.hasIPIdentification)
    #expect(four.timeToLive == 63)
    let six = decoder.decode(Self.ipv6, .raw).segment
    #expect(six.source.description == "[2001:db8::1]:50000")
    #expect(six.destination.description == "[2001:db8::2]:8080")
    #expect(six.ipIdentification == 0)
    #expect(!six.hasIPIdentification)
    #expect(six.timeToLive == 62)
  }

  @Test("cooked headers tell the packet's type, and v2 the interface; neither stays for the next packet")
  func cookedFacts() {
    var decoder = PacketDecoder()
    var segment = Segment()
    func decode(_ frame: [UInt8], _ linkType: LinkType) -> (PacketType, UInt32, Bool) {
      _ = decoder.decode(
        frame.span.bytes, linkType: linkType, wireLength: frame.count,
        reference: PacketReference(capture: 0, number: 1, time: Timestamp(nanoseconds: 0)), into: &segment)
      return (segment.packetType, segment.interfaceIndex, segment.vlans.isEmpty)
    }
    #expect(decode(Wire.cooked2(Wire.vlan(3, Self.ipv4), type: 0x8100), .linuxSLL2) == (.outgoing, 7, false))
    #expect(decode(Wire.cooked(Self.ipv4, packetType: 0), .linuxSLL) == (.toHost, 0, true))
    #expect(decode(Wire.ethernet(Self.ipv4), .ethernet) == (.unknown, 0, true))
  }

  @Test(
    "link types have tcpdump's names",
    arguments: [
      (.ethernet, "EN10MB"), (.linuxSLL, "LINUX_SLL"), (.linuxSLL2, "LINUX_SLL2"), (.null, "NULL"), (.loop, "LOOP"),
      (.raw, "RAW"), (.raw12, "RAW"), (.raw14, "RAW"), (.ppp, "PPP"), (.pppSerial, "PPP_SERIAL"),
      (.pppoe, "PPP_ETHER"), (.ipv4, "IPV4"), (.ipv6, "IPV6"),
    ] as [(LinkType, String)])
  func names(linkType: LinkType, name: String) {
    #expect(linkType.name == name)
    #expect(linkType.isSupported)
  }

  @Test("an unknown link type is skipped by its name or number")
  func unknownLinkType() {
    var decoder = PacketDecoder()
    let wireless = LinkType(rawValue: 105)
    #expect(!wireless.isSupported)
    #expect(decoder.decode(Self.ipv4, wireless).decoded == .skipped(.unknownLinkType(wireless)))
    #expect(SkipReason.unknownLinkType(wireless).description == "link type IEEE802_11 is not supported")
    #expect(LinkType(rawValue: 4711).name == "LINKTYPE_4711")
  }
}
