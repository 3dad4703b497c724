import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct BurstShapeTests {
  /// Bursts of tokens on one leg: each after a silence, with so many messages of so many bytes.
  private func chat(
    _ bursts: [(silence: Double, messages: Int, bytes: Int)], alter: (inout Conversation, Int) -> Void = { _, _ in }
  ) -> Conversation {
    var chat = Conversation.chat()
    chat.event(.clientToServer, "prompt")
    for (index, burst) in bursts.enumerated() {
      let text = "\"" + String(repeating: "x", count: burst.bytes) + "\""
      let frames = (0..<burst.messages).map { _ in FrameBuilder.text(SocketIOText.event("token", text)) }
      chat.send(.serverToClient, frames: frames, after: .seconds(burst.silence))
      alter(&chat, index)
    }
    return chat
  }

  @Test("bursts that keep to one beat are a timer's, and nobody is blamed without the other leg")
  func timer() throws {
    let packets = chat((0..<6).map { (1.5, 25 + $0 % 4, 10) }).recorded
    let finding = try expectOne("buffering-delay", .warning, blame: .unknown, in: packets)
    #expect(finding.blameDetail == .upstream)
    #expect(finding.confidence == .likely)
    #expect(finding.word("cause") == "timer")
    #expect(abs((finding.measure("burstInterval") ?? 0) - 1.5) < 0.01)
    #expect(!finding.remedy.contains("proxy_buffering off"))
  }

  @Test("bursts of a buffer's size at odd times are a buffer that filled")
  func size() throws {
    let silences = [0.9, 1.7, 0.6, 1.2, 2.1, 0.7]
    let packets = chat(silences.map { ($0, 40, 83) }).recorded
    let finding = try expectOne("buffering-delay", .warning, blame: .unknown, in: packets)
    #expect(finding.word("cause") == "buffer-size")
    #expect(finding.confidence == .possible)
  }

  @Test("bursts at odd times and of odd sizes are the application's own")
  func application() {
    let bursts = [(0.9, 12, 30), (1.7, 30, 40), (0.6, 8, 20), (1.3, 20, 60), (1.9, 9, 10)]
    #expect(ids(in: chat(bursts).recorded).isEmpty)
  }

  @Test("an application that says several things once a second lets other packets through between")
  func dashboard() {
    let packets = chat((0..<8).map { _ in (0.6, 5, 30) }) { chat, index in
      chat.send(.clientToServer, text: SocketIOText.event("query", ack: index), after: .milliseconds(200))
      chat.send(.serverToClient, text: SocketIOText.ack(index), after: .milliseconds(200))
    }.recorded
    #expect(!ids(in: packets).contains("buffering-delay"))
  }

  @Test("two bursts, or a few messages each, are no shape")
  func few() {
    #expect(ids(in: chat((0..<2).map { _ in (1.5, 30, 10) }).recorded).isEmpty)
    #expect(ids(in: chat((0..<6).map { _ in (1.0, 2, 10) }).recorded).isEmpty)
  }

  @Test("bursts on the server's own leg are the application's, whatever the beat")
  func serverLeg() {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    for _ in 0..<6 {
      chat.wait(.seconds(1.5))
      let frames = (0..<20).map { FrameBuilder.text(SocketIOText.event("token", "\($0)")) }
      chat.send(.serverToClient, bytes: Conversation.wireBytes(of: frames, .serverToClient))
    }
    #expect(!ids(in: chat.recorded).contains("buffering-delay"))
  }
}
