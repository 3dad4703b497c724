import Packets
import TestSupport
import Testing

@Suite struct MutationTests {
  private static let inner = Wire.ethernet(Wire.vlan(5, Wire.ipv4(Wire.tcp())), type: 0x8100)
  private static let samples: [(LinkType, [UInt8])] = [
    (.ethernet, inner),
    (.ethernet, Wire.ethernet(Wire.ipv4(Wire.udp([8, 0, 0, 0, 0, 0, 5, 0] + inner, to: 4789), protocol: 17))),
    (
      .ethernet,
      Wire.ethernet(Wire.ipv4(Wire.udp([1, 0, 0x65, 0x58, 0, 0, 5, 0, 1, 2, 3, 4] + inner, to: 6081), protocol: 17))
    ),
    (
      .linuxSLL2,
      Wire.cooked2(
        Wire.ipv4(
          Wire.udp([0x34, 255, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0] + Wire.ipv4(Wire.tcp()), to: 2152),
          protocol: 17))
    ),
    (
      .linuxSLL,
      Wire.cooked(Wire.ipv4([0xb0, 0, 8, 0] + [UInt8](repeating: 0, count: 12) + Wire.ipv4(Wire.tcp()), protocol: 47))
    ),
    (.raw, Wire.ipv6([44, 0, 0, 0, 0, 0, 0, 0] + [6, 0, 0, 1, 0, 0, 0, 9] + Wire.tcp(), next: 0)),
    (
      .raw,
      Wire.ipv4(
        Wire.tcp(options: [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7]), fragmentField: 0x2000)
    ),
    (.ppp, [0xff, 3, 0x02, 0x81, 0, 1, 1, 64] + Wire.ipv4(Wire.tcp())),
    (.null, [30, 0, 0, 0] + Wire.ipv6(Wire.tcp())),
  ]

  @Test("random input never traps, and a payload is within its bytes", arguments: 0..<40 as Range<UInt64>)
  func mutations(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var decoder = PacketDecoder()
    for _ in 0..<500 {
      var (linkType, frame) = Self.samples.randomElement(using: &random) ?? (.raw, [])
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        frame[Int.random(in: frame.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
      }
      if Bool.random(using: &random) { frame.removeLast(Int.random(in: 0...frame.count, using: &random)) }
      let wireLengths = [0, frame.count, frame.count + 1500, Int.max, Int.min]
      let outcome = decoder.decode(
        frame, linkType, wireLength: wireLengths.randomElement(using: &random),
        seconds: Double.random(in: -100...100, using: &random))
      #expect(!outcome.isSegment || outcome.payload.count <= outcome.segment.payloadLength, "seed \(seed)")
    }
  }

  @Test("the text of a random address or time is read back", arguments: 0..<20 as Range<UInt64>)
  func texts(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let mask = UInt64.random(in: 0...UInt64.max, using: &random)
      let address = IPAddress(
        high: UInt64.random(in: 0...UInt64.max, using: &random) & mask, low: UInt64.random(in: 0...mask, using: &random)
      )
      #expect(IPAddress(address.description) == address, "seed \(seed)")
      let time = Timestamp(nanoseconds: Int64.random(in: .min ... .max, using: &random))
      #expect(Timestamp(utcText: time.utcText(fractionDigits: 9)) == time, "seed \(seed)")
    }
  }
}
