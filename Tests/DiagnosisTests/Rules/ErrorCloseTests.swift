import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct ErrorCloseTests {
  private func closed(_ code: UInt16?, _ reason: String = "", by direction: Direction = .serverToClient)
    -> [RecordedPacket]
  {
    var chat = Conversation.chat()
    chat.answer()
    chat.close(by: direction, code: code, reason: reason, after: .seconds(1))
    return chat.recorded
  }

  @Test(
    "codes that name an error",
    arguments: [
      (1002, Severity.error, Blame.client), (1003, .error, .client), (1007, .error, .client),
      (1008, .error, .server), (1010, .error, .server), (1011, .error, .server), (1012, .warning, .server),
      (1013, .warning, .server), (1014, .error, .server), (3000, .warning, .server), (4401, .warning, .server),
    ] as [(UInt16, Severity, Blame)])
  func codes(code: UInt16, severity: Severity, blame: Blame) throws {
    let finding = try expectOne("error-close", severity, blame: blame, in: closed(code, "because"))
    #expect(finding.measure("code") == Double(code))
    #expect(finding.word("reason") == "because")
    #expect(finding.word("closedBy") == "server")
  }

  @Test("a Close frame that nobody answers is told as such", arguments: [true, false])
  func answered(isAnswered: Bool) throws {
    var chat = Conversation.chat()
    chat.send(.serverToClient, frame: .close(1011), after: .seconds(1))
    if isAnswered { chat.send(.clientToServer, frame: .close(1011)) }
    chat.finish(by: .serverToClient, after: .seconds(30))
    let finding = try expectOne("error-close", .error, blame: .server, in: chat.recorded)
    #expect(finding.evidence.contains { $0.name == "answered" && $0.value == .flag(isAnswered) })
  }

  @Test("goodbyes have no finding", arguments: [1000, 1001] as [UInt16], [Direction.clientToServer, .serverToClient])
  func goodbyes(code: UInt16, direction: Direction) {
    #expect(ids(in: closed(code, by: direction)).isEmpty)
  }

  @Test("a client that closes without a code has no finding")
  func clientLeaves() {
    #expect(ids(in: closed(nil, by: .clientToServer)).isEmpty)
  }

  @Test("a server that closes without a code, and nothing tells why, is a notice")
  func unknown() throws {
    _ = try expectOne("error-close", .notice, blame: .server, in: closed(nil))
  }

  @Test("an empty Close after a Socket.IO disconnect has no finding")
  func disconnect() {
    var chat = Conversation.chat()
    chat.answer()
    chat.send(.serverToClient, text: "41")
    chat.close(by: .serverToClient)
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("an empty Close of a session that never sent CONNECT")
  func neverConnected() throws {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc", pingInterval: 60_000))
    chat.close(by: .serverToClient, after: .seconds(45))
    let finding = try expectOne("error-close", .error, blame: .client, in: chat.recorded)
    #expect(finding.word("cause") == "never-connected")
  }

  @Test("closes of several sockets with the same words are one finding")
  func repeats() throws {
    var packets: [RecordedPacket] = []
    for index in 0..<3 {
      var chat = Conversation(client: .at("10.0.0.2", 50_000 + UInt16(index)))
      chat.handshake()
      chat.upgrade(key: WebSocketKey.all[index])
      chat.open(sid: "sid\(index)")
      chat.close(by: .serverToClient, code: 1011, reason: "boom")
      packets += chat.recorded
    }
    let finding = try expectOne("error-close", .error, blame: .server, in: packets.sortedByTime())
    #expect(finding.count == 3)
    #expect(finding.connections.count == 3)
  }

  @Test("a client that leaves with a code of its own, as GraphQL clients do, is a notice; a server's is a warning")
  func ownCode() {
    for (direction, severity) in [(Direction.clientToServer, Severity.notice), (.serverToClient, .warning)] {
      var socket = Conversation()
      socket.handshake()
      socket.upgrade(target: "/graphql", subprotocol: "graphql-transport-ws")
      socket.send(.clientToServer, text: "{}")
      socket.close(by: direction, code: 4499, reason: "Terminated")
      #expect(findings(in: socket.recorded).map(\.severity) == [severity])
    }
  }
}
