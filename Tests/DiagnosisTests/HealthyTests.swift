import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct HealthyTests {
  @Test("nothing at all is no finding")
  func empty() {
    #expect(Diagnostician().conclude(in: Scene(epoch: Conversation.defaultStart, captures: 1)).isEmpty)
  }

  @Test("a healthy chat has no finding, not even a notice")
  func healthy() {
    var chat = Conversation.chat()
    for _ in 0..<3 { chat.answer() }
    chat.heartbeats(2, every: .seconds(25))
    chat.close(code: 1000)
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("a healthy chat through a proxy has no finding")
  func proxied() {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    for _ in 0..<3 {
      chat.send(.clientToServer, text: SocketIOText.event("prompt"))
      chat.wait(.zero)
      for _ in 0..<20 { chat.send(.serverToClient, text: SocketIOText.event("token"), after: .milliseconds(50)) }
      chat.send(.serverToClient, text: SocketIOText.event("done"))
      chat.wait(.zero)
    }
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("a few polls, and long-polling that becomes a WebSocket, have no finding")
  func polling() {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    polls.post(sid: "abc", [SocketIOText.connect()])
    polls.poll(sid: "abc", [SocketIOText.connected(id: "x")])
    polls.poll(sid: "abc", ["2"], heldFor: .seconds(4))
    #expect(ids(in: polls.recorded).allSatisfy { $0 == "polling-only" })
    var socket = Conversation(client: .at("10.0.0.2", 50_001), start: polls.clock)
    socket.handshake()
    socket.upgrade(target: "/socket.io/?EIO=4&transport=websocket&sid=abc")
    socket.probe()
    socket.answer()
    #expect(ids(in: (polls.recorded + socket.recorded).sortedByTime()).isEmpty)
  }

  @Test("other HTTP has no fault: slow calls, downloads and event streams", arguments: [0.02, 0.6, 3])
  func http(pace: Double) {
    var page = Conversation()
    page.handshake()
    page.request("GET", "/api/slow")
    page.respond(200, body: Array(repeating: 0x20, count: 300), after: .seconds(3))
    page.request("GET", "/download")
    page.send(.serverToClient, bytes: HTTPText.response(200, fields: [("Transfer-Encoding", "chunked")]))
    for _ in 0..<50 {
      page.send(
        .serverToClient, bytes: HTTPText.chunk(Array(repeating: 0x20, count: 8000)), after: .seconds(pace / 10))
    }
    page.send(.serverToClient, bytes: HTTPText.chunk([]))
    page.request("GET", "/events")
    let fields: HTTPText.Fields = [("Transfer-Encoding", "chunked"), ("Content-Type", "text/event-stream")]
    page.send(.serverToClient, bytes: HTTPText.response(200, fields: fields))
    for _ in 0..<20 {
      page.send(.serverToClient, bytes: HTTPText.chunk(Array("data: x\n\n".utf8)), after: .seconds(pace))
    }
    page.finish(by: .clientToServer)
    #expect(findings(in: page.recorded).allSatisfy { $0.severity == .notice })
  }

  @Test("a plain WebSocket has no fault: pings, pushes of several messages at odd times, a long silence")
  func plainWebSocket() {
    var socket = Conversation()
    socket.handshake()
    socket.upgrade(target: "/feed")
    for index in 0..<20 {
      let pause = 0.3 + Double(index * 7 % 5) * 0.4
      let frames = (0..<(3 + index % 4)).map { FrameBuilder.text("{\"price\":\($0)}") }
      socket.send(.serverToClient, frames: frames, after: .seconds(pause))
      socket.send(.serverToClient, frame: .ping([1]), after: .milliseconds(90))
      socket.send(.clientToServer, frame: .pong([1]))
    }
    socket.wait(.seconds(70))
    socket.send(.clientToServer, text: "bye")
    socket.close(code: 1000)
    #expect(ids(in: socket.recorded).isEmpty)
  }

  @Test("a download whose reader pauses is no fault: video players read when they need more")
  func video() {
    var page = Conversation()
    page.handshake()
    page.request("GET", "/video.mp4")
    page.send(.serverToClient, bytes: HTTPText.response(200, fields: [("Transfer-Encoding", "chunked")]))
    for _ in 0..<5 {
      page.send(.serverToClient, bytes: HTTPText.chunk(Array(repeating: 0x20, count: 8000)))
      page.windows.clientToServer = 0
      page.acknowledge(.clientToServer, after: .milliseconds(1))
      page.windows.clientToServer = 502
      page.acknowledge(.clientToServer, after: .seconds(4))
    }
    page.send(.serverToClient, bytes: HTTPText.chunk([]))
    page.finish(by: .clientToServer)
    #expect(findings(in: page.recorded).allSatisfy { $0.severity == .notice })
  }

  @Test("random changes of bytes never trap a rule", arguments: UInt64(0)..<20)
  func mutations(seed: UInt64) {
    var state = seed &+ 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var chat = Conversation.chat()
    for _ in 0..<3 { chat.answer() }
    chat.wait(.seconds(30))
    chat.heartbeat()
    var packets = chat.recorded
    for _ in 0..<40 {
      let index = random(packets.count)
      let offset = random(packets[index].bytes.count)
      packets[index].bytes[offset] ^= UInt8(1 << random(8))
      packets[random(packets.count)].time = packets[index].time
    }
    for finding in findings(in: packets) { #expect(!finding.remedy.isEmpty) }
  }
}
