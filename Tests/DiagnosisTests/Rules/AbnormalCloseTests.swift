import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct AbnormalCloseTests {
  /// A chat with one whole answer and what follows.
  private func chat(_ rest: (inout Conversation) -> Void) -> Conversation {
    var chat = Conversation.chat()
    chat.answer()
    rest(&chat)
    return chat
  }

  @Test(
    "a FIN on an open WebSocket without a Close frame",
    arguments: [
      (Direction.serverToClient, Blame.server), (.clientToServer, .client),
    ])
  func fin(by direction: Direction, blame: Blame) throws {
    var end = 0
    let chat = chat { end = $0.halfClose(direction, after: .seconds(1)) }
    let finding = try expectOne(
      "abnormal-close", .warning, blame: blame, packets: [chat.packetNumber(of: end)], in: chat.recorded)
    #expect(finding.word("how") == "FIN")
    #expect(finding.word("closedBy") == (direction == .serverToClient ? "server" : "client"))
    #expect(finding.detail.contains("1006"))
    #expect(abs((finding.measure("silence") ?? 0) - 1) < 0.01)
  }

  @Test("a reset is an error")
  func reset() throws {
    var end = 0
    let chat = chat { end = $0.reset(by: .serverToClient, after: .seconds(1)) }
    let finding = try expectOne(
      "abnormal-close", .error, blame: .server, packets: [chat.packetNumber(of: end)], in: chat.recorded)
    #expect(finding.word("how") == "RST")
  }

  @Test("an end in the middle of an answer is an error")
  func midStream() throws {
    let chat = chat { chat in
      chat.event(.clientToServer, "prompt")
      chat.stream(count: 10)
      chat.halfClose(.serverToClient)
    }
    let finding = try expectOne("abnormal-close", .error, blame: .server, in: chat.recorded)
    #expect(finding.detail.contains("in the middle of an answer"))
  }

  @Test("a server's end takes all its WebSockets along, and is one finding")
  func serverEnded() throws {
    let packets = (0..<5).flatMap { index in
      var chat = Conversation(client: .at("10.0.0.\(20 + index)", 50_000))
      chat.handshake()
      chat.upgrade(key: WebSocketKey.all[index])
      chat.open(sid: "sid\(index)")
      chat.answer()
      chat.finish(by: .serverToClient, after: .milliseconds(Int64(index) * 10))
      return chat.recorded
    }
    let finding = try expectOne("abnormal-close", .warning, blame: .server, in: packets.sortedByTime())
    #expect(finding.count == 5)
    #expect(finding.connections.count == 5)
  }

  /// WebSockets that end minutes apart, each so many seconds after its last data.
  private func oneByOne(_ silences: [Double], by direction: Direction) -> [RecordedPacket] {
    silences.enumerated().flatMap { index, silence in
      let start = Conversation.defaultStart + .seconds(Double(index) * 100)
      var chat = Conversation(client: .at("10.0.0.\(20 + index)", 50_000), start: start)
      chat.handshake()
      chat.upgrade(key: WebSocketKey.all[index])
      chat.open(sid: "sid\(index)")
      chat.answer()
      chat.finish(by: direction, after: .seconds(silence))
      return chat.recorded
    }.sortedByTime()
  }

  @Test("ends that come one by one are one finding, which says where a timer shows in them")
  func repeated() throws {
    let timer = try expectOne(
      "abnormal-close", .warning, blame: .server, in: oneByOne([1, 1.02, 1, 0.99], by: .serverToClient))
    #expect(timer.count == 4)
    #expect(timer.title.hasPrefix("4 WebSockets"))
    #expect(timer.detail.contains("That happened 4 times (last: packet"))
    #expect(timer.detail.contains("as a timer does"))
    let other = try expectOne(
      "abnormal-close", .warning, blame: .server, in: oneByOne([0.3, 1.7, 1.2], by: .serverToClient))
    #expect(other.count == 3)
    #expect(!other.detail.contains("timer"))
  }

  @Test("clients that end without a word, each by itself, are one finding")
  func clients() throws {
    let finding = try expectOne(
      "abnormal-close", .warning, blame: .client, in: oneByOne([0.3, 1.7, 1.2], by: .clientToServer))
    #expect(finding.count == 3)
    #expect(finding.title.hasSuffix("3 clients sent FIN"))
  }

  @Test(
    "a Close frame makes an end clean", arguments: [1000, 1001] as [UInt16],
    [Direction.clientToServer, .serverToClient])
  func closeFrame(code: UInt16, by direction: Direction) {
    #expect(ids(in: chat { $0.close(by: direction, code: code) }.recorded).isEmpty)
  }

  @Test("a Socket.IO or Engine.IO goodbye makes an end clean", arguments: ["41", "1"])
  func goodbye(text: String) {
    let chat = chat { chat in
      chat.send(.clientToServer, text: text)
      chat.finish(by: .clientToServer)
    }
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("a WebSocket that is open when the capture ends has not been closed")
  func open() {
    #expect(ids(in: chat { $0.heartbeat(after: .seconds(20)) }.recorded).isEmpty)
  }

  @Test("a WebSocket that was still being probed ends quietly: the session is on long-polling")
  func probe() {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    var socket = Conversation(client: .at("10.0.0.2", 50_001), start: polls.clock)
    socket.handshake()
    socket.upgrade(target: "/socket.io/?EIO=4&transport=websocket&sid=abc")
    socket.send(.clientToServer, text: "2probe")
    socket.send(.serverToClient, text: "3probe")
    socket.finish(by: .clientToServer)
    #expect(!ids(in: (polls.recorded + socket.recorded).sortedByTime()).contains("abnormal-close"))
  }

  @Test("a Close frame that the capture lost is not missing")
  func lostClose() {
    let chat = chat { chat in
      let close = chat.send(.serverToClient, frame: .close(1000))
      chat.drop(close)
      chat.finish(by: .serverToClient)
    }
    #expect(ids(in: chat.recorded) == ["capture-gap"])
  }

  /// WebSockets through one proxy, which end at the given side within milliseconds of each other.
  private func proxied(_ count: Int, endedByProxy: Bool) -> [RecordedPacket] {
    (0..<count).flatMap { index in
      var chat = ProxiedConversation(
        client: .at("10.0.0.2", 50_000 + UInt16(index)), upstreamPort: 40_000 + UInt16(index))
      chat.handshake()
      chat.upgrade(key: WebSocketKey.all[index])
      chat.send(.serverToClient, text: SocketIOText.open(sid: "sid\(index)", pingInterval: 2_000))
      chat.wait(.seconds(1.3))
      chat.send(.serverToClient, text: "2")
      chat.wait(.milliseconds(Int64(300 + index)))
      chat.upstream.finish(by: endedByProxy ? .clientToServer : .serverToClient)
      chat.wait(.milliseconds(1))
      chat.client.finish(by: .serverToClient)
      return chat.recorded
    }.sortedByTime()
  }

  @Test("a proxy that ends many WebSockets at once, on both sides, was reloaded")
  func reload() throws {
    let finding = try expectOne("abnormal-close", .warning, blame: .proxy, in: proxied(5, endedByProxy: true))
    #expect(finding.word("cause") == "proxy-reload")
    #expect(finding.count == 5)
    #expect(finding.connections.count == 10)
    #expect(finding.remedy.contains("worker_shutdown_timeout"))
  }

  @Test("a server's end that a proxy passes on is the server's, and one finding for both legs")
  func passedOn() throws {
    let finding = try expectOne("abnormal-close", .warning, blame: .server, in: proxied(5, endedByProxy: false))
    #expect(finding.title.contains("10.0.0.20"))
    #expect(finding.connections.count == 10)
  }

  @Test("a FIN that the capture lost ended the connection all the same: the answer acknowledges it")
  func lostFIN() throws {
    let chat = chat { chat in
      let end = chat.halfClose(.serverToClient, after: .seconds(1))
      chat.halfClose(.clientToServer)
      chat.drop(end)
    }
    let finding = try expectOne("abnormal-close", .warning, blame: .server, in: chat.recorded)
    #expect(finding.word("closedBy") == "server")
  }

  @Test("a server that then takes no connections went down, which is one event")
  func wentDown() throws {
    var chat = chat { $0.finish(by: .serverToClient, after: .seconds(1)) }
    var refused = Conversation(client: .at("10.0.0.2", 50_001), start: chat.clock + .seconds(1))
    refused.refusedSYN()
    chat.wait(.seconds(4))
    var again = Conversation.chat(sid: "def", port: 50_002, start: chat.clock)
    again.answer()
    let packets = (chat.recorded + refused.recorded + again.recorded).sortedByTime()
    let finding = try expectOne("abnormal-close", .warning, blame: .server, in: packets)
    #expect(finding.explains == ["connect-refused"])
    #expect(finding.connections.count == 2)
    #expect(ids(in: packets) == ["abnormal-close"])
  }

  @Test("refusals long after it are another matter")
  func refusedLater() {
    let chat = chat { $0.finish(by: .serverToClient, after: .seconds(1)) }
    var refused = Conversation(client: .at("10.0.0.2", 50_001), start: chat.clock + .seconds(60))
    refused.refusedSYN()
    let packets = (chat.recorded + refused.recorded).sortedByTime()
    #expect(Set(ids(in: packets)) == ["abnormal-close", "connect-refused"])
  }
}
