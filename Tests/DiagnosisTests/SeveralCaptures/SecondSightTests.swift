import Analysis
import Diagnosis
import Packets
import TestSupport
import Testing

/// One connection that two captures saw.
@Suite struct SecondSightTests {
  private func chat() -> Conversation {
    var chat = Conversation.chat()
    for _ in 0..<10 {
      chat.answer()
      chat.wait(.seconds(2))
    }
    chat.close()
    return chat
  }

  /// Up to some microseconds, another for each packet.
  private func jittered(_ packets: [RecordedPacket], by microseconds: Int) -> [RecordedPacket] {
    packets.enumerated().map { index, packet in
      var packet = packet
      packet.time = packet.time + Interval(nanoseconds: Int64(index * 7919 % (2 * microseconds) - microseconds) * 1000)
      return packet
    }.sortedByTime()
  }

  private func expectSame(_ several: SeveralCaptures, as packets: [RecordedPacket]) {
    let single = SeveralCaptures([packets])
    #expect(several.verdicts == single.verdicts)
    #expect(several.messages == single.messages)
    #expect(several.duplicates == single.duplicates)
    #expect(several.connections.count == single.connections.count)
    for (a, b) in zip(several.connections, single.connections) {
      for direction in Direction.allCases {
        #expect(a.tcp.health[direction].retransmissions == b.tcp.health[direction].retransmissions)
        #expect(a.tcp.health[direction].outOfOrder == b.tcp.health[direction].outOfOrder)
        #expect(a.tcp.lostBytes[direction] == b.tcp.lostBytes[direction])
      }
    }
  }

  @Test("what is not followed is told of the capture that has it, not of all")
  func tallies() {
    let followed = chat().recorded
    var other = Conversation(server: .at("10.0.0.10", 3000))
    other.handshake()
    other.upgrade()
    var broken = other.recorded
    broken[0].bytes = Array(broken[0].bytes.prefix(20))
    let several = SeveralCaptures([followed, broken])
    #expect(several.tallies[0].otherPorts.isEmpty && several.tallies[0].skipped.isEmpty)
    #expect(several.tallies[1].otherPorts == [3000: 1])
    #expect(several.tallies[1].skipped.values.reduce(0, +) == 1)
  }

  @Test("fragments that never become a datagram are told of the capture that has them")
  func fragments() {
    let followed = chat().recorded
    var fragment = PacketBuilder(from: .at("10.0.0.9", 40_000), to: .at("10.0.0.10", 8080))
    // With the TCP header a multiple of eight, as all fragments but the last have it.
    fragment.payload = Array(repeating: 0, count: 60)
    var bytes = fragment.bytes
    // More fragments follow (RFC 791 section 3.1), and never come.
    bytes[fragment.offsets.ip + 6] = 0x20
    let lone = RecordedPacket(time: followed[0].time, bytes: bytes, linkType: followed[0].linkType)
    let several = SeveralCaptures([followed, [lone]])
    #expect(several.tallies.map { $0.skipped[.fragmentIncomplete] } == [nil, 1])
  }

  @Test("the same recording twice is the recording once")
  func twice() {
    let packets = chat().recorded
    let several = SeveralCaptures([packets, packets])
    expectSame(several, as: packets)
    #expect(several.comparison.clocks.estimates[1].correction?.offset == .zero)
    #expect(several.comparison.clocks.estimates[1].isFromPackets)
  }

  @Test("a second host's capture, with another clock and jitter, adds nothing", arguments: [-3.5, 0, 7200.25])
  func otherHost(offset: Double) throws {
    let near = chat().passing(distance: .zero)
    let far = chat().passing(distance: Interval(nanoseconds: 300_000))
      .byClock(ahead: .seconds(offset), drift: 50e-6)
    let several = SeveralCaptures([near, jittered(far, by: 20)])
    expectSame(several, as: near)
    let estimate = several.comparison.clocks.estimates[1]
    let last = try #require(far.last)
    let correction = try #require(estimate.correction)
    #expect((correction.lead(at: last.time) - .seconds(offset)).nanoseconds.magnitude < 3_000_000)
    #expect(estimate.uncertainty < .milliseconds(1))
  }

