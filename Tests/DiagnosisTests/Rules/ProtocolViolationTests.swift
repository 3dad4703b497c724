import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct ProtocolViolationTests {
  /// A plain WebSocket, what is sent on it, and a close.
  private func socket(_ body: (inout Conversation) -> Void) -> [RecordedPacket] {
    var socket = Conversation()
    socket.handshake()
    socket.upgrade(target: "/chat")
    socket.send(.clientToServer, text: "hello")
    body(&socket)
    socket.close(code: 1000)
    return socket.recorded
  }

  private func rules(in packets: [RecordedPacket]) -> [String] {
    findings(in: packets).filter { $0.id == "protocol-violation" }.compactMap { $0.word("rule") }
  }

  @Test(
    "frames that break RFC 6455",
    arguments: [
      ("rsv-bits", FrameBuilder(opcode: 1, payload: [0x61]), 2),
      ("reserved-opcode", FrameBuilder(opcode: 3, payload: [0x61]), 0),
      ("control-too-long", FrameBuilder(opcode: 9, payload: Array(repeating: 0x61, count: 126)), 0),
      ("invalid-utf8", FrameBuilder(opcode: 1, payload: [0xff]), 0),
      ("unexpected-continuation", FrameBuilder(opcode: 0, payload: [0x61]), 0),
      ("masked-server-frame", FrameBuilder(opcode: 1, payload: [0x61], maskingKey: 7), 0),
    ] as [(String, FrameBuilder, UInt8)])
  func frames(rule: String, frame: FrameBuilder, reserved: UInt8) throws {
    var frame = frame
    frame.reserved = reserved
    let packets = socket { $0.send(.serverToClient, frame: frame) }
    let finding = try expectOne("protocol-violation", .error, blame: .server, in: packets)
    #expect(finding.word("rule") == rule)
    #expect(finding.word("direction") == "serverToClient")
    #expect(finding.detail.contains("RFC 6455"))
  }

  @Test("a client's frame without a mask")
  func unmasked() throws {
    let packets = socket { $0.send(.clientToServer, bytes: FrameBuilder.text("bare").bytes) }
    let finding = try expectOne("protocol-violation", .error, blame: .client, in: packets)
    #expect(finding.word("rule") == "unmasked-client-frame")
  }

  @Test("repeats are one finding with their count; another rule is another finding")
  func repeats() throws {
    let packets = socket { socket in
      for _ in 0..<3 { socket.send(.serverToClient, frame: FrameBuilder(opcode: 3, payload: [])) }
      socket.send(.serverToClient, frame: FrameBuilder(opcode: 0, payload: [0x61]))
    }
    let all = findings(in: packets)
    #expect(all.map { $0.word("rule") } == ["reserved-opcode", "unexpected-continuation"])
    #expect(all.map(\.count) == [3, 1])
  }

  @Test("a violation that two legs show is one finding with both connections")
  func legs() throws {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.upgrade(target: "/chat")
    chat.send(.serverToClient, bytes: FrameBuilder(opcode: 3, payload: []).bytes)
    let finding = try expectOne("protocol-violation", .error, blame: .server, in: chat.recorded)
    #expect(finding.connections.count == 2)
  }

  @Test("what peers put up with is a notice", arguments: [2999, 5001] as [UInt16])
  func tolerated(code: UInt16) throws {
    var socket = Conversation()
    socket.handshake()
    socket.upgrade(target: "/chat")
    socket.close(by: .serverToClient, code: code)
    let all = findings(in: socket.recorded)
    #expect(all.allSatisfy { $0.severity == .notice })
    #expect(all.contains { $0.id == "protocol-violation" && $0.word("rule") == "close-code-invalid" })
  }

  @Test("legal oddities are no violations")
  func legal() {
    let packets = socket { socket in
      socket.send(.clientToServer, frame: .text("a", isFinal: false))
      socket.send(.clientToServer, frame: .ping())
      socket.send(.clientToServer, frame: .continuation([0x62], isFinal: true))
      socket.send(.serverToClient, frame: .pong([1]))
      socket.send(.serverToClient, frame: .text(""))
      socket.send(.clientToServer, frame: FrameBuilder.text("zero").masked(with: 0))
    }
    #expect(ids(in: packets).isEmpty)
  }

  // MARK: Engine.IO and Socket.IO

  @Test(
    "packets that break Engine.IO or Socket.IO, upon which the server closes without a code",
    arguments: [
      ("2", "engineio-heartbeat-direction"), ("xyz", "engineio-packet-type"), ("49", "socketio-packet"),
      ("42{}", "socketio-payload-not-array"), ("42[]", "socketio-missing-event-name"),
      ("42[\"disconnect\"]", "socketio-reserved-event-name"), ("42[\"a\",", "socketio-unterminated-payload"),
    ])
  func packets(text: String, rule: String) throws {
    var chat = Conversation.chat()
    chat.send(.clientToServer, text: text)
    chat.close(by: .serverToClient)
    let finding = try expectOne("protocol-violation", .error, blame: .client, in: chat.recorded)
    #expect(finding.word("rule") == rule)
    #expect(finding.explains == ["error-close"])
  }

  @Test("an event before its CONNECT, upon which the server closes")
  func notConnected() throws {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    chat.event(.clientToServer, "prompt")
    chat.close(by: .serverToClient)
    let all = findings(in: chat.recorded)
    #expect(all.contains { $0.word("rule") == "socketio-not-connected" })
  }

  @Test("probes in both directions, and an Engine.IO 3 client's pings, are legal")
  func heartbeats() {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade(target: "/socket.io/?EIO=3&transport=websocket")
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    chat.send(.serverToClient, text: "40")
    for _ in 0..<3 {
      chat.send(.clientToServer, text: "2", after: .seconds(25))
      chat.send(.serverToClient, text: "3")
    }
    chat.close(code: 1000)
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("an application that speaks Engine.IO alone is not held to Socket.IO")
  func engineAlone() {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade(target: "/engine.io/?EIO=4&transport=websocket")
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    for _ in 0..<3 {
      chat.send(.clientToServer, text: "4hello")
      chat.send(.serverToClient, text: "4world")
    }
    chat.close(code: 1000)
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("a long-polling body that breaks its format")
  func payload() throws {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    polls.request("GET", "/socket.io/?EIO=3&transport=polling&sid=abc")
    polls.respond(200, body: Array("99:4".utf8))
    let rules = rules(in: polls.recorded)
    #expect(rules == ["engineio-payload"])
  }

  @Test("a Socket.IO 2 server answers a later client's CONNECT without an id, and no heartbeat follows")
  func oldServer() throws {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    chat.send(.serverToClient, text: "40")
    chat.send(.clientToServer, text: "40")
    chat.close(after: .seconds(45))
    let finding = try expectOne("protocol-violation", .error, blame: .server, in: chat.recorded)
    #expect(finding.word("rule") == "socketio-connect-without-sid")
    #expect(finding.explains.contains("missed-heartbeat"))
    #expect(ids(in: chat.recorded) == ["protocol-violation"])
  }

  @Test(
    "a long-polling body in the format of Engine.IO 3 on a request that says 4",
    arguments: [Direction.clientToServer, .serverToClient])
  func oldBody(direction: Direction) throws {
    let plain: HTTPText.Fields = [("Content-Type", "text/plain; charset=UTF-8")]
    var polls = Conversation()
    polls.handshake()
    if direction == .serverToClient {
      let open = SocketIOText.open(sid: "abc", upgrades: ["websocket"])
      polls.request("GET", "/socket.io/?EIO=4&transport=polling")
      polls.respond(200, fields: plain, body: Array("\(open.utf8.count):\(open)2:40".utf8))
    } else {
      polls.openPolling(sid: "abc")
      polls.request("POST", "/socket.io/?EIO=4&transport=polling&sid=abc", fields: plain, body: Array("2:40".utf8))
      polls.respond(200, body: Array("ok".utf8))
      polls.request("GET", "/socket.io/?EIO=4&transport=polling&sid=abc")
      polls.respond(400, body: Array(#"{"code":1,"message":"Session ID unknown"}"#.utf8))
    }
    let finding = try expectOne(
      "protocol-violation", .error, blame: direction == .clientToServer ? .client : .server, in: polls.recorded)
    #expect(finding.word("rule") == "engineio-payload-revision")
    #expect(ids(in: polls.recorded) == ["protocol-violation"])
  }
}
