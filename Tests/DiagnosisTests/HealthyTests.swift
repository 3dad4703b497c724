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
