import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct IdleTimeoutCloseTests {
  /// A chat of one answer that the server's side ends after a silence.
  private func chat(
    silentFor silence: Double, by direction: Direction = .serverToClient, port: UInt16 = 50_000, key: Int = 0,
    start: Timestamp = Conversation.defaultStart
  ) -> Conversation {
    var chat = Conversation(client: .at("10.0.0.2", port), start: start)
    chat.handshake()
    chat.upgrade(key: WebSocketKey.all[key])
    chat.open(sid: "sid\(key)", pingInterval: 1_000_000)
    chat.answer()
    chat.finish(by: direction, after: .seconds(silence))
    return chat
  }

  @Test("a silence of a usual default before a FIN of the server's side", arguments: [59.6, 60.0, 100.4])
  func usualDefault(silence: Double) throws {
    let finding = try expectOne("idle-timeout-close", .error, blame: .unknown, in: chat(silentFor: silence).recorded)
    #expect(finding.explains == ["abnormal-close"])
    #expect(finding.word("sign") == "usual-default")
    #expect(abs((finding.measure("silence") ?? 0) - silence) < 0.01)
    #expect(finding.remedy.contains("proxy_read_timeout"))
  }

  @Test("a silence of no timer is an abnormal close", arguments: [1.5, 13.4, 66.0])
  func other(silence: Double) {
    #expect(ids(in: chat(silentFor: silence).recorded) == ["abnormal-close"])
  }

  @Test("a client that ends after a minute of silence is no proxy")
  func client() {
    #expect(ids(in: chat(silentFor: 60, by: .clientToServer).recorded) == ["abnormal-close"])
  }

  @Test("two closes at different times after the same silence are a timer's")
  func repeated() throws {
    let first = chat(silentFor: 13.4)
    let second = chat(silentFor: 13.5, port: 50_001, key: 1, start: first.clock + .seconds(20))
    let finding = try expectOne(
      "idle-timeout-close", .error, blame: .unknown, in: (first.recorded + second.recorded).sortedByTime())
    #expect(finding.count == 2)
    #expect(finding.word("sign") == "same-silence-again")
  }

  @Test("closes at once after different silences are a restart, whatever the silences")
  func restart() {
    let start = Conversation.defaultStart
    let silent = chat(silentFor: 60, start: start)
    let end = silent.clock
    var packets = silent.recorded
    for index in 1..<4 {
      packets +=
        chat(
          silentFor: Double(index) * 7, port: 50_000 + UInt16(index), key: index,
          start: end + .seconds(-1.3 - Double(index) * 7)
        ).recorded
    }
    #expect(ids(in: packets.sortedByTime()) == ["abnormal-close"])
  }

  /// A WebSocket through a proxy that ends both its connections.
  private func proxied(silentFor silence: Double, between: Interval) -> [RecordedPacket] {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc", pingInterval: 25_000))
    chat.wait(.seconds(silence))
    chat.upstream.finish(by: .clientToServer, after: .zero)
    chat.wait(between)
    chat.client.finish(by: .serverToClient, after: .zero)
    return chat.recorded
  }

  @Test("a proxy that ends both legs at once after whole seconds has a timer, most likely")
  func wholeSecond() throws {
    let finding = try expectOne(
      "idle-timeout-close", .error, blame: .proxy, in: proxied(silentFor: 5.02, between: .milliseconds(1)))
    #expect(finding.confidence == .likely)
    #expect(finding.connections.count == 2)
    #expect(finding.title.contains("10.0.0.10"))
  }

  @Test("a proxy that ends both legs at another time is not known to have a timer")
  func odd() throws {
    let packets = proxied(silentFor: 5.4, between: .milliseconds(1))
    #expect(ids(in: packets) == ["abnormal-close"])
    _ = try expectOne("abnormal-close", .warning, blame: .proxy, in: packets)
  }
}
