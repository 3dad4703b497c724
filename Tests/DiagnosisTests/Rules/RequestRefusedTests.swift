import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct RequestRefusedTests {
  private func refused(_ status: Int, _ target: String, body: String = "no", times: Int = 1) -> [RecordedPacket] {
    var chat = Conversation()
    chat.handshake()
    for _ in 0..<times {
      chat.request("GET", target)
      chat.respond(status, body: Array(body.utf8))
    }
    return chat.recorded
  }

  @Test(
    "polls that are refused for one reason are one finding",
    arguments: [
      (404, Blame.unknown), (403, .unknown), (502, .server), (504, .server),
    ])
  func fires(status: Int, blame: Blame) throws {
    let packets = refused(status, "/socket.io/?EIO=4&transport=polling", times: 3)
    let finding = try expectOne("request-refused", .error, blame: blame, packets: [4, 6, 8, 10, 12, 14], in: packets)
    #expect(finding.count == 3)
    #expect(finding.measure("status") == Double(status))
    #expect(finding.measure("threshold") == 400)
    #expect(ids(in: packets) == ["request-refused"])
  }

  @Test("polls that fail hide a WebSocket that was never tried, and none that was")
  func hidesWebSocket() throws {
    let target = "/socket.io/?EIO=4&transport=polling"
    let polls = refused(404, target, times: 3)
    #expect(try expectOne("request-refused", .error, blame: .unknown, in: polls).detail.contains("never tried"))
    var socket = Conversation(client: .at("10.0.0.2", 50_001))
    socket.handshake()
    socket.upgrade()
    for packets in [refused(404, target, times: 2), (polls + socket.recorded).sortedByTime()] {
      #expect(try !expectOne("request-refused", .error, blame: .unknown, in: packets).detail.contains("never tried"))
    }
  }

  @Test("an error on a page that is not Socket.IO's, and a poll that is answered, are not refused requests")
  func nearMisses() {
    #expect(!ids(in: refused(404, "/favicon.ico")).contains("request-refused"))
    #expect(ids(in: refused(200, "/socket.io/?EIO=4&transport=polling", body: "6")).isEmpty)
    #expect(!ids(in: refused(304, "/app.js")).contains("request-refused"))
  }
}

@Suite struct RefusalCauseTests {
  private let target = "/socket.io/?EIO=4&transport=polling&sid=abc"

  private func polls(_ body: (inout Conversation) -> Void) -> Conversation {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    body(&polls)
    return polls
  }

  @Test(
    "a poll that a cache answers",
    arguments: [(304, []), (200, [("Age", "12")]), (200, [("X-Cache", "HIT from edge")])] as [(Int, [(String, String)])]
  )
  func cached(status: Int, fields: [(String, String)]) throws {
    let polls = polls { polls in
      polls.request("GET", target)
      polls.respond(status, fields: fields, body: status == 200 ? Array("6".utf8) : nil)
    }
    let finding = try expectOne("request-refused", .error, blame: .proxy, in: polls.recorded)
    #expect(finding.word("cause") == "cached-answer")
  }

  @Test("a handshake that a cache gives to a second client, with the session of the first")
  func cachedHandshake() throws {
    let first = polls { $0.poll(sid: "abc", ["6"]) }
    var second = Conversation(client: .at("10.0.0.3", 50_000), start: first.clock)
    second.handshake(after: .seconds(1))
    second.openPolling(sid: "abc")
    let finding = try expectOne(
      "request-refused", .error, blame: .proxy, in: (first.recorded + second.recorded).sortedByTime())
    #expect(finding.word("cause") == "cached-answer")
    var other = Conversation(client: .at("10.0.0.3", 50_000), start: first.clock)
    other.handshake(after: .seconds(1))
    other.openPolling(sid: "def")
    #expect(ids(in: (first.recorded + other.recorded).sortedByTime()).isEmpty)
  }

  @Test("a poll that its client ends before the answer, as a page does that is left, is no refusal")
  func aborted() {
    let polls = polls { polls in
      polls.request("GET", target)
      polls.reset(by: .clientToServer, after: .seconds(3))
    }
    #expect(ids(in: polls.recorded).isEmpty)
  }

