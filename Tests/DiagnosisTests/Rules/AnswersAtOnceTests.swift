import Analysis
import Diagnosis
import Packets
import TestSupport
import Testing

/// Prompts whose answers are under way at the same time.
@Suite struct AnswersAtOnceTests {
  @Test("two prompts at once whose answers end one right after the other have not stalled")
  func twoAtOnce() {
    var chat = Conversation.chat(pingInterval: 5_000)
    for _ in 0..<2 { chat.answer() }
    chat.event(.clientToServer, "prompt", after: .milliseconds(500))
    chat.stream(count: 5)
    chat.event(.clientToServer, "prompt")
    chat.stream(count: 20)
    for _ in 0..<2 { chat.event(.serverToClient, "done") }
    chat.heartbeats(3, every: .seconds(5))
    #expect(ids(in: chat.recorded).isEmpty)
  }

  /// Two answers at once, told apart by an id; the second one's messages come but at these times of the first one's, by
  /// number.
  private func interleaved(_ second: ClosedRange<Int>..., ends: Bool, id: String = "id") -> Conversation {
    var chat = Conversation.chat(pingInterval: 5_000)
    for _ in 0..<2 { chat.answer() }
    chat.event(.clientToServer, "prompt", after: .milliseconds(500))
    chat.event(.clientToServer, "prompt", after: .milliseconds(10))
    for index in 0..<200 {
      chat.event(.serverToClient, "token", "{\"text\":\"x\",\"\(id)\":\"a\"}", after: .milliseconds(50))
      if second.contains(where: { $0.contains(index) }) {
        chat.event(.serverToClient, "token", "{\"text\":\"y\",\"\(id)\":\"b\"}", after: .milliseconds(1))
      }
      if index % 90 == 89 { chat.heartbeat() }
    }
    chat.event(.serverToClient, "done", "{\"\(id)\":\"a\"}")
    if ends { chat.event(.serverToClient, "done", "{\"\(id)\":\"b\"}") }
    chat.heartbeats(3, every: .seconds(5))
    return chat
  }

  @Test("one of two answers that pauses while the other goes on is the application's")
  func oneOfTwo() throws {
    let chat = interleaved(0...20, 110...199, ends: true)
    let finding = try expectOne("stalled-stream", .warning, blame: .server, in: chat.recorded)
    #expect(finding.blameDetail == .application)
    #expect(abs((finding.measure("gap") ?? 0) - 4.5) < 0.2)
    #expect(finding.detail.contains("Another answer went on meanwhile"))
    #expect(ids(in: chat.recorded) == ["stalled-stream"])
  }

  @Test("one of two answers that never went on is told from its own last message on")
  func oneOfTwoStopped() throws {
    let chat = interleaved(0...20, ends: false)
    let finding = try expectOne("stalled-stream", .error, blame: .unknown, in: chat.recorded)
    #expect((finding.measure("gap") ?? 0) > 20)
    #expect(finding.measure("messages") ?? 99 < 25)
  }

  @Test(
    "two answers that take turns, or whose messages bear no answer's id, have not stalled",
    arguments: [(70, "id"), (110, "text")])
  func turns(resumes: Int, member: String) {
    #expect(ids(in: interleaved(0...40, resumes...199, ends: true, id: member).recorded).isEmpty)
  }

  @Test("people who talk at once are no answers, though their messages bear ids")
  func people() {
    var chat = Conversation.chat(pingInterval: 5_000)
    for _ in 0..<2 { chat.event(.clientToServer, "say", after: .milliseconds(10)) }
    for index in 0..<200 {
      chat.event(.serverToClient, "said", "{\"userId\":1}", after: .milliseconds(50))
      if index < 20 || index > 150 { chat.event(.serverToClient, "said", "{\"userId\":2}") }
      if index % 40 == 0 { chat.event(.serverToClient, "typing", "{\"userId\":2}") }
      if index % 90 == 89 { chat.heartbeat() }
    }
    #expect(!ids(in: chat.recorded).contains("stalled-stream"))
  }
}
