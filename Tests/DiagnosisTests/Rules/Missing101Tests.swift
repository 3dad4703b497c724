import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct Missing101Tests {
  /// An upgrade request and what follows.
  private func attempt(_ rest: (inout Conversation) -> Void) -> [RecordedPacket] {
    var chat = Conversation()
    chat.handshake()
    chat.requestUpgrade()
    rest(&chat)
    return chat.recorded
  }

  @Test(
    "another status is a refusal, and who sent it has to act",
    arguments: [
      (404, "nginx/1.25.3", Blame.proxy), (404, nil, .server), (401, nil, .server), (403, "nginx", .proxy),
      (502, "nginx", .server), (504, "nginx", .server), (200, nil, .server), (302, nil, .server),
    ] as [(Int, String?, Blame)])
  func refused(status: Int, server: String?, blame: Blame) throws {
    let packets = attempt { chat in
      chat.respond(status, fields: server.map { [("Server", $0)] } ?? [], body: Array("<h1>no</h1>".utf8))
      chat.finish(by: .serverToClient)
    }
    let finding = try expectOne("missing-101", .error, blame: blame, packets: [4, 6], in: packets)
    #expect(finding.word("reason") == "refused")
    #expect(finding.measure("status") == Double(status))
    #expect(finding.word("server") == server)
    #expect(finding.title.contains("\(status)"))
  }

  @Test(
    "a 400 has the remedy of its message, which stands in the title",
    arguments: [
      ("Transport unknown", "transport=websocket"), ("Missing or invalid Sec-WebSocket-Key header", "openssl"),
      ("Unsupported protocol version", "allowEIO3"), ("origin not allowed", "allowRequest"),
    ])
  func badRequest(message: String, remedy: String) throws {
    let packets = attempt { $0.respond(400, body: Array(message.utf8)) }
    let finding = try expectOne("missing-101", .error, blame: .server, packets: [4, 6], in: packets)
    #expect(finding.title.contains("`\(message)`") && finding.remedy.contains(remedy))
  }

  @Test("of an HTML page the title is told")
  func page() throws {
    let body = "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n</html>"
    let packets = attempt { $0.respond(504, body: Array(body.utf8)) }
    let finding = try expectOne("missing-101", .error, blame: .server, in: packets)
    #expect(finding.detail.contains("an HTML page, `504 Gateway Time-out`."))
  }

  @Test("a refusal whose body never ends is a refusal")
  func unfinishedBody() throws {
    let packets = attempt { chat in
      chat.send(.serverToClient, bytes: Array("HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\nhalf".utf8))
    }
    let finding = try expectOne("missing-101", .error, blame: .server, packets: [4], in: packets)
    #expect(finding.measure("status") == 404)
  }

  @Test(
    "a server that closes or resets without an answer",
    arguments: [
      ("closed", Blame.server), ("reset", .unknown),
    ])
  func ended(reason: String, blame: Blame) throws {
    let packets = attempt { chat in
      if reason == "reset" {
        chat.reset(by: .serverToClient, after: .milliseconds(20))
      } else {
        chat.halfClose(.serverToClient, after: .seconds(1))
      }
    }
    let finding = try expectOne("missing-101", .error, blame: blame, packets: [4, 6], in: packets)
    #expect(finding.word("reason") == reason)
  }

  @Test("a client that waited in vain for 12 s, whether it gave up or the capture ended", arguments: [false, true])
  func noResponse(givesUp: Bool) throws {
    let packets = attempt { chat in
      if givesUp { chat.finish(after: .seconds(12)) } else { chat.keepAlive(.clientToServer, after: .seconds(12)) }
    }
    let finding = try expectOne("missing-101", .error, blame: .server, packets: [4], in: packets)
    #expect(finding.word("reason") == "no-response")
    #expect((finding.measure("waited") ?? 0) >= 12)
    #expect(finding.measure("threshold") == 2)
  }

  @Test("an upgrade that waits for 5 s when the capture ends is a warning")
  func slow() throws {
    let packets = attempt { $0.keepAlive(.clientToServer, after: .seconds(5)) }
    _ = try expectOne("missing-101", .warning, blame: .server, packets: [4], in: packets)
  }

  @Test("repeats of one failure are one finding")
  func repeats() throws {
    let packets = (0..<3).flatMap { index in
      var chat = Conversation(
        client: .at("10.0.0.2", 50_000 + UInt16(index)), start: Conversation.defaultStart + .seconds(Double(index)))
      chat.handshake()
      chat.requestUpgrade(key: WebSocketKey.all[index])
      chat.respond(404, body: [])
      return chat.recorded
    }
    let finding = try expectOne("missing-101", .error, blame: .server, in: packets)
    #expect(finding.count == 3)
    #expect(Set(finding.connections).count == 3)
  }

  @Test("both legs of one attempt are one finding, the client's leg first")
  func twoLegs() throws {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.send(.clientToServer, bytes: WebSocketHandshake.request("/socket.io/?EIO=4&transport=websocket"))
    chat.wait(.seconds(60))
    chat.client.respond(504, fields: [("Server", "nginx")], body: Array("<h1>504</h1>".utf8))
    chat.upstream.finish()
    let finding = try expectOne("missing-101", .error, blame: .server, in: chat.recorded)
    #expect(finding.connections.count == 2)
    #expect(finding.endpoints?.client == chat.client.client)
    #expect(finding.count == 1)
    #expect(finding.detail.contains("Behind it 10.0.0.20:8080 had not answered in 60.0 s"))
  }

  @Test("a 502 says how the server behind the proxy ended the request")
  func badGateway() throws {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.send(.clientToServer, bytes: WebSocketHandshake.request("/socket.io/?EIO=4&transport=websocket"))
    chat.upstream.finish(by: .serverToClient)
    chat.wait(.milliseconds(1))
    chat.client.respond(502, fields: [("Server", "nginx")], body: Array("<h1>502</h1>".utf8))
    let finding = try expectOne("missing-101", .error, blame: .server, in: chat.recorded)
    #expect(finding.detail.contains("Behind it 10.0.0.20:8080 had closed the connection without an answer"))
  }

  @Test("an upgrade that is pending when the capture ends has not failed")
  func pending() {
    #expect(ids(in: attempt { $0.wait(.milliseconds(1)) }).isEmpty)
    #expect(ids(in: attempt { $0.keepAlive(.clientToServer, after: .seconds(1)) }).isEmpty)
  }

  @Test("a client that closes the tab before the answer is no fault", arguments: [false, true])
  func closedTab(resets: Bool) {
    let packets = attempt { chat in
      if resets {
        chat.reset(by: .clientToServer, after: .milliseconds(300))
      } else {
        chat.finish(by: .clientToServer, after: .milliseconds(300))
      }
    }
    #expect(ids(in: packets).isEmpty)
  }

  @Test("a 101 that the capture lost is no missing 101: the client acknowledges it and goes on")
  func lostAnswer() {
    let packets = attempt { chat in
      chat.drop(chat.acceptUpgrade())
      chat.open(sid: "abc")
      chat.answer()
      chat.finish(after: .seconds(15))
    }
    let found = ids(in: packets)
    #expect(!found.contains("missing-101"))
    #expect(found.contains("capture-gap"))
  }

  @Test("a late 101 is not a missing one")
  func late() {
    #expect(!ids(in: attempt { $0.acceptUpgrade(after: .seconds(8)) }).contains("missing-101"))
  }

  @Test("a refused long-polling request is no refused upgrade")
  func polling() {
    var chat = Conversation()
    chat.handshake()
    chat.request("GET", "/socket.io/?EIO=4&transport=polling")
    chat.respond(404, body: [])
    #expect(!ids(in: chat.recorded).contains("missing-101"))
  }

  /// The same client's next try, which gets its 101.
  private func next(after packets: [RecordedPacket], pause: Interval) -> [RecordedPacket] {
    var chat = Conversation.chat(
      port: 50_001, start: (packets.last?.time ?? Conversation.defaultStart) + pause)
    chat.answer()
    return packets + chat.recorded
  }

  @Test("a 401 that is followed by credentials is a login", arguments: [(1.0, true), (60, false)])
  func login(pause: Double, isLogin: Bool) {
    let refused = attempt { chat in
      chat.respond(401, fields: [("WWW-Authenticate", "Basic")])
      chat.finish(by: .serverToClient)
    }
    #expect(ids(in: next(after: refused, pause: .seconds(pause))) == (isLogin ? [] : ["missing-101"]))
  }

  @Test("a single bad gateway, as a deployment makes, is a warning where the next try gets in")
  func deployment() throws {
    let refused = attempt { $0.respond(502, fields: [("Server", "nginx")]) }
    let finding = try expectOne(
      "missing-101", .warning, blame: .server, in: next(after: refused, pause: .seconds(2)))
    #expect(finding.detail.contains("got its 101"))
  }

  @Test("a client that only tries WebSocket has nothing to fall back to", arguments: [true, false])
  func fallback(polls: Bool) throws {
    var packets: [RecordedPacket] = []
    for index in 0..<3 {
      var chat = Conversation(
        client: .at("10.0.0.2", UInt16(50_000 + index)), start: Conversation.defaultStart + .seconds(Double(index) * 20)
      )
      chat.handshake()
      chat.requestUpgrade()
      chat.respond(404)
      chat.finish()
      if polls {
        var page = Conversation(client: .at("10.0.0.2", UInt16(51_000 + index)), start: chat.clock)
        page.handshake()
        page.openPolling(sid: "s\(index)")
        packets += page.recorded
      }
      packets += chat.recorded
    }
    let finding = try #require(findings(in: packets.sortedByTime()).first { $0.id == "missing-101" })
    #expect(finding.count == 3)
    #expect(finding.word("fallback") == (polls ? nil : "none"))
  }
}