  @Test("a second poll while the first waits")
  func overlapping() throws {
    let first = polls { $0.request("GET", target) }
    var second = Conversation(client: .at("10.0.0.2", 50_001), start: first.clock)
    second.handshake(after: .seconds(1))
    second.request("GET", target)
    second.respond(400)
    let finding = try expectOne(
      "request-refused", .error, blame: .client, in: (first.recorded + second.recorded).sortedByTime())
    #expect(finding.word("cause") == "overlapping-polls")
  }

  @Test("a request on a connection that the server closes in that moment, and one that it closed long after")
  func keepAlive() throws {
    let race = polls { polls in
      polls.request("POST", target, body: Array("40".utf8), after: .seconds(5))
      polls.reset(by: .serverToClient)
    }
    let finding = try expectOne("request-refused", .warning, blame: .server, in: race.recorded)
    #expect(finding.word("cause") == "keep-alive-race")
    let death = polls { polls in
      polls.request("POST", target, body: Array("40".utf8))
      polls.reset(by: .serverToClient, after: .seconds(2))
    }
    #expect(!ids(in: death.recorded).contains("request-refused"))
  }

  @Test(
    "a poll that a proxy gives up is cut before the ping had to answer it; later the server is at fault",
    arguments: [(10.0, Blame.proxy), (40, .server)])
  func cut(seconds: Double, blame: Blame) throws {
    let polls = polls { polls in
      polls.request("GET", target)
      polls.respond(504, after: .seconds(seconds))
    }
    let finding = try expectOne("request-refused", .error, blame: blame, in: polls.recorded)
    #expect(finding.word("cause") == (blame == .proxy ? "cut-by-proxy" : nil))
  }

  @Test(
    "the 502 with which a proxy passes it on is the same fault, another 502 is not", arguments: [5.0, 300])
  func badGateway(after milliseconds: Double) throws {
    var front = Conversation()
    front.handshake()
    front.openPolling(sid: "abc")
    var back = Conversation(client: .at("10.0.0.10", 40_000), server: .at("10.0.0.20", 8080))
    back.handshake()
    back.openPolling(sid: "abc")
    front.request("POST", target, body: Array("40".utf8), after: .seconds(5))
    back.request("POST", target, body: Array("40".utf8), after: .seconds(5))
    back.reset(by: .serverToClient)
    front.respond(502, body: [], after: .milliseconds(Int64(milliseconds)))
    if milliseconds > 100 {
      front.request("POST", target, body: Array("40".utf8), after: .seconds(3))
      front.respond(502)
    }
    let found = findings(in: (front.recorded + back.recorded).sortedByTime())
    #expect(found.filter { $0.id == "request-refused" }.count == (milliseconds > 100 ? 2 : 1))
    let race = try #require(found.first { $0.word("cause") == "keep-alive-race" })
    #expect(race.detail.contains("The proxy answered 502") == (milliseconds < 100))
  }

  @Test("a client of another protocol version")
  func version() throws {
    let polls = polls { polls in
      polls.request("GET", "/socket.io/?EIO=3&transport=polling")
      polls.respond(400, body: Array(#"{"code":5,"message":"Unsupported protocol version"}"#.utf8))
    }
    let finding = try expectOne("request-refused", .error, blame: .client, in: polls.recorded)
    #expect(finding.word("cause") == "protocol-version")
  }
}

@Suite struct RefusalPrecedenceTests {
  @Test(
    "polls and upgrades that are refused alike have one cause",
    arguments: [(404, 404, true), (403, 403, true), (404, 401, false)])
  func alike(poll: Int, upgrade: Int, isOne: Bool) {
    var chat = Conversation()
    chat.handshake()
    chat.request("GET", "/ws/?EIO=4&transport=polling")
    chat.respond(poll)
    var socket = Conversation(client: .at("10.0.0.2", 50_001), start: chat.clock)
    socket.handshake()
    socket.requestUpgrade(target: "/ws/?EIO=4&transport=websocket")
    socket.respond(upgrade)
    let found = findings(in: (chat.recorded + socket.recorded).sortedByTime())
    #expect(Set(found.map(\.id)) == (isOne ? ["request-refused"] : ["request-refused", "missing-101"]))
    #expect(found.first { $0.id == "request-refused" }?.connections.count == (isOne ? 2 : 1))
  }
}
