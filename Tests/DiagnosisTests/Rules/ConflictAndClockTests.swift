import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct ConflictAndClockTests {
  @Test("a repetition with other bytes is a conflict")
  func conflict() throws {
    var chat = Conversation.chat()
    let token = chat.event(.serverToClient, "token", "1")
    let copy = chat.retransmit(token.lowerBound, at: chat.clock + .milliseconds(40))
    chat.change(copy) { $0.payload[$0.payload.count - 2] ^= 1 }
    chat.clock = chat.clock + .milliseconds(50)
    chat.answer()
    let finding = try expectOne("stream-conflict", .notice, blame: .unknown, in: chat.recorded)
    #expect(finding.measure("segments") == 1)
  }

  @Test("a repetition of the same bytes is none")
  func repetition() {
    var chat = Conversation.chat()
    let token = chat.event(.serverToClient, "token", "1")
    chat.retransmit(token.lowerBound, at: chat.clock + .milliseconds(40))
    chat.clock = chat.clock + .milliseconds(50)
    chat.answer()
    #expect(!ids(in: chat.recorded).contains("stream-conflict"))
  }

  /// A chat whose packets from the middle on bear an earlier time.
  private func stepped(by step: Interval) -> [RecordedPacket] {
    var chat = Conversation.chat()
    chat.answer()
    var packets = chat.recorded
    for index in packets.indices.dropFirst(packets.count / 2) {
      packets[index].time = packets[index].time + Interval(nanoseconds: -step.nanoseconds)
    }
    return packets
  }

  @Test("a clock that goes back is said")
  func clock() throws {
    let finding = try expectOne("capture-clock", .notice, blame: .capture, in: stepped(by: .seconds(3)))
    #expect(finding.measure("steps") == 1)
    #expect((finding.measure("largestStep") ?? 0) > 2.5)
  }

  @Test("packets of several queues are only a little out of order")
  func queues() {
    #expect(!ids(in: stepped(by: .milliseconds(15))).contains("capture-clock"))
  }

  @Test("messages that leave a proxy before they come to it show two clocks")
  func offset() throws {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    for index in 0..<20 {
      chat.send(.serverToClient, text: SocketIOText.event("token", "\(index)"), after: .milliseconds(50))
    }
    let late = chat.upstream.recorded.map { packet in
      var packet = packet
      packet.time = packet.time + .milliseconds(10)
      return packet
    }
    let packets = (chat.client.recorded + late).sortedByTime()
    let finding = try expectOne("capture-clock", .notice, blame: .capture, in: packets)
    #expect(abs((finding.measure("offset") ?? 0) - 0.00985) < 0.0005)
    #expect(!ids(in: packets).contains("buffering-delay"))
  }
}
