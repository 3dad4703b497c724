import Packets
import SocketIO
import Testing

@testable import Analysis

/// One leg's streams, told by name and millisecond.
private struct Listener {
  static let prompt = NameID(rawValue: 1)
  static let token = NameID(rawValue: 2)
  static let done = NameID(rawValue: 3)
  static let notice = NameID(rawValue: 4)

  var tracker = StreamTracker()
  var ends = EndKnowledge()
  var over: [StreamRun] = []
  var pauses: [StreamPause] = []
  var now = 0

  mutating func sends(_ name: NameID = prompt, ackID: UInt64? = nil, after milliseconds: Int = 10) {
    now += milliseconds
    tracker.sent(name, ackID: ackID, at: packet(at: now), knowledge: ends)
  }

  mutating func receives(_ name: NameID, _ count: Int = 1, every milliseconds: Int = 50) {
    for _ in 0..<count {
      now += milliseconds
      let (over, pause) = tracker.received(
        name, at: packet(at: now), knowledge: &ends, pauseFloor: AnalysisLimits().pauseFloor)
      if let over { self.over.append(over) }
      if let pause { pauses.append(pause) }
    }
  }

  mutating func acknowledges(_ ackID: UInt64, after milliseconds: Int = 10) {
    now += milliseconds
    tracker.acknowledged(ackID, at: packet(at: now))
  }

  func run(_ name: NameID = token) -> StreamRun? { tracker.runs.first { $0.name == name } }
}

@Suite struct StreamTrackerTests {
  @Test("an answer is a run of its event, begun by the prompt")
  func run() throws {
    var chat = Listener()
    chat.sends()
    chat.receives(Listener.token, 20)
    let run = try #require(chat.run())
    #expect(run.messages == 20)
    #expect(run.isStream)
    #expect(run.trigger?.name == Listener.prompt)
    #expect(run.gaps.count == 19)
    #expect(run.gaps.percentile(0.5) == .milliseconds(50))
    #expect(chat.over.isEmpty && chat.pauses.isEmpty)
  }

  @Test("fewer than five messages have no rhythm", arguments: [(4, false), (5, true)])
  func fewest(count: Int, isStream: Bool) throws {
    var chat = Listener()
    chat.receives(Listener.token, count)
    #expect(try #require(chat.run()).isStream == isStream)
  }

  @Test(
    "events that come once with each answer are no stream, however soon the next prompt follows", arguments: [1, 30])
  func oncePerAnswer(tokens: Int) {
    var chat = Listener()
    // The eighth answer takes long.
    for answer in 1...10 {
      chat.sends(ackID: UInt64(answer))
      chat.acknowledges(UInt64(answer))
      chat.receives(Listener.token, tokens, every: answer == 8 ? 9000 / tokens : 50)
      chat.receives(Listener.notice)
      chat.receives(Listener.done)
    }
    #expect(chat.pauses.isEmpty)
    #expect(chat.run(Listener.done)?.messages == 1)
    #expect(chat.run(Listener.notice)?.messages == 1)
  }

  @Test("`done` is learned as the end, because the next answer began behind it")
  func learnsEndEvent() throws {
    var chat = Listener()
    for _ in 0..<2 {
      chat.sends()
      chat.receives(Listener.token, 10)
      chat.receives(Listener.done)
    }
    #expect(chat.over.filter(\.isStream).count == 1)
    #expect(chat.ends.ends(Listener.token, with: Listener.done))
    let last = try #require(chat.run())
    #expect(last.messages == 10)
    #expect(chat.ends.isEnded(last) == true)
    #expect(chat.ends.endEvent(of: last) == Listener.done)
    #expect(chat.ends.answer(to: Listener.prompt) == Listener.token)
  }

  @Test("an answer without the end that its like had is not over")
  func missesEnd() throws {
    var chat = Listener()
    chat.sends()
    chat.receives(Listener.token, 10)
    chat.receives(Listener.done)
    chat.sends()
    chat.receives(Listener.token, 7)
    #expect(chat.ends.isEnded(try #require(chat.run())) == false)
  }

  @Test("an ack behind the last message is learned as the end")
  func learnsAck() throws {
    var chat = Listener()
    for id in UInt64(0)..<2 {
      chat.sends(ackID: id)
      chat.receives(Listener.token, 10)
      chat.acknowledges(id)
    }
    chat.sends(ackID: 2)
    chat.receives(Listener.token, 10)
    #expect(chat.over.count == 2)
    #expect(chat.ends.knowsEnd(of: Listener.token))
    #expect(chat.ends.isEnded(try #require(chat.run())) == false)
    chat.acknowledges(2)
    #expect(chat.ends.isEnded(try #require(chat.run())) == true)
  }

