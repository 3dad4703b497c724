import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct InvalidHandshakeTests {
  private let target = "/socket.io/?EIO=4&transport=websocket"

  /// A plain WebSocket whose handshake has the given fields, and what follows.
  private func socket(
    request: HTTPText.Fields = [], answer: HTTPText.Fields, key: String = WebSocketKey.example.key,
    _ rest: (inout Conversation) -> Void
  ) -> [RecordedPacket] {
    var socket = Conversation()
    socket.handshake()
    let upgrade: HTTPText.Fields = [("Upgrade", "websocket"), ("Connection", "Upgrade")]
    socket.request(
      "GET", "/chat", fields: upgrade + [("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", key)] + request)
    socket.respond(101, fields: upgrade + answer)
    rest(&socket)
    return socket.recorded
  }

  private let accept = ("Sec-WebSocket-Accept", WebSocketKey.example.accept)

  @Test("a 101 that answers another key, upon which the client leaves")
  func wrongAccept() throws {
    let packets = socket(answer: [("Sec-WebSocket-Accept", WebSocketKey.all[1].accept)]) {
      $0.finish(by: .clientToServer)
    }
    let finding = try expectOne("invalid-handshake", .error, blame: .unknown, in: packets)
    #expect(finding.word("rule") == "accept-wrong")
    #expect(finding.word("got") == WebSocketKey.all[1].accept)
    #expect(finding.word("expected") == WebSocketKey.example.accept)
  }

  @Test("it explains that the session stays on long-polling, and the end without a Close frame")
  func explains() throws {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    var socket = Conversation(client: .at("10.0.0.2", 50_001), start: polls.clock)
    socket.handshake()
    socket.requestUpgrade(target: target + "&sid=abc")
    socket.acceptUpgrade(key: WebSocketKey.all[1])
    socket.finish(by: .clientToServer)
    polls.poll(sid: "abc", ["2"], heldFor: .seconds(6))
    let all = findings(in: (polls.recorded + socket.recorded).sortedByTime())
    #expect(all.map(\.id) == ["invalid-handshake"])
    #expect(all.first?.explains == ["polling-only"])
  }

  @Test(
    "each field of the answer",
    arguments: [
      ([], [], "accept-missing"),
      ([("Sec-WebSocket-Protocol", "chat")], [], "subprotocol-not-chosen"),
      ([("Sec-WebSocket-Protocol", "chat")], [("Sec-WebSocket-Protocol", "other")], "subprotocol-not-offered"),
      ([], [("Sec-WebSocket-Extensions", "permessage-deflate")], "extension-not-offered"),
      (
        [("Sec-WebSocket-Extensions", "permessage-deflate")],
        [("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=10")], "deflate-parameter"
      ),
    ] as [([(String, String)], [(String, String)], String)])
  func fields(request: [(String, String)], answer: [(String, String)], rule: String) throws {
    let fields = rule == "accept-missing" ? answer : answer + [accept]
    let packets = socket(request: request, answer: fields) { $0.finish(by: .clientToServer) }
    let finding = try expectOne("invalid-handshake", .error, blame: .unknown, in: packets)
    #expect(finding.word("rule") == rule)
  }

  @Test("a flaw that both sides put up with is a notice")
  func tolerated() throws {
    let packets = socket(answer: []) { socket in
      socket.send(.clientToServer, text: "hello")
      socket.close(code: 1000)
    }
    let finding = try expectOne("invalid-handshake", .notice, blame: .unknown, in: packets)
    #expect(finding.word("rule") == "accept-missing")
  }

  @Test("a key that is refused explains the missing 101")
  func refusedKey() throws {
    var socket = Conversation()
    socket.handshake()
    socket.request(
      "GET", target,
      fields: [
        ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "test"),
      ])
    socket.respond(400, body: Array("Missing or invalid Sec-WebSocket-Key header".utf8))
    let finding = try expectOne("invalid-handshake", .error, blame: .client, in: socket.recorded)
    #expect(finding.explains == ["missing-101"])
    #expect(finding.word("rule") == "key-invalid")
  }

  @Test("a proxy that changes the answer is found by the leg behind it")
  func changedByProxy() throws {
    var chat = ProxiedConversation()
    chat.handshake()
    let request = WebSocketHandshake.request(target)
    chat.send(.clientToServer, bytes: request)
    chat.upstream.acceptUpgrade()
    chat.client.clock = chat.upstream.clock + .milliseconds(1)
    chat.client.acceptUpgrade(key: WebSocketKey.all[2])
    chat.client.finish(by: .clientToServer)
    let finding = try expectOne("invalid-handshake", .error, blame: .proxy, in: chat.recorded)
    #expect(finding.remedy.contains("10.0.0.10"))
  }

  @Test("an Engine.IO 3 client at a server without allowEIO3 gets HTTP behind its 101")
  func oldClient() throws {
    var socket = Conversation()
    socket.handshake()
    socket.upgrade(target: "/socket.io/?EIO=3&transport=websocket")
    let body = Array("Unsupported protocol version".utf8)
    socket.respond(400, fields: [("Connection", "close"), ("Content-Type", "text/html")], body: body)
    socket.finish(by: .serverToClient)
    let finding = try expectOne("invalid-handshake", .error, blame: .client, in: socket.recorded)
    #expect(finding.remedy.contains("allowEIO3"))
    #expect(finding.explains == ["abnormal-close"])
  }

  @Test("a good handshake, with tokens in any case, has no finding")
  func healthy() {
    let packets = socket(
      request: [("Sec-WebSocket-Protocol", "chat, other"), ("Sec-WebSocket-Extensions", "permessage-deflate")],
      answer: [accept, ("Sec-WebSocket-Protocol", "other"), ("Sec-WebSocket-Extensions", "permessage-deflate")]
    ) { $0.close(code: 1000) }
    #expect(ids(in: packets).isEmpty)
  }
}
