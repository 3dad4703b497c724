import Bytes
import Packets
import Testing

@Suite struct FragmentTests {
  /// A segment of 96 bytes, 64 of them payload.
  private static let datagram = Wire.tcp((0..<64).map { UInt8($0) })

  /// A piece of the datagram in IPv4.
  private static func four(
    _ range: Range<Int>, identification: UInt16 = 1, of datagram: [UInt8] = datagram, protocol number: UInt8 = 6
  ) -> [UInt8] {
    let more: UInt16 = range.upperBound < datagram.count ? 0x2000 : 0
    return Wire.ethernet(
      Wire.ipv4(
        Array(datagram[range]), protocol: number, identification: identification,
        fragmentField: more | UInt16(range.lowerBound / 8)))
  }

  /// A piece of the datagram in IPv6.
  private static func six(_ range: Range<Int>) -> [UInt8] {
    let more: UInt16 = range.upperBound < datagram.count ? 1 : 0
    let header = [6, 0] + Wire.big(UInt16(range.lowerBound) | more) + [0, 0, 0, 9]
    return Wire.ethernet(Wire.ipv6(header + datagram[range], next: 44), type: 0x86dd)
  }

  private static let orders: [[Range<Int>]] = [
    [0..<32, 32..<64, 64..<96],
    [64..<96, 32..<64, 0..<32],
    [32..<64, 0..<32, 64..<96],
    [0..<32, 0..<32, 32..<64, 32..<64, 64..<96],
    [0..<40, 32..<72, 64..<96],
    [8..<64, 64..<96, 0..<72],
    [0..<8, 8..<96],
  ]

  @Test("pieces in any order, twice, or overlapping make the datagram", arguments: orders)
  func reassembly(order: [Range<Int>]) {
    for build in [{ Self.four($0) }, { Self.six($0) }] as [(Range<Int>) -> [UInt8]] {
      var decoder = PacketDecoder()
      for range in order.dropLast() { #expect(decoder.decode(build(range)).decoded == .fragment) }
      let outcome = decoder.decode(build(order[order.count - 1]))
      #expect(outcome.decoded == .reassembled(Self.datagram))
      #expect(outcome.payload == (0..<64).map { UInt8($0) })
      #expect(outcome.segment.payloadLength == 64)
      #expect(decoder.incompleteFragments.isEmpty)
    }
  }

  @Test("where copies differ the first wins")
  func firstCopyWins() {
    var other = Self.datagram
    for index in 40..<96 { other[index] = 0xee }
    var decoder = PacketDecoder()
    _ = decoder.decode(Self.four(64..<96))
    _ = decoder.decode(Self.four(32..<96, of: other))
    let expected = Self.datagram[..<40] + other[40..<64] + Self.datagram[64...]
    #expect(decoder.decode(Self.four(0..<40)).decoded == .reassembled(Array(expected)))
  }

  @Test("pieces of different datagrams do not mix")
  func keys() {
    var decoder = PacketDecoder()
    _ = decoder.decode(Self.four(0..<48, identification: 1))
    #expect(decoder.decode(Self.four(48..<96, identification: 2)).decoded == .fragment)
    #expect(decoder.decode(Self.four(48..<96, identification: 1), capture: 1).decoded == .fragment)
    #expect(decoder.decode(Self.four(48..<96, identification: 1)).isSegment)
    #expect(decoder.incompleteFragments == [0: 1, 1: 1])
  }

  @Test("a tunnel's fragments are put together, too")
  func tunnel() {
    let tunnel = Wire.udp([8, 0, 0, 0, 0, 0, 5, 0] + Wire.ethernet(Wire.ipv4(Wire.tcp())), to: 4789)
    var decoder = PacketDecoder()
    _ = decoder.decode(Self.four(0..<48, of: tunnel, protocol: 17))
    let outcome = decoder.decode(Self.four(48..<tunnel.count, of: tunnel, protocol: 17))
    #expect(outcome.decoded == .reassembled(tunnel))
    #expect(outcome.payload == Array("hello".utf8))
  }

  @Test("fragments of what never carries TCP are not kept")
  func otherTransport() {
    var decoder = PacketDecoder()
    #expect(decoder.decode(Self.four(0..<48, protocol: 1)).decoded == .otherTransport)
    #expect(decoder.incompleteFragments.isEmpty)
  }

  @Test("pieces that the snap length cut make a datagram that is cut")
  func snapLength() {
    let pieces = [Self.four(0..<48), Self.four(48..<96)]
    var decoder = PacketDecoder()
    _ = decoder.decode(Array(pieces[0].dropLast(8)), wireLength: pieces[0].count)
    let outcome = decoder.decode(pieces[1])
    #expect(outcome.isSegment)
    #expect(outcome.payload == (0..<8).map { UInt8($0) })
    #expect(outcome.segment.payloadLength == 64)
  }

  @Test("a datagram that is not complete in time is given up")
  func age() {
    var decoder = PacketDecoder()
    _ = decoder.decode(Self.four(0..<48), seconds: 0)
    #expect(decoder.decode(Self.four(48..<96), seconds: 30.1).decoded == .fragment)
    #expect(decoder.incompleteFragments == [0: 2])
    #expect(decoder.decode(Self.four(0..<48), seconds: 60).isSegment)
    #expect(decoder.incompleteFragments == [0: 1])
  }

  @Test("the oldest datagram makes room for the newest")
  func datagramLimit() {
    var limits = FragmentLimits()
    limits.datagrams = 2
    var decoder = PacketDecoder(limits: limits)
    for identification in 1...3 as ClosedRange<UInt16> {
      _ = decoder.decode(Self.four(0..<48, identification: identification))
    }
    #expect(decoder.decode(Self.four(48..<96, identification: 3)).isSegment)
    #expect(decoder.decode(Self.four(48..<96, identification: 2)).isSegment)
    #expect(decoder.decode(Self.four(48..<96, identification: 1)).decoded == .fragment)
    #expect(decoder.incompleteFragments == [0: 2])
  }

  @Test("bytes are bounded, and a completed datagram gives its own back")
  func byteLimit() {
    var limits = FragmentLimits()
    limits.bytes = 100
    var decoder = PacketDecoder(limits: limits)
    for identification in 1...200 as ClosedRange<UInt16> {
      #expect(decoder.decode(Self.four(0..<48, identification: identification)).decoded == .fragment)
      #expect(decoder.decode(Self.four(48..<96, identification: identification)).isSegment)
    }
    #expect(decoder.incompleteFragments.isEmpty)
    for identification in 1...3 as ClosedRange<UInt16> {
      _ = decoder.decode(Self.four(0..<48, identification: identification))
    }
    #expect(decoder.decode(Self.four(48..<96, identification: 1)).decoded == .fragment)
  }

  @Test(
    "an impossible fragment is malformed",
    arguments: [
      Wire.ipv4([1, 2, 3], fragmentField: 0x2000), Wire.ipv4([], fragmentField: 0x2000),
      Wire.ipv4([1, 2, 3, 4, 5, 6, 7, 8], fragmentField: 0x1fff), Wire.ipv4([], fragmentField: 0x0001),
    ])
  func malformed(packet: [UInt8]) {
    var decoder = PacketDecoder()
    #expect(decoder.decode(Wire.ethernet(packet)).decoded == .skipped(.malformed(.fragment)))
  }
}
