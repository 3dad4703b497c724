import Analysis
import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct StalledStreamTests {
  /// A chat with a whole answer, and a second one that pauses and goes on.
  private func paused(
    _ pause: Interval = .seconds(12), pingInterval: Int = 25_000, during: (inout Conversation) -> Void = { _ in }
  ) -> Conversation {
    var chat = Conversation.chat(pingInterval: pingInterval)
    chat.answer()
    chat.event(.clientToServer, "prompt", after: .milliseconds(200))
    chat.stream(count: 10)
    let end = chat.clock + pause
    during(&chat)
    chat.wait(max(.zero, end - chat.clock))
    chat.stream(count: 10)
    chat.event(.serverToClient, "done")
    return chat
  }

  @Test("an answer that paused and went on is a warning, with its gap and rhythm")
  func pause() throws {
    let finding = try expectOne("stalled-stream", .warning, blame: .unknown, in: paused().recorded)
    #expect(finding.blameDetail == .upstream)
    #expect(abs((finding.measure("gap") ?? 0) - 12.05) < 0.01)
    #expect(finding.measure("threshold") == 2)
    #expect(finding.measure("median") == 0.05)
    #expect(finding.measure("messages") == 10)
    #expect(finding.until != nil)
    #expect(finding.packets.first == finding.at)
    #expect(finding.packets.last == finding.until)
    #expect(finding.sid == "abc")
    #expect(finding.title.contains("`prompt`"))
  }

  @Test("an answer that never went on is an error")
  func forever() throws {
    var chat = Conversation.chat(pingInterval: 5_000)
    chat.answer()
    chat.event(.clientToServer, "prompt", after: .milliseconds(200))
    chat.stream(count: 10)
    chat.heartbeats(5, every: .seconds(5))
    let finding = try expectOne("stalled-stream", .error, blame: .unknown, in: chat.recorded)
    #expect(finding.until == nil)
    #expect(finding.measure("heartbeats") == 5)
    #expect(finding.title.contains("for good"))
  }

  @Test("an answer that is silent for some seconds when the capture ends is a warning, and not said to be over")
  func pending() throws {
    var chat = Conversation.chat(pingInterval: 120_000)
    chat.answer()
    chat.event(.clientToServer, "prompt", after: .milliseconds(200))
    chat.stream(count: 10)
    chat.keepAlive(.clientToServer, after: .seconds(4))
    let finding = try expectOne("stalled-stream", .warning, blame: .unknown, in: chat.recorded)
    #expect(finding.title.contains("had not gone on 4.0 s later, at the end"))
  }

  @Test("heartbeats in the silence show that the server is not frozen")
  func heartbeats() throws {
    let chat = paused(pingInterval: 3_000) { $0.heartbeats(3, every: .seconds(3)) }
    let finding = try expectOne("stalled-stream", .warning, blame: .unknown, in: chat.recorded)
    #expect(finding.measure("heartbeats") == 3)
    #expect(finding.detail.contains("Not a frozen server"))
  }

  @Test("a server that misses its heartbeats too has a blocked event loop")
  func eventLoop() throws {
    let finding = try expectOne(
      "missed-heartbeat", .warning, blame: .unknown, in: paused(pingInterval: 3_000).recorded)
    #expect(finding.blameDetail == .upstream)
    #expect(finding.explains == ["stalled-stream"])
  }

  @Test("retransmission timeouts in the silence blame the network")
  func network() throws {
    let chat = paused(.seconds(6)) { chat in
      chat.acknowledgesData = false
      let lost = chat.event(.serverToClient, "token", after: .milliseconds(50))
      for delay in [0.2, 0.6, 1.4, 3.0] { chat.retransmit(lost.lowerBound, at: chat.clock + .seconds(delay)) }
      chat.acknowledge(.clientToServer, after: .seconds(3.01))
      chat.acknowledgesData = true
    }
    let finding = try expectOne("network-loss", .warning, blame: .network, in: chat.recorded)
    #expect(finding.explains == ["stalled-stream"])
  }

  @Test("one short timeout does not explain a long silence")
  func shortTimeout() throws {
    let chat = paused(.seconds(12)) { chat in
      chat.acknowledgesData = false
      let lost = chat.event(.serverToClient, "token", after: .milliseconds(50))
      chat.retransmit(lost.lowerBound, at: chat.clock + .seconds(0.2))
      chat.acknowledge(.clientToServer, after: .seconds(0.21))
      chat.acknowledgesData = true
    }
    _ = try expectOne("stalled-stream", .warning, blame: .unknown, in: chat.recorded)
  }

  @Test("packets of the client that are lost in the silence blame the way to the server")
  func requestDirection() throws {
    let chat = paused(.seconds(2.2)) { chat in
      chat.acknowledgesData = false
      let lost = chat.event(.clientToServer, "more", after: .milliseconds(50))
      for delay in [0.25, 0.5, 0.9] { chat.retransmit(lost.lowerBound, at: chat.clock + .seconds(delay)) }
      chat.acknowledge(.serverToClient, after: .seconds(0.91))
      chat.acknowledgesData = true
    }
    let all = findings(in: chat.recorded)
    let stall = try #require(all.first { $0.id == "stalled-stream" })
    #expect(stall.blame == .network)
    #expect(stall.blameDetail == .requestDirection)
  }

  /// A stream over long-polling in which one GET comes late, or is answered late.
  private func polled(requestAfter: Double, answerAfter: Double) -> [RecordedPacket] {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    polls.post(sid: "abc", [SocketIOText.connect()])
    polls.poll(sid: "abc", [SocketIOText.connected(id: "x")])
    polls.post(sid: "abc", [SocketIOText.event("prompt")])
    for index in 0..<30 {
      if index == 20 { polls.wait(.seconds(requestAfter)) }
      polls.poll(
        sid: "abc", [SocketIOText.event("token", "\(index)")], heldFor: .seconds(index == 20 ? answerAfter : 0.05))
    }
    return polls.recorded
  }

  @Test("a client that polls late keeps its messages waiting itself")
  func slowPolling() throws {
    let late = try #require(
      findings(in: polled(requestAfter: 6, answerAfter: 0.01)).first { $0.id == "stalled-stream" })
    #expect(late.blame == .client)
    #expect(late.blameDetail == .receiver)
    let held = try #require(
      findings(in: polled(requestAfter: 0.01, answerAfter: 6)).first { $0.id == "stalled-stream" })
    #expect(held.blame != .client)
  }

  @Test("a silence in which the capture lost packets is not the stream's")
  func hole() {
    var chat = Conversation.chat()
    chat.answer()
    chat.event(.clientToServer, "prompt")
    chat.stream(count: 10)
    let first = chat.packets.count
    chat.stream(count: 60)
    chat.drop(first..<chat.packets.count)
    chat.stream(count: 20)
    chat.event(.serverToClient, "done")
    #expect(ids(in: chat.recorded) == ["capture-gap"])
  }

  @Test("messages that come when the upgrade is complete had waited for it")
  func upgrade() throws {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    polls.post(sid: "abc", [SocketIOText.connect()])
    polls.poll(sid: "abc", [SocketIOText.connected(id: "x")])
    polls.post(sid: "abc", [SocketIOText.event("prompt")])
    for index in 0..<20 {
      polls.poll(sid: "abc", [SocketIOText.event("token", "\(index)")], heldFor: .milliseconds(50))
    }
    var socket = Conversation(client: .at("10.0.0.2", 50_001), start: polls.clock)
    socket.handshake()
    socket.upgrade(target: "/socket.io/?EIO=4&transport=websocket&sid=abc")
    socket.send(.clientToServer, text: "2probe")
    socket.send(.serverToClient, text: "3probe")
    socket.send(.clientToServer, text: "5", after: .seconds(5))
    socket.stream(count: 20)
    let all = findings(in: (polls.recorded + socket.recorded).sortedByTime())
    let stall = try #require(all.first { $0.id == "stalled-stream" }, "\(all.map(\.id))")
    #expect(stall.detail.contains("upgrade to WebSocket was complete"))
  }

  @Test("a closed window in the silence blames the receiver")
  func receiver() throws {
    let chat = paused(.seconds(6)) { chat in
      chat.windows.clientToServer = 0
      chat.acknowledge(.clientToServer, after: .milliseconds(10))
      chat.windows.clientToServer = 502
      chat.acknowledge(.clientToServer, after: .seconds(5))
    }
    let finding = try expectOne("zero-window", .error, blame: .client, in: chat.recorded)
    #expect(finding.explains == ["stalled-stream"])
  }

  /// An answer through a proxy: the server pauses, or the proxy holds what the server sends.
  private func proxied(serverPauses: Bool) -> [RecordedPacket] {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    func answer(pauseAt: Int?) {
      chat.send(.clientToServer, text: SocketIOText.event("prompt"))
      chat.wait(.zero)
      for index in 0..<20 {
        if index == pauseAt {
          if serverPauses {
            chat.wait(.seconds(6))
          } else {
            let release = chat.clock + .seconds(6)
            chat.delay = { _, time in max(Interval(nanoseconds: 150_000), release - time) }
          }
        }
        chat.send(.serverToClient, text: SocketIOText.event("token"), after: .milliseconds(50))
      }
      chat.send(.serverToClient, text: SocketIOText.event("done"))
      chat.wait(.zero)
    }
    answer(pauseAt: nil)
    answer(pauseAt: 10)
    return chat.recorded
  }

  @Test("a pause on both legs blames the application behind the proxy")
  func application() throws {
    let finding = try expectOne("stalled-stream", .warning, blame: .server, in: proxied(serverPauses: true))
    #expect(finding.blameDetail == .application)
    #expect(finding.connections.count == 2)
  }

  @Test("a pause that the server's leg does not show blames the proxy")
  func proxy() throws {
    let finding = try expectOne("stalled-stream", .warning, blame: .proxy, in: proxied(serverPauses: false))
    #expect(finding.blameDetail == .proxy)
  }

  @Test("a jittery answer has long gaps by its rhythm")
  func jitter() {
    var chat = Conversation.chat(pingInterval: 120_000)
    for _ in 0..<2 {
      chat.event(.clientToServer, "prompt")
      for index in 0..<40 {
        chat.event(.serverToClient, "token", after: index % 5 == 4 ? .milliseconds(2_900) : .milliseconds(600))
      }
      chat.event(.serverToClient, "done")
    }
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("a pause of 2 s is one that a model makes now and then")
  func shortPause() {
    #expect(ids(in: paused(.milliseconds(1_940)).recorded).isEmpty)
  }

  @Test("an idle user is no stall, with an end event or without any", arguments: [false, true])
  func idleUser(hasEnd: Bool) {
    var chat = Conversation.chat()
    for _ in 0..<3 {
      chat.event(.clientToServer, "prompt", after: .milliseconds(100))
      chat.stream(count: 20)
      if hasEnd { chat.event(.serverToClient, "done") }
      chat.heartbeats(2, every: .seconds(25))
    }
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("a user who leaves in the middle of an answer has not stalled it")
  func left() {
    var chat = Conversation.chat()
    chat.answer()
    chat.event(.clientToServer, "prompt")
    chat.stream(count: 10)
    chat.close(by: .clientToServer, code: 1001, after: .milliseconds(40))
    var other = Conversation.chat(sid: "other", port: 50_001)
    other.heartbeats(3, every: .seconds(25))
    #expect(ids(in: (chat.recorded + other.recorded).sortedByTime()).isEmpty)
  }

  @Test("messages that the capture lost are no stall")
  func lostByCapture() {
    var chat = Conversation.chat()
    chat.answer()
    chat.event(.clientToServer, "prompt")
    let tokens = chat.stream(count: 200)
    for token in tokens[50..<150] { chat.drop(token) }
    chat.event(.serverToClient, "done")
    #expect(ids(in: chat.recorded) == ["capture-gap"])
  }

  @Test("an unanswered prompt behind a stalled answer is its consequence")
  func precedence() throws {
    var chat = Conversation.chat(pingInterval: 5_000)
    chat.answer()
    chat.event(.clientToServer, "prompt", after: .milliseconds(200))
    chat.stream(count: 10)
    chat.heartbeats(2, every: .seconds(5))
    chat.event(.clientToServer, "prompt", after: .milliseconds(200))
    chat.heartbeats(4, every: .seconds(5))
    let finding = try expectOne("stalled-stream", .error, blame: .unknown, in: chat.recorded)
    #expect(finding.explains == ["unanswered-event"])
    #expect(ids(in: chat.recorded) == ["stalled-stream"])
  }

  /// The only answer of a capture, which stops.
  private func only(ack: Int?) -> Conversation {
    var chat = Conversation.chat(pingInterval: 5_000)
    chat.event(.clientToServer, "prompt", "1", ack: ack)
    chat.stream(count: 20)
    chat.heartbeats(6, every: .seconds(5))
    return chat
  }

  @Test("where nothing tells how a stream ends, its silence is a notice, and a user can name the end")
  func named() throws {
    let packets = only(ack: nil).recorded
    let unknown = findings(in: packets).filter { $0.id == "stalled-stream" }
    #expect(unknown.map(\.severity) == [.notice])
    #expect(unknown.map(\.confidence) == [.possible])
    var options = AnalysisOptions()
    options.streams = [NamedStream(event: "token", end: "done")]
    let known = findings(in: packets, options: options).filter { $0.id == "stalled-stream" }
    #expect(known.map(\.severity) == [.error])
    var ended = only(ack: nil)
    ended.event(.serverToClient, "done")
    ended.wait(.seconds(30))
    ended.heartbeat()
    #expect(findings(in: ended.recorded, options: options).allSatisfy { $0.severity < .error })
  }

  @Test("an ack that is still due shows that the stream is not over")
  func ackDue() {
    let found = findings(in: only(ack: 1).recorded).filter { $0.id == "stalled-stream" }
    #expect(found.map(\.severity) == [.error])
  }

  @Test("a named beginning makes an answer due, although no other of its kind was seen")
  func namedBegin() {
    var chat = Conversation.chat(pingInterval: 5_000)
    chat.event(.clientToServer, "prompt", "1")
    chat.heartbeats(4, every: .seconds(5))
    var options = AnalysisOptions()
    options.streams = [NamedStream(begin: "prompt", event: "token", end: "done")]
    #expect(ids(in: chat.recorded).isEmpty)
    #expect(findings(in: chat.recorded, options: options).map(\.id) == ["unanswered-event"])
  }

  /// Three answers of which the last begins later.
  private func answers(waits: [Double]) -> [RecordedPacket] {
    var chat = Conversation.chat()
    for wait in waits {
      chat.event(.clientToServer, "prompt", "1", after: .seconds(1))
      chat.wait(.seconds(wait))
      chat.stream(count: 10)
      chat.event(.serverToClient, "done")
    }
    return chat.recorded
  }

  @Test("an answer that begins far later than the others")
  func firstWait() throws {
    let finding = try expectOne("stalled-stream", .warning, blame: .unknown, in: answers(waits: [0.2, 0.3, 8]))
    #expect(finding.title.contains("began only after 8.1 s"))
    #expect(finding.measure("threshold") == 5)
  }

  @Test(
    "a model that always thinks, or thinks a moment longer, is not stalled",
    arguments: [[8.0, 9, 8], [0.2, 0.3, 4], [8]])
  func thinking(waits: [Double]) {
    #expect(!ids(in: answers(waits: waits)).contains("stalled-stream"))
  }
}
