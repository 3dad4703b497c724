import Analysis
import Diagnosis
import Packets
import TestSupport
import Testing

/// Both legs of a proxy, captured on two hosts whose clocks differ.
@Suite struct ShiftedLegTests {
  static let recordings = [
    "buffering-1500ms-both-legs.pcap", "stalled-pause-12s.pcap", "healthy-browser-both-legs.pcap",
  ]

  private func packets(_ name: String) throws -> [RecordedPacket] {
    RecordedPacket.packets(ofPcap: try contents(of: PackageRoot.captures + "/" + name))
  }

  /// A recording's packets by leg: those of connections from the first client address, and the others.
  private func legs(_ packets: [RecordedPacket]) -> [[RecordedPacket]] {
    var decoder = PacketDecoder()
    var segment = Segment()
    var first: IPAddress?
    var legs: [[RecordedPacket]] = [[], []]
    for packet in packets {
      _ = decoder.decode(
        packet.bytes.span.bytes, linkType: LinkType(rawValue: packet.linkType), wireLength: packet.originalLength,
        reference: PacketReference(capture: 0, number: 1, time: packet.time), into: &segment)
      first = first ?? segment.source.address
      legs[[segment.source.address, segment.destination.address].contains(first) ? 0 : 1].append(packet)
    }
    return legs
  }

  @Test("7 s and 50 ppm between the legs change no finding", arguments: recordings)
  func shifted(name: String) throws {
    let recording = try packets(name)
    let single = SeveralCaptures([recording])
    var legs = legs(recording)
    try #require(legs.allSatisfy { !$0.isEmpty })
    for (offset, drift) in [(Interval.seconds(7), 50e-6), (.seconds(-7), -50e-6)] {
      legs[1] = self.legs(recording)[1].byClock(ahead: offset, drift: drift)
      let several = SeveralCaptures(legs)
      #expect(several.verdicts == single.verdicts)
      #expect(several.connections.count == single.connections.count)
      #expect(several.messages == single.messages)
      let estimate = several.comparison.clocks.estimates[1]
      let correction = try #require(estimate.correction)
      let last = try #require(legs[1].last)
      let truth = try #require(self.legs(recording)[1].last).time
      let error = (correction.corrected(last.time) - truth).nanoseconds.magnitude
      #expect(error <= estimate.uncertainty.nanoseconds.magnitude)
      #expect(estimate.uncertainty < .milliseconds(10))
      #expect(!estimate.isFromPackets)
    }
  }

  @Test("without a correction the legs' delays could not be told")
  func uncorrected() throws {
    var legs = legs(try packets("buffering-1500ms-both-legs.pcap"))
    // Without the handshakes there is nothing that ties the legs together.
    for index in legs.indices { legs[index] = Array(legs[index].suffix(legs[index].count / 2)) }
    legs[1] = legs[1].byClock(ahead: .seconds(2))
    let several = SeveralCaptures(legs)
    #expect(several.comparison.clocks.estimates[1].correction == nil)
    #expect(several.comparison.clocks.uncertainty(between: 0, and: 1) == nil)
  }
}