  @Test("three captures are tied together by way of the one in the middle")
  func three() throws {
    var legs = ProxiedConversation()
    legs.client.acknowledgementDelay = .milliseconds(1)
    legs.upstream.acknowledgementDelay = .milliseconds(1)
    legs.handshake()
    legs.upgrade()
    for index in 0..<30 {
      legs.send(.serverToClient, text: "42[\"token\",\(index)]", after: .milliseconds(50))
      legs.send(.clientToServer, text: "42[\"seen\",\(index)]", after: .milliseconds(5))
    }
    let browser = legs.client.passing(distance: Interval(nanoseconds: -200_000)).byClock(ahead: .seconds(30))
    let proxy = legs.recorded
    let server = legs.upstream.passing(distance: Interval(nanoseconds: 100_000)).byClock(ahead: .seconds(-5))
    let several = SeveralCaptures([browser, proxy, server])
    expectSame(several, as: proxy)
    let clocks = several.comparison.clocks
    #expect(try #require(clocks.estimates[1].correction).offset.seconds.rounded() == -30)
    #expect(try #require(clocks.estimates[2].correction).offset.seconds.rounded() == -35)
    #expect(try #require(clocks.uncertainty(between: 0, and: 2)) < .milliseconds(2))
  }

  @Test("files of a ring, one after the other, are no second sight of each other")
  func ring() {
    let packets = chat().recorded
    let half = packets.count / 2
    let several = SeveralCaptures([Array(packets[..<half]), Array(packets[half...])])
    expectSame(several, as: packets)
  }

  @Test("captures that overlap in time complete each other")
  func overlapping() {
    let packets = chat().recorded
    let third = packets.count / 3
    let several = SeveralCaptures([Array(packets[..<(2 * third)]), Array(packets[third...])])
    expectSame(several, as: packets)
  }
}

/// A loss that lies between two points of capture, or behind both.
@Suite struct LossPlaceTests {
  private func lossy() -> (chat: Conversation, lost: Set<Int>) {
    var chat = Conversation.chat()
    chat.answer()
    let before = chat.packets.count
    chat.lose(repeatedAfter: [0.21, 0.63, 1.47], after: .milliseconds(50))
    let data = chat.packets.indices.dropFirst(before).filter {
      chat.packets[$0].direction == .serverToClient && chat.packets[$0].recorded.bytes.count > 70
    }
    chat.answer()
    // The last repetition came through.
    return (chat, Set(data.dropLast()))
  }

  @Test("what passed the server's point and never the client's was lost between them")
  func between() throws {
    let (chat, lost) = lossy()
    // Distances count towards the server: what it sends passes the second capture first.
    let client = chat.passing(distance: .zero, without: lost)
    let server = chat.passing(distance: Interval(nanoseconds: 300_000)).byClock(ahead: .seconds(2))
    let several = SeveralCaptures([client, server])
    let finding = try #require(several.findings.first { $0.id == "network-loss" })
    #expect(finding.blame == .network)
    #expect(finding.word("lostBetweenCaptures") == "2 and 1")
    #expect(finding.measure("lostBetween") == 3)
    #expect(finding.measure("lostBeyond") == 0)
    #expect(finding.detail.contains("between the points of captures 2 and 1"))
  }

  @Test("what passed both points was lost behind them")
  func beyond() throws {
    let chat = lossy().chat
    let several = SeveralCaptures([
      chat.passing(distance: .zero), chat.passing(distance: Interval(nanoseconds: 300_000)),
    ])
    let finding = try #require(several.findings.first { $0.id == "network-loss" })
    #expect(finding.measure("lostBetween") == 0)
    #expect((finding.measure("lostBeyond") ?? 0) > 0)
    #expect(finding.detail.contains("behind"))
  }
}
