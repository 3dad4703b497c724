import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct MissedHeartbeatTests {
  /// A session whose server pings every 2 s and waits 3 s for a pong.
  private func chat(version: Int = 4) -> Conversation {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade(target: "/socket.io/?EIO=\(version)&transport=websocket")
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc", pingInterval: 2000, pingTimeout: 3000))
    if version == 4 { chat.send(.clientToServer, text: SocketIOText.connect()) }
    chat.send(.serverToClient, text: version == 4 ? SocketIOText.connected(id: "x") : "40")
    return chat
  }

  @Test("a server that stops pinging, upon which the client gives up")
  func serverStopped() throws {
    var chat = chat()
    chat.heartbeats(2, every: .seconds(2))
    chat.close(by: .clientToServer, after: .seconds(5))
    let finding = try expectOne("missed-heartbeat", .error, blame: .unknown, in: chat.recorded)
    #expect(finding.word("missing") == "server ping")
    #expect(finding.measure("threshold") == 5)
    #expect(abs((finding.measure("overdue") ?? 0) - 3) < 0.01)
    #expect(finding.blameDetail == .upstream)
    #expect(ids(in: chat.recorded) == ["missed-heartbeat"])
  }

  @Test("a server that streams on and does not ping is not frozen")
  func streaming() throws {
    var chat = chat()
    chat.event(.clientToServer, "prompt")
    chat.stream(count: 100, every: .milliseconds(60))
    chat.close(by: .clientToServer)
    let finding = try expectOne("missed-heartbeat", .error, blame: .server, in: chat.recorded)
    #expect(finding.blameDetail == .application)
    #expect(finding.detail.contains("so it is not frozen"))
  }

  @Test("a burst upon which a server runs again does not show that it ran before")
  func burst() throws {
    var chat = chat()
    chat.event(.clientToServer, "prompt")
    chat.stream(count: 10, every: .milliseconds(60))
    chat.wait(.seconds(5))
    chat.stream(count: 10, every: .milliseconds(1))
    chat.close(by: .clientToServer)
    let finding = try expectOne("missed-heartbeat", .error, blame: .unknown, in: chat.recorded)
    #expect(finding.blameDetail == .upstream)
  }

  @Test("a server whose own leg shows the silence is to blame")
  func bothLegs() throws {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc", pingInterval: 2000, pingTimeout: 3000))
    chat.send(.serverToClient, text: SocketIOText.connected(id: "x"))
    chat.wait(.seconds(9))
    chat.send(.clientToServer, bytes: Conversation.wireBytes(of: [.close()], .clientToServer))
    let finding = try expectOne("missed-heartbeat", .error, blame: .server, in: chat.recorded)
    #expect(finding.blameDetail == .eventLoop)
    #expect(finding.connections.count == 2)
  }

  @Test("a ping that comes late is a warning")
  func late() throws {
    var chat = chat()
    chat.heartbeat(after: .seconds(2))
    chat.heartbeat(after: .seconds(6))
    chat.close(code: 1000)
    let finding = try expectOne("missed-heartbeat", .warning, blame: .unknown, in: chat.recorded)
    #expect(finding.until != nil)
  }

  /// A server that stands still for 6 s: one session misses its ping, an answer of another one waits, and so does an upgrade.
  private func freeze(others delay: Interval) -> [RecordedPacket] {
    var chat = chat()
    chat.heartbeat(after: .seconds(2))
    chat.heartbeat(after: .seconds(6))
    chat.close(code: 1000)
    var stream = Conversation(client: .at("10.0.0.3", 50_000))
    stream.handshake()
    stream.upgrade(key: WebSocketKey.all[1])
    stream.open(sid: "stream", pingInterval: 120_000)
    stream.answer(tokens: 5)
    stream.answer(tokens: 5)
    stream.event(.clientToServer, "prompt")
    stream.stream(count: 10)
    let thaw = Conversation.defaultStart + .seconds(8)
    stream.wait(thaw - stream.clock + delay)
    stream.stream(count: 10)
    stream.event(.serverToClient, "done")
    stream.close(code: 1000)
    var late = Conversation(client: .at("10.0.0.4", 50_000), start: Conversation.defaultStart + .seconds(5))
    late.handshake()
    late.requestUpgrade(key: WebSocketKey.all[2])
    late.acceptUpgrade(key: WebSocketKey.all[2], after: thaw - late.clock + delay)
    late.open(sid: "late")
    late.close(code: 1000)
    return (chat.recorded + stream.recorded + late.recorded).sortedByTime()
  }

  @Test("what other sessions waited for while the server stood still is its consequence")
  func frozenServer() throws {
    let finding = try expectOne("missed-heartbeat", .warning, blame: .unknown, in: freeze(others: .milliseconds(20)))
    #expect(Set(finding.explains) == ["stalled-stream", "slow-upgrade"])
    #expect(ids(in: freeze(others: .milliseconds(20))) == ["missed-heartbeat"])
  }

  @Test("what waited on when the server went on has a cause of its own")
  func thawed() {
    #expect(
      Set(ids(in: freeze(others: .seconds(4)))) == ["missed-heartbeat", "stalled-stream", "slow-upgrade"])
  }

  @Test("a client whose TCP acknowledges the ping, and whose page does not answer")
  func frozenClient() throws {
    var chat = chat()
    chat.send(.serverToClient, text: "2", after: .seconds(2))
    chat.close(by: .serverToClient, after: .seconds(3))
    let finding = try expectOne("missed-heartbeat", .error, blame: .client, in: chat.recorded)
    #expect(finding.word("missing") == "client pong")
    #expect(finding.explains == ["error-close"])
    #expect(finding.detail.contains("acknowledged"))
  }

  @Test("a ping that TCP does not acknowledge either")
  func deadPath() throws {
    var chat = chat()
    chat.acknowledgesData = false
    chat.send(.serverToClient, text: "2", after: .seconds(2))
    chat.send(.serverToClient, frame: .close(), after: .seconds(3))
    let finding = try expectOne("missed-heartbeat", .error, blame: .network, in: chat.recorded)
    #expect(finding.word("missing") == "client pong")
  }

  @Test("an Engine.IO 3 client that stops pinging")
  func oldClient() throws {
    var chat = chat(version: 3)
    chat.send(.clientToServer, text: "2", after: .seconds(2))
    chat.send(.serverToClient, text: "3")
    chat.close(by: .serverToClient, after: .seconds(5))
    let finding = try expectOne("missed-heartbeat", .error, blame: .client, in: chat.recorded)
    #expect(finding.word("missing") == "client ping")
  }

  @Test("an Engine.IO 3 server that does not answer a ping")
  func oldServer() throws {
    var chat = chat(version: 3)
    chat.send(.clientToServer, text: "2", after: .seconds(2))
    chat.close(by: .clientToServer, after: .seconds(3))
    let finding = try expectOne("missed-heartbeat", .error, blame: .unknown, in: chat.recorded)
    #expect(finding.word("missing") == "server pong")
  }

  @Test("a poll that is never answered")
  func stuckPoll() throws {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc", pingInterval: 2000, pingTimeout: 3000)
    polls.request("GET", "/socket.io/?EIO=4&transport=polling&sid=abc")
    polls.keepAlive(.clientToServer, after: .seconds(15))
    let all = findings(in: polls.recorded)
    #expect(all.contains { $0.id == "missed-heartbeat" && $0.severity == .error })
  }

  @Test("heartbeats in time, a long idle, and a client that left its polls have no finding")
  func healthy() {
    var chat = chat()
    chat.heartbeats(5, every: .seconds(2))
    chat.heartbeat(after: .seconds(4))
    chat.close(code: 1000, after: .seconds(3))
    #expect(ids(in: chat.recorded).isEmpty)
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc", pingInterval: 2000, pingTimeout: 3000)
    polls.poll(sid: "abc", ["2"], heldFor: .seconds(2))
    polls.post(sid: "abc", ["3"])
    polls.keepAlive(.clientToServer, after: .seconds(30))
    #expect(!ids(in: polls.recorded).contains("missed-heartbeat"))
  }

  @Test("heartbeats that the capture lost are not missing")
  func lost() {
    var chat = chat()
    chat.heartbeat(after: .seconds(2))
    let lost = chat.send(.serverToClient, text: "2", after: .seconds(2))
    chat.drop(lost)
    chat.send(.clientToServer, text: "3")
    chat.heartbeat(after: .seconds(2))
    chat.close(code: 1000)
    #expect(!ids(in: chat.recorded).contains("missed-heartbeat"))
  }

  @Test("what waited behind a hole of the capture, and is told late, was in time")
  func behindHole() {
    var chat = chat()
    chat.heartbeat(after: .seconds(2))
    let lost = chat.event(.serverToClient, "token", "1", after: .milliseconds(1900))
    chat.drop(lost)
    chat.heartbeat(after: .milliseconds(100))
    chat.heartbeats(3, every: .seconds(2))
    chat.close(code: 1000)
    #expect(!ids(in: chat.recorded).contains("missed-heartbeat"))
  }

  @Test("a proxy is to blame only where the server's leg shows the heartbeat", arguments: [true, false])
  func proxy(passesBehind: Bool) throws {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc", pingInterval: 2000, pingTimeout: 3000))
    chat.send(.serverToClient, text: SocketIOText.connected(id: "x"))
    chat.wait(.seconds(2))
    let ping = chat.upstream.send(.serverToClient, text: "2", after: .zero)
    let pong = chat.upstream.send(.clientToServer, text: "3")
    if !passesBehind {
      chat.upstream.drop(ping)
      chat.upstream.drop(pong)
    }
    chat.wait(.seconds(7))
    chat.client.send(.clientToServer, frame: .close())
    chat.client.finish(by: .clientToServer)
    chat.upstream.finish(by: .clientToServer)
    let found = findings(in: chat.recorded).filter { $0.id == "missed-heartbeat" }
    #expect(!found.isEmpty)
    #expect(found.contains { $0.blame == .proxy } == passesBehind)
  }
}
