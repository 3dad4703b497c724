import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct BufferingDelayTests {
  /// Sixty messages, one each 50 ms, through a proxy with a delay.
  private func proxied(
    _ delay: @escaping (Direction, Timestamp) -> Interval, alter: (inout ProxiedConversation) -> Void = { _ in }
  ) -> [RecordedPacket] {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    chat.send(.clientToServer, text: SocketIOText.event("prompt"))
    chat.wait(.milliseconds(10))
    chat.delay = delay
    for index in 0..<60 {
      chat.send(.serverToClient, text: SocketIOText.event("token", "\(index)"), after: .milliseconds(50))
    }
    alter(&chat)
    return chat.recorded
  }

  @Test("messages that a proxy lets go once a second were buffered")
  func fires() throws {
    let packets = proxied(ProxiedConversation.flushing(every: .seconds(1)))
    let finding = try expectOne("buffering-delay", .warning, blame: .proxy, in: packets)
    #expect(finding.title.contains("10.0.0.10"))
    #expect((finding.measure("delay") ?? 0) >= 0.25)
    #expect(finding.measure("threshold") == 0.25)
    #expect((finding.measure("bursts") ?? 0) >= 3)
    #expect(abs((finding.measure("burstInterval") ?? 0) - 1) < 0.001)
    #expect((finding.measure("messages") ?? 0) >= 60)
    #expect(finding.connections.count == 2)
  }

  @Test("a constant delay is a slow path, not a buffer", arguments: [1, 20, 400])
  func constant(milliseconds: Int64) {
    #expect(ids(in: proxied { _, _ in .milliseconds(milliseconds) }).isEmpty)
  }

  @Test("a buffer too short to be felt is no finding")
  func shortBuffer() {
    #expect(ids(in: proxied(ProxiedConversation.flushing(every: .milliseconds(200)))).isEmpty)
  }

  @Test("a timer on the way to the server alone does not hold the answers")
  func otherDirection() {
    #expect(ids(in: proxied(ProxiedConversation.flushing(every: .seconds(1), .clientToServer))).isEmpty)
  }

  @Test("delay on a client's leg with a closed window is the receiver's")
  func troubled() {
    let packets = proxied(ProxiedConversation.flushing(every: .seconds(1))) { chat in
      chat.client.windows.clientToServer = 0
      chat.client.acknowledge(.clientToServer, after: .milliseconds(10))
      chat.client.windows.clientToServer = 502
      chat.client.acknowledge(.clientToServer, after: .milliseconds(500))
    }
    #expect(!ids(in: packets).contains("buffering-delay"))
  }
}
