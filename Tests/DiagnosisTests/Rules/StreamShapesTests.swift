import Diagnosis
import Packets
import TestSupport
import Testing

/// Chats of programs that tell their answers in different ways: healthy they are no finding, and each shows a stall.
@Suite struct StreamShapesTests {
  /// What a program sends beside its tokens.
  enum Shape: CaseIterable {
    case tokensAlone, typingFirst, startAndDone, usageAndDone, ackAtEnd
    case thoughtsFirst, thoughtsBetween, presence, presenceInBursts
    case citations, titleLater, receipts, promptsElsewhere
  }

  /// Four answers, each of 40 tokens; in the middle of the third one there may be silence.
  private func chat(_ shape: Shape, stall: Interval? = nil, idle: Interval = .seconds(12)) -> Conversation {
    var chat = Conversation.chat(pingInterval: 120_000)
    var told = chat.clock
    /// Tells what comes by its own clock, whatever the answers do.
    func background() {
      guard shape == .presence || shape == .presenceInBursts, chat.clock - told > .milliseconds(1_300) else { return }
      told = chat.clock
      for _ in 0..<(shape == .presence ? 1 : 3) { chat.event(.serverToClient, "presence", after: .milliseconds(3)) }
    }
    func wait(_ interval: Interval) {
      let end = chat.clock + interval
      while end - chat.clock > .milliseconds(1_400), shape == .presence || shape == .presenceInBursts {
        chat.wait(.milliseconds(1_400))
        background()
      }
      chat.wait(max(.zero, end - chat.clock))
    }
    func thoughts(_ count: Int) {
      for _ in 0..<count { chat.event(.serverToClient, "thought", after: .milliseconds(60)) }
    }
    for answer in 0..<4 {
      if shape != .promptsElsewhere {
        chat.event(.clientToServer, "prompt", ack: shape == .ackAtEnd ? answer : nil, after: .milliseconds(100))
      }
      if shape == .typingFirst { chat.event(.serverToClient, "typing") }
      if shape == .startAndDone { chat.event(.serverToClient, "start") }
      wait(.milliseconds(400))
      if shape == .thoughtsFirst || shape == .thoughtsBetween { thoughts(20) }
      for token in 0..<40 {
        if let stall, answer == 2, token == 20 { wait(stall) }
        if shape == .thoughtsBetween, token == 30 {
          thoughts(10)
        }
        chat.event(.serverToClient, "token", after: .milliseconds(shape == .thoughtsBetween ? 150 : 50))
        if shape == .receipts { chat.event(.clientToServer, "received", after: .milliseconds(1)) }
        background()
      }
      if shape == .usageAndDone { chat.event(.serverToClient, "usage") }
      if shape == .citations, answer < 3 { for _ in 0..<2 { chat.event(.serverToClient, "citation") } }
      if ![.tokensAlone, .typingFirst, .ackAtEnd].contains(shape) { chat.event(.serverToClient, "done") }
      if shape == .ackAtEnd { chat.send(.serverToClient, text: SocketIOText.ack(answer)) }
      wait(idle)
      if shape == .titleLater, answer < 3 { chat.event(.serverToClient, "title") }
    }
    chat.wait(.seconds(12))
    chat.keepAlive(.clientToServer, after: .milliseconds(10))
    return chat
  }

  @Test("a healthy chat is no finding, whatever its program sends", arguments: Shape.allCases)
  func healthy(shape: Shape) {
    #expect(ids(in: chat(shape).recorded).isEmpty)
  }

  @Test("a prompt may follow an answer at once", arguments: Shape.allCases)
  func hasty(shape: Shape) {
    // Where nothing tells an end, the silence at the end is worth a word.
    #expect(findings(in: chat(shape, idle: .milliseconds(20)).recorded).allSatisfy { $0.severity == .notice })
  }

  @Test("a stall of the tokens is found", arguments: Shape.allCases)
  func stalled(shape: Shape) throws {
    let found = findings(in: chat(shape, stall: .seconds(15)).recorded).filter { $0.id == "stalled-stream" }
    #expect(found.map(\.severity) == [.warning])
    let finding = try #require(found.first)
    #expect(finding.title.contains("`token`"))
    #expect((finding.measure("gap") ?? 0) > 14.9)
  }

  /// An answer that is stopped, and another one.
  private func stopped(by event: String, tokensAfter: Int, silence: Interval, goesOn: Bool) -> Conversation {
    var chat = Conversation.chat(pingInterval: 120_000)
    for _ in 0..<2 { chat.answer() }
    chat.event(.clientToServer, "prompt", after: .milliseconds(200))
    chat.stream(count: 20)
    chat.event(.clientToServer, event)
    chat.stream(count: tokensAfter)
    chat.wait(silence)
    if goesOn {
      chat.event(.clientToServer, "prompt")
      chat.stream(count: 20)
      chat.event(.serverToClient, "done")
    }
    chat.keepAlive(.clientToServer, after: .seconds(1))
    return chat
  }

  @Test("an answer that its user stopped has not stalled", arguments: [0, 3], [false, true])
  func stop(tokensAfter: Int, goesOn: Bool) {
    let chat = stopped(by: "stop", tokensAfter: tokensAfter, silence: .seconds(20), goesOn: goesOn)
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("an event behind which the tokens went on for long has stopped nothing")
  func noStop() {
    let chat = stopped(by: "scroll", tokensAfter: 60, silence: .seconds(20), goesOn: false)
    #expect(ids(in: chat.recorded) == ["stalled-stream"])
  }
}
