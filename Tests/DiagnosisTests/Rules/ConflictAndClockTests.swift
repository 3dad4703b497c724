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

  /// A chat that goes on after an answer, and whose packets from there on bear a later time.
  private func leapt(
    _ chat: Conversation, from end: Int, by time: Interval, except isSpared: (RecordedPacket) -> Bool = { _ in false }
  ) -> [RecordedPacket] {
    var packets = chat.recorded
    for index in packets.indices.dropFirst(end) { packets[index].time = packets[index].time + time }
    return packets
  }

  @Test("a clock that leaps ahead in the middle of an answer stalls nothing", arguments: [5.0, 90, 86_400])
  func leap(seconds: Double) throws {
    var chat = Conversation.chat()
    chat.answer()
    chat.answer()
    let packets = leapt(chat, from: chat.recorded.count * 3 / 4, by: .seconds(seconds))
    let finding = try expectOne("capture-clock", .notice, blame: .capture, in: packets)
    #expect(abs((finding.measure("longestLeap") ?? 0) - seconds) < 0.5)
    #expect(finding.explains.contains("stalled-stream"))
    #expect(ids(in: packets) == ["capture-clock"])
  }

  @Test("a leap in a connection's first moments is told too, where it is long")
  func early() {
    let chat = Conversation.chat()
    var packets = chat.recorded
    var rest = chat
    rest.answer()
    packets = leapt(rest, from: packets.count, by: .seconds(300))
    #expect(ids(in: packets) == ["capture-clock"])
  }

  @Test("a silence that the hosts' clocks lived through is a stall")
  func silence() throws {
    var chat = Conversation.chat()
    chat.answer()
    chat.event(.clientToServer, "prompt")
    chat.stream(count: 10)
    chat.wait(.seconds(12))
    chat.stream(count: 10)
    chat.event(.serverToClient, "done")
    #expect(ids(in: chat.recorded) == ["stalled-stream"])
  }

  @Test("without the hosts' clocks nothing tells a leap from a silence, and the silence is reported")
  func noTimestamps() {
    var chat = Conversation(client: .at("10.0.0.2", 50_000))
    chat.hasTimestamps = false
    chat.handshake()
    chat.upgrade()
    chat.open(sid: "abc")
    chat.answer()
    chat.answer()
    let packets = leapt(chat, from: chat.recorded.count * 3 / 4, by: .seconds(12))
    #expect(ids(in: packets).contains("stalled-stream"))
  }

  @Test("packets that were long on their way do not make a host a sleeper")
  func delayed() {
    var chat = Conversation.chat()
    chat.answer()
    chat.event(.clientToServer, "prompt")
    chat.stream(count: 10)
    let held = chat.event(.serverToClient, "token", "1")
    for index in held.lowerBound...held.lowerBound + 1 { chat.delay(index, by: .seconds(4)) }
    chat.wait(.seconds(4))
    chat.stream(count: 10)
    chat.event(.serverToClient, "done")
    #expect(!ids(in: chat.recorded).contains("capture-clock"))
  }
}
