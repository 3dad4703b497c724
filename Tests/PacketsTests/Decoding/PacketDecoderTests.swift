import Bytes
import Packets
import Testing

@Suite struct PacketDecoderTests {
  @Test("padding and trailers are no payload")
  func padding() {
    var decoder = PacketDecoder()
    let four = decoder.decode(Wire.ethernet(Wire.ipv4(Wire.tcp([]))) + [UInt8](repeating: 0xee, count: 10))
    #expect(four.decoded == .segment)
    #expect(four.segment.payloadLength == 0)
    #expect(four.segment.payload.isEmpty)
    let six = decoder.decode(Wire.ethernet(Wire.ipv6(Wire.tcp()), type: 0x86dd) + [1, 2, 3, 4])
    #expect(six.payload == Array("hello".utf8))
    #expect(six.segment.payloadLength == 5)
  }

  @Test("the snap length cuts the payload, not its length", arguments: 0...105)
  func snapLength(cut: Int) {
    let payload = [UInt8](repeating: 0x61, count: 100)
    let frame = Wire.ethernet(Wire.ipv4(Wire.tcp(payload)))
    var decoder = PacketDecoder()
    let outcome = decoder.decode(Array(frame.dropLast(cut)), wireLength: frame.count)
    #expect(outcome.decoded == .segment)
    #expect(outcome.segment.payload.count == max(0, 100 - cut))
    #expect(outcome.segment.payloadLength == 100)
    #expect(outcome.segment.tcp.options.isMalformed == (cut > 100))
  }

  @Test("a length of 0 in the IP header is the frame's", arguments: [0, 30])
  func offload(cut: Int) {
    let payload = [UInt8](repeating: 0x61, count: 70_000)
    let four = Wire.ethernet(Wire.ipv4(Wire.tcp(payload), totalLength: 0))
    var decoder = PacketDecoder()
    let cutFour = decoder.decode(Array(four.dropLast(cut)), wireLength: four.count)
    #expect(cutFour.segment.payload.count == 70_000 - cut)
    #expect(cutFour.segment.payloadLength == 70_000)
    let jumbo: [UInt8] = [6, 0, 0xc2, 4, 0, 1, 0x11, 0xa8]
    let six = Wire.ipv6(jumbo + Wire.tcp(payload), next: 0, payloadLength: 0)
    let cutSix = decoder.decode(Array(six.dropLast(cut)), .raw, wireLength: six.count)
    #expect(cutSix.segment.payload.count == 70_000 - cut)
    #expect(cutSix.segment.payloadLength == 70_000)
  }

  @Test("the sequence space of a segment counts SYN and FIN", arguments: [(0x02, 1), (0x11, 6), (0x03, 7), (0x10, 5)])
  func sequenceLength(flags: UInt8, expected: Int) {
    var tcp = Wire.tcp(flags == 0x02 ? [] : Array("hello".utf8))
    tcp[13] = flags
    var decoder = PacketDecoder()
    #expect(decoder.decode(Wire.ethernet(Wire.ipv4(tcp))).segment.sequenceLength == expected)
  }

  @Test(
    "what never carries TCP is other transport",
    arguments: [
      Wire.ethernet([0, 1], type: 0x0806), Wire.ethernet([], type: 0x88cc),
      Wire.ethernet([0x42, 0x42, 3, 0, 0], type: 38), Wire.ethernet([0x11, 9, 0, 0, 0, 0], type: 0x8863),
      Wire.ethernet(Wire.ipv4([8, 0, 0, 0], protocol: 1)), Wire.ethernet(Wire.ipv6([135, 0], next: 58), type: 0x86dd),
      Wire.ethernet(Wire.ipv4([0, 0, 0, 1], protocol: 50)), Wire.ethernet(Wire.ipv6([], next: 59), type: 0x86dd),
      Wire.ethernet([0x11, 0, 0, 1, 0, 4, 0xc0, 0x21, 1, 1], type: 0x8864),
    ])
  func otherTransport(frame: [UInt8]) {
    var decoder = PacketDecoder()
    #expect(decoder.decode(frame).decoded == .otherTransport)
  }

  private static let badLength = Wire.ipv4(Wire.tcp(), totalLength: 19)
  private static let versionFive = [0x55] + Wire.ipv4(Wire.tcp()).dropFirst()
  private static let shortHeader = [0x44] + Wire.ipv4(Wire.tcp()).dropFirst()

  @Test(
    "what is wrong is said",
    arguments: [
      ([], .truncatedHeader(.link), "link header cut short"),
      (Wire.ethernet([]), .truncatedHeader(.ip), "IP header cut short"),
      (Wire.ethernet([0], type: 0x8100), .truncatedHeader(.vlan), "VLAN header cut short"),
      (Wire.ethernet([0], type: 0x8847), .truncatedHeader(.tunnel), "tunnel header cut short"),
      (Wire.ethernet(Wire.ipv4([1, 2, 3])), .truncatedHeader(.tcp), "TCP header cut short"),
      (Wire.ethernet(badLength), .malformed(.ip), "IP header malformed"),
      (Wire.ethernet(versionFive), .malformed(.ip), "IP header malformed"),
      (Wire.ethernet(shortHeader), .malformed(.ip), "IP header malformed"),
      (Wire.ethernet(Wire.ipv4(Array(Wire.tcp([])[..<24]))), .malformed(.tcp), "TCP header malformed"),
      (Wire.ethernet([1], type: 0x88e5), .notIP(EtherType(rawValue: 0x88e5)), "EtherType 0x88e5 is not IP"),
    ] as [([UInt8], SkipReason, String)])
  func skipped(frame: [UInt8], reason: SkipReason, text: String) {
    var decoder = PacketDecoder()
    #expect(decoder.decode(frame).decoded == .skipped(reason))
    #expect(reason.description == text)
  }

  @Test("a packet reference travels with the segment")
  func reference() {
    var decoder = PacketDecoder()
    let segment = decoder.decode(Wire.ethernet(Wire.ipv4(Wire.tcp())), seconds: 1.5, capture: 3).segment
    #expect(segment.reference.capture == 3)
    #expect(segment.reference.time == Timestamp(nanoseconds: 1_500_000_000))
  }
}
