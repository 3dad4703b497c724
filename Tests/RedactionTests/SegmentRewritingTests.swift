import Bytes
import Packets
import TestSupport
import Testing

@testable import Redaction

struct SegmentRewritingTests {
  private func segments(_ link: LinkFraming = .ethernet) -> [(RecordedPacket, Segment)] {
    var chat = Conversation(link: link)
    chat.handshake()
    chat.send(.clientToServer, bytes: Array("some secret text".utf8))
    chat.send(.serverToClient, bytes: Array("odd".utf8))
    var decoder = PacketDecoder()
    return chat.recorded.enumerated().compactMap { index, packet in
      var segment = Segment()
      let decoded = decoder.decode(
        packet.bytes.span.bytes, linkType: LinkType(rawValue: packet.linkType), wireLength: packet.originalLength,
        reference: PacketReference(capture: 0, number: index + 1, time: packet.time), into: &segment)
      return decoded == .segment ? (packet, segment) : nil
    }
  }

  /// The sum over the pseudo-header and the segment; 0xffff where the checksum is right.
  private func sum(_ bytes: [UInt8], _ segment: Segment) -> UInt16 {
    let header = segment.payload.lowerBound - Int(segment.tcp.headerLength)
    let addresses = [segment.source, segment.destination].flatMap { AddressDisguise.bytes($0.address).suffix(4) }
    let length = segment.payload.upperBound - header
    let covered =
      addresses + [0, 6, UInt8(length >> 8), UInt8(length & 0xff)] + bytes[header..<segment.payload.upperBound]
    return Checksum.sum(covered[...], isOdd: false)
  }

  @Test("a right checksum stays right")
  func checksums() {
    for (packet, segment) in segments() where !segment.payload.isEmpty {
      let filler = [UInt8](repeating: 0x78, count: segment.payload.count)
      let out = SegmentRewriting.replacing(packet.bytes.span.bytes, segment, payload: filler)
      #expect(out.count == packet.bytes.count)
      #expect(Array(out[segment.payload]) == filler)
      #expect(sum(packet.bytes, segment) == 0xffff)
      #expect(sum(out, segment) == 0xffff)
    }
  }

  @Test("a raw packet has other addresses, the same ports and right checksums")
  func raw() throws {
    let disguise = AddressDisguise(Marker())
    for (packet, segment) in segments() {
      let payload = [UInt8](repeating: 0x78, count: segment.payload.count)
      let out = SegmentRewriting.raw(packet.bytes.span.bytes, segment, payload: payload, disguise: disguise, missing: 0)
      var decoder = PacketDecoder()
      var again = Segment()
      #expect(
        decoder.decode(
          out.span.bytes, linkType: .raw, wireLength: out.count, reference: segment.reference, into: &again)
          == .segment)
      #expect(again.source == disguise.disguise(segment.source))
      #expect(again.destination.port == segment.destination.port)
      #expect(again.tcp.sequence == segment.tcp.sequence)
      #expect(sum(out, again) == 0xffff)
      #expect(Checksum.sum(out[0..<20], isOdd: false) == 0xffff)
    }
  }
}
