import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct UnansweredEventTests {
  @Test("an ack that was asked for and never came is a notice", arguments: [false, true])
  func missingAck(hasHeartbeats: Bool) throws {
    var chat = Conversation.chat(pingInterval: hasHeartbeats ? 5_000 : 60_000)
    chat.event(.clientToServer, "save", ack: 3)
    if hasHeartbeats {
      chat.heartbeats(3, every: .seconds(5))
    } else {
      chat.keepAlive(.clientToServer, after: .seconds(15))
    }
    let finding = try expectOne(
      "unanswered-event", .notice, blame: hasHeartbeats ? .server : .unknown, in: chat.recorded)
    #expect(finding.confidence == .possible)
    #expect((finding.measure("waited") ?? 0) > 10)
    #expect(finding.measure("threshold") == 10)
    #expect(finding.measure("heartbeats") == (hasHeartbeats ? 3 : 0))
  }

  @Test("a prompt without the answer that its like had is an error")
  func missingStream() throws {
    var chat = Conversation.chat(pingInterval: 5_000)
    chat.answer()
    chat.answer()
    chat.event(.clientToServer, "prompt", after: .milliseconds(200))
    chat.heartbeats(3, every: .seconds(5))
    let finding = try expectOne("unanswered-event", .error, blame: .server, in: chat.recorded)
    #expect(finding.confidence == .certain)
    #expect(finding.title.contains("`token`"))
    #expect(finding.sid == "abc")
  }

  @Test("a prompt that was acknowledged and not answered blames the application")
  func acknowledged() throws {
    var chat = Conversation.chat(pingInterval: 5_000)
    for id in 0..<2 {
      chat.event(.clientToServer, "prompt", ack: id)
      chat.send(.serverToClient, text: SocketIOText.ack(id))
      chat.stream(count: 20)
      chat.event(.serverToClient, "done")
    }
    chat.event(.clientToServer, "prompt", ack: 2)
    chat.send(.serverToClient, text: SocketIOText.ack(2))
    chat.heartbeats(3, every: .seconds(5))
    let finding = try expectOne("unanswered-event", .error, blame: .server, in: chat.recorded)
    #expect(finding.blameDetail == .application)
    #expect(finding.detail.contains("acknowledged"))
  }

  @Test("an ack that was never asked for is not missed")
  func notAskedFor() {
    var chat = Conversation.chat(pingInterval: 5_000)
    chat.event(.clientToServer, "typing")
    chat.heartbeats(3, every: .seconds(5))
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("an ack that came is not missed, and nor is one still due when the capture ends", arguments: [false, true])
  func answered(comes: Bool) {
    var chat = Conversation.chat(pingInterval: 5_000)
    chat.event(.clientToServer, "save", ack: 3)
    if comes { chat.send(.serverToClient, text: SocketIOText.ack(3), after: .seconds(4)) }
    chat.heartbeats(comes ? 3 : 1, every: .seconds(5))
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("a client that left before the answer was due has missed nothing")
  func left() {
    var chat = Conversation.chat()
    chat.answer()
    chat.event(.clientToServer, "prompt")
    chat.close(by: .clientToServer, code: 1001, after: .milliseconds(500))
    var other = Conversation.chat(sid: "other", port: 50_001)
    other.heartbeats(3, every: .seconds(25))
    #expect(ids(in: (chat.recorded + other.recorded).sortedByTime()).isEmpty)
  }
}
