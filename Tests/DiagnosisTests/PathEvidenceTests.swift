import Diagnosis
import Packets
import TestSupport
import Testing

/// What round trips add to the proof of findings.
@Suite struct PathEvidenceTests {
  /// An upgrade whose 101 comes late, on a connection whose SYN-ACK took some time.
  private func upgrade(synAckAfter interval: Interval, answeredAfter wait: Interval) -> [RecordedPacket] {
    var chat = Conversation()
    chat.roundTrip = interval
    chat.handshake()
    chat.requestUpgrade()
    chat.acceptUpgrade(after: wait)
    chat.open(sid: "abc")
    for _ in 0..<3 { chat.answer() }
    chat.close(code: 1000)
    return chat.recorded
  }

  @Test("a SYN-ACK that took far longer than data is told with a late 101")
  func synAck() throws {
    let packets = upgrade(synAckAfter: .seconds(1.5), answeredAfter: .seconds(2))
    let finding = try expectOne("slow-upgrade", .warning, blame: .unknown, in: packets)
    #expect(finding.measure("synAckAfter") == 1.5)
    #expect((finding.measure("dataRoundTrip") ?? 1) < 0.01)
    // The wait for the SYN-ACK is not taken off: the path is short.
    #expect((finding.measure("waited") ?? 0) > 1.9)
    #expect(finding.detail.contains("SYN-ACK came after 1.5 s"))
  }

  @Test("a SYN-ACK that took a round trip is none, and a late one alone is no finding")
  func quickSynAck() throws {
    let packets = upgrade(synAckAfter: .milliseconds(150), answeredAfter: .seconds(2))
    #expect(try expectOne("slow-upgrade", .warning, blame: .unknown, in: packets).measure("synAckAfter") == nil)
    #expect(ids(in: upgrade(synAckAfter: .seconds(1.5), answeredAfter: .milliseconds(5))).isEmpty)
  }

  /// A chat in which the acknowledgements of some tokens take long, each in a time of its own.
  private func chat(slow roundTrips: [Double], pause: Interval) -> [RecordedPacket] {
    var chat = Conversation.chat()
    for _ in 0..<2 { chat.answer() }
    chat.event(.clientToServer, "prompt")
    chat.stream(count: 10)
    chat.acknowledgesData = false
    for roundTrip in roundTrips {
      chat.event(.serverToClient, "token", after: .milliseconds(5))
      chat.acknowledge(.clientToServer, after: .seconds(roundTrip))
    }
    chat.acknowledgesData = true
    chat.wait(pause)
    chat.stream(count: 10)
    chat.event(.serverToClient, "done")
    chat.close(code: 1000)
    return chat.recorded
  }

  @Test("a path that grew slow is told with a stall in that time")
  func rise() throws {
    let packets = chat(slow: [0.4, 0.8, 2.6], pause: .milliseconds(10))
    let finding = try #require(findings(in: packets).first { $0.id == "stalled-stream" })
    #expect(finding.measure("roundTripRose") == 2.6)
    #expect((finding.measure("roundTripUsual") ?? 1) < 0.01)
    #expect(finding.detail.contains("The path was slow meanwhile"))
  }

  @Test("one that was slow before, or too little to explain it, is not")
  func otherRise() throws {
    for packets in [chat(slow: [0.4, 0.4, 0.4], pause: .seconds(4)), chat(slow: [0.9], pause: .seconds(4))] {
      let finding = try #require(findings(in: packets).first { $0.id == "stalled-stream" })
      #expect(finding.measure("roundTripRose") == nil)
    }
  }

  @Test("a healthy chat on a path that grows slow for seconds has no finding")
  func healthy() { #expect(ids(in: chat(slow: [0.4, 0.5, 0.6, 0.5], pause: .milliseconds(10))).isEmpty) }
}