  @Test("an ack before the first message only says that the prompt was received")
  func earlyAck() throws {
    var chat = Listener()
    chat.sends(ackID: 7)
    chat.acknowledges(7)
    chat.receives(Listener.token, 10)
    #expect(try #require(chat.run()).ackSince == nil)
    #expect(chat.tracker.triggers.last?.acknowledged != nil)
    #expect(chat.tracker.triggers.last?.answered != nil)
  }

  @Test("another event in mid-stream is no end once the stream went on behind it")
  func continuation() throws {
    var chat = Listener()
    chat.sends()
    chat.receives(Listener.token, 10)
    chat.receives(Listener.notice)
    chat.receives(Listener.notice)
    chat.receives(Listener.token, 10)
    #expect(chat.over.isEmpty)
    #expect(try #require(chat.run()).messages == 20)
    #expect(chat.ends.continues(Listener.token, across: Listener.notice))
  }

  @Test("two prompts at once are one run, which two ends close")
  func interleaved() throws {
    var chat = Listener()
    for _ in 0..<2 {
      chat.sends()
      chat.receives(Listener.token, 10)
      chat.receives(Listener.done)
    }
    chat.sends(after: 1_000)
    chat.receives(Listener.token, 5)
    chat.sends()
    chat.receives(Listener.token, 5)
    chat.receives(Listener.done)
    #expect(chat.ends.isEnded(try #require(chat.run())) == false, "one of two answers is still under way")
    chat.receives(Listener.token, 5)
    chat.receives(Listener.done)
    let run = try #require(chat.run())
    #expect(run.messages == 15)
    #expect(run.triggerCount == 2)
    #expect(chat.ends.isEnded(run) == true)
    #expect(chat.pauses.isEmpty)
  }

  @Test("two answers that end one right after the other are both over")
  func endsInARow() throws {
    var chat = Listener()
    for _ in 0..<2 {
      chat.sends()
      chat.receives(Listener.token, 10)
      chat.receives(Listener.done)
    }
    chat.sends(after: 1_000)
    chat.receives(Listener.token, 5)
    chat.sends()
    chat.receives(Listener.token, 10)
    chat.receives(Listener.done, 2)
    #expect(chat.ends.isEnded(try #require(chat.run())) == true)
  }

  @Test("a pause in an answer is told with the rhythm before it")
  func pause() throws {
    var chat = Listener()
    chat.sends()
    chat.receives(Listener.token, 20)
    let from = chat.now
    chat.receives(Listener.token, 1, every: 4_000)
    let pause = try #require(chat.pauses.first)
    #expect(pause.from == packet(at: from))
    #expect(pause.until == packet(at: from + 4_000))
    #expect(pause.median == .milliseconds(50))
    #expect(pause.run.messages == 20)
  }

  @Test("a gap below the floor is no pause")
  func shortGap() {
    var chat = Listener()
    chat.receives(Listener.token, 20)
    chat.receives(Listener.token, 1, every: 1_000)
    #expect(chat.pauses.isEmpty)
  }

  @Test("what a user waits between prompts is no pause, even where no event ends an answer")
  func idleUser() {
    var chat = Listener()
    for _ in 0..<3 {
      chat.sends(after: 30_000)
      chat.receives(Listener.token, 10)
    }
    #expect(chat.pauses.isEmpty)
    #expect(chat.over.map(\.messages) == [10, 10])
    #expect(chat.tracker.runs.count == 1)
  }

  @Test("an unanswered prompt stays so, and a message answers all prompts before it")
  func answers() {
    var chat = Listener()
    chat.sends()
    chat.sends()
    #expect(chat.tracker.triggers.allSatisfy { $0.answered == nil })
    chat.receives(Listener.token)
    #expect(chat.tracker.triggers.allSatisfy { $0.answered != nil })
    chat.sends()
    #expect(chat.tracker.triggers.last?.answered == nil)
  }

  @Test("names and prompts that a peer makes up take no more room than the limits")
  func limits() {
    var chat = Listener()
    for number in Int32(0)..<1_000 {
      chat.sends(NameID(rawValue: number))
      chat.receives(NameID(rawValue: number + 1_000))
    }
    #expect(chat.tracker.runs.count == StreamTracker.mostRuns)
    #expect(chat.tracker.triggers.count == StreamTracker.mostTriggers)
  }
}
