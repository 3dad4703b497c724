import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct PollingOnlyTests {
  /// A session that opens on long-polling and polls for a while.
  private func polls(_ seconds: Int, upgrades: Bool = true) -> Conversation {
    var polls = Conversation()
    polls.handshake()
    if upgrades {
      polls.openPolling(sid: "abc")
    } else {
      polls.request("GET", "/socket.io/?EIO=4&transport=polling")
      polls.respond(200, body: SocketIOText.payload([SocketIOText.open(sid: "abc")]))
    }
    polls.post(sid: "abc", [SocketIOText.connect()])
    for _ in 0..<seconds { polls.poll(sid: "abc", [SocketIOText.event("tick")], heldFor: .seconds(1)) }
    return polls
  }

  @Test("a session that never tries to upgrade is a notice")
  func neverTried() throws {
    let finding = try expectOne("polling-only", .notice, blame: .client, in: polls(8).recorded)
    #expect(finding.measure("attempts") == 0)
    #expect(finding.measure("threshold") == 5)
    #expect((finding.measure("lasted") ?? 0) > 7)
    #expect(finding.sid == "abc")
  }

  @Test("a session to which no upgrade is offered is a notice about the server")
  func notOffered() throws {
    let finding = try expectOne("polling-only", .notice, blame: .server, in: polls(8, upgrades: false).recorded)
    #expect(finding.confidence == .certain)
    #expect(finding.title.contains("offers no upgrade"))
    #expect(finding.remedy.contains("allowUpgrades"))
  }

  @Test("a stream that costs a request for each message is told with it, a slow one is not")
  func storm() throws {
    var fast = polls(6)
    for _ in 0..<80 { fast.poll(sid: "abc", [SocketIOText.event("token")], heldFor: .milliseconds(50)) }
    let finding = try expectOne("polling-only", .notice, blame: .client, in: fast.recorded)
    #expect((finding.measure("pollsPerSecond") ?? 0) > 15)
    #expect(finding.detail.contains("times a second"))
    #expect(finding.endpoints?.server == fast.server)
    let slow = try expectOne("polling-only", .notice, blame: .client, in: polls(8).recorded)
    #expect(slow.measure("pollsPerSecond") == nil)
  }

  @Test("a failed upgrade explains that the session stays on long-polling")
  func failed() throws {
    var socket = Conversation(client: .at("10.0.0.2", 50_001), start: Conversation.defaultStart + .milliseconds(50))
    socket.handshake()
    socket.requestUpgrade(target: "/socket.io/?EIO=4&transport=websocket&sid=abc")
    socket.reset(by: .serverToClient)
    let packets = (polls(8).recorded + socket.recorded).sortedByTime()
    let cause = try expectOne("missing-101", .error, blame: .unknown, in: packets)
    #expect(cause.explains == ["polling-only"])
    #expect(ids(in: packets) == ["missing-101"])
  }

  @Test("a short session, one that was opened on its WebSocket, and one that upgraded")
  func nearMisses() {
    #expect(ids(in: polls(3).recorded).isEmpty)
    #expect(ids(in: polls(3, upgrades: false).recorded).isEmpty)
    var direct = Conversation.chat()
    direct.heartbeat(after: .seconds(20))
    #expect(ids(in: direct.recorded).isEmpty)
    var socket = Conversation(client: .at("10.0.0.2", 50_001), start: Conversation.defaultStart + .milliseconds(50))
    socket.handshake()
    socket.upgrade(target: "/socket.io/?EIO=4&transport=websocket&sid=abc")
    socket.probe()
    #expect(ids(in: (polls(8).recorded + socket.recorded).sortedByTime()).isEmpty)
  }
}

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

@Suite struct SessionUnknownTests {
  private static let answer = Array(#"{"code":1,"message":"Session ID unknown"}"#.utf8)

  @Test("a server that does not know the session")
  func fires() throws {
    var chat = Conversation()
    chat.handshake()
    for _ in 0..<2 {
      chat.request("GET", "/socket.io/?EIO=4&transport=polling&sid=gone")
      chat.respond(400, body: Self.answer)
    }
    let finding = try expectOne(
      "session-unknown", .warning, blame: .unknown, packets: [4, 6, 8, 10], in: chat.recorded)
    #expect(finding.count == 2)
    #expect(finding.confidence == .possible)
    #expect(ids(in: chat.recorded) == ["session-unknown"])
  }

  @Test("one that was opened a moment before is an error, whoever lost it")
  func openedHere() throws {
    var chat = Conversation()
    chat.handshake()
    chat.openPolling(sid: "abc")
    chat.request("GET", "/socket.io/?EIO=4&transport=polling&sid=abc")
    chat.respond(400, body: Self.answer)
    _ = try expectOne("session-unknown", .error, blame: .unknown, in: chat.recorded)
  }

  @Test("one that was opened longer ago than its timeouts may be gone with a restart")
  func old() throws {
    var chat = Conversation()
    chat.handshake()
    chat.openPolling(sid: "abc")
    for _ in 0..<3 { chat.poll(sid: "abc", ["2"], heldFor: .seconds(20)) }
    chat.request("GET", "/socket.io/?EIO=4&transport=polling&sid=abc")
    chat.respond(400, body: Self.answer)
    let finding = try expectOne("session-unknown", .warning, blame: .unknown, in: chat.recorded)
    #expect(finding.detail.contains("opened long before"))
  }

  @Test("one whose end was seen is rightly unknown")
  func over() {
    var chat = Conversation()
    chat.handshake()
    chat.openPolling(sid: "abc")
    chat.poll(sid: "abc", ["1"])
    chat.request("GET", "/socket.io/?EIO=4&transport=polling&sid=abc")
    chat.respond(400, body: Self.answer)
    #expect(!ids(in: chat.recorded).contains("session-unknown"))
  }

  @Test("one that the server ended for a fault is unknown because of that")
  func ended() throws {
    var chat = Conversation()
    chat.handshake()
    chat.openPolling(sid: "abc")
    let target = "/socket.io/?EIO=4&transport=polling&sid=abc"
    chat.request("POST", target, body: Array(repeating: 0x34, count: 2000))
    chat.respond(413, body: [])
    chat.request("GET", target)
    chat.respond(400, body: Self.answer)
    let finding = try expectOne("oversize-message", .error, blame: .client, in: chat.recorded)
    #expect(finding.explains.contains("session-unknown"))
    #expect(!ids(in: chat.recorded).contains("session-unknown"))
  }

  @Test("requests of one session that reach two servers prove that stickiness is missing")
  func split() throws {
    var chat = Conversation()
    chat.handshake()
    var legs = (0..<2).map { index in
      var leg = Conversation(
        client: .at("10.0.0.10", 40_000 + UInt16(index)), server: .at("10.0.0.\(20 + index)", 8080))
      leg.handshake()
      return leg
    }
    chat.openPolling(sid: "abc")
    legs[0].openPolling(sid: "abc")
    chat.request("GET", "/socket.io/?EIO=4&transport=polling&sid=abc")
    legs[1].request("GET", "/socket.io/?EIO=4&transport=polling&sid=abc", after: .milliseconds(10))
    legs[1].respond(400, body: Self.answer)
    chat.respond(400, body: Self.answer, after: .milliseconds(20))
    let packets = (chat.recorded + legs[0].recorded + legs[1].recorded).sortedByTime()
    let finding = try expectOne("session-unknown", .error, blame: .proxy, in: packets)
    #expect(finding.confidence == .certain)
    #expect(finding.measure("servers") == 2)
    #expect(finding.remedy.contains("ip_hash"))
  }

  @Test(
    "an upgrade that is refused for the same reason is its consequence, for another reason it is not",
    arguments: [true, false])
  func upgrade(isSameReason: Bool) {
    var chat = Conversation()
    chat.handshake()
    chat.request("GET", "/socket.io/?EIO=4&transport=polling&sid=gone")
    chat.respond(400, body: Self.answer)
    chat.requestUpgrade(target: "/socket.io/?EIO=4&transport=websocket&sid=gone")
    chat.respond(400, body: Array((isSameReason ? "Session ID unknown" : "no").utf8))
    let found = findings(in: chat.recorded)
    #expect(Set(found.map(\.id)) == (isSameReason ? ["session-unknown"] : ["session-unknown", "missing-101"]))
    #expect((found.first { $0.id == "session-unknown" }?.explains.contains("missing-101") ?? false) == isSameReason)
  }

  @Test("another bad request is not an unknown session")
  func nearMiss() {
    var chat = Conversation()
    chat.handshake()
    chat.request("GET", "/socket.io/?EIO=9&transport=polling")
    chat.respond(400, body: Array(#"{"code":5,"message":"Unsupported protocol version"}"#.utf8))
    #expect(ids(in: chat.recorded) == ["request-refused"])
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

@Suite struct UpgradeHeaderStrippedTests {
  @Test(
    "the answer to a plain GET says that the upgrade headers were lost",
    arguments: [
      (400, #"{"code":3,"message":"Bad request"}"#), (426, "Upgrade Required"),
    ])
  func fires(status: Int, body: String) throws {
    var chat = Conversation()
    chat.handshake()
    chat.requestUpgrade()
    chat.respond(status, body: Array(body.utf8))
    let finding = try expectOne("upgrade-header-stripped", .error, blame: .proxy, packets: [4, 6], in: chat.recorded)
    #expect(finding.confidence == .likely)
    #expect(finding.remedy.contains("proxy_set_header"))
    #expect(ids(in: chat.recorded) == ["upgrade-header-stripped"])
  }

  @Test(
    "a session's packets in place of a 101 are the answer to a poll, and any other page is none",
    arguments: [
      ("2", true), ("6", true), ("\"Invalid transport\"", true), ("40{\"sid\":\"x\"}", true), ("<html></html>", false),
      ("25 users", false),
    ])
  func packets(body: String, isStripped: Bool) {
    var chat = Conversation()
    chat.handshake()
    chat.requestUpgrade(target: "/socket.io/?EIO=4&transport=websocket&sid=abc")
    chat.respond(body.hasPrefix("\"") ? 400 : 200, body: Array(body.utf8))
    #expect(ids(in: chat.recorded) == [isStripped ? "upgrade-header-stripped" : "missing-101"])
  }

  @Test("whatever the answer says, a key without its headers on the server's leg is why", arguments: [400, 403, 502])
  func anyAnswer(status: Int) throws {
    let target = "/socket.io/?EIO=4&transport=websocket&sid=abc"
    var chat = Conversation()
    chat.handshake()
    chat.requestUpgrade(target: target)
    var leg = Conversation(client: .at("10.0.0.10", 40_000), server: .at("10.0.0.20", 8080), start: chat.clock)
    leg.handshake()
    leg.request("GET", target, fields: [("Connection", "close"), ("Sec-WebSocket-Key", WebSocketKey.example.key)])
    leg.respond(status, body: Array("no".utf8))
    chat.respond(status, body: Array("no".utf8), after: .milliseconds(10))
    let packets = (chat.recorded + leg.recorded).sortedByTime()
    let finding = try expectOne("upgrade-header-stripped", .error, blame: .proxy, in: packets)
    #expect(finding.confidence == .certain)
    #expect(finding.explains.contains("missing-101"))
    #expect(ids(in: packets) == ["upgrade-header-stripped"])
  }

  @Test("the server's leg without the header is the proof")
  func proof() throws {
    var chat = Conversation()
    chat.handshake()
    chat.requestUpgrade()
    var leg = Conversation(client: .at("10.0.0.10", 40_000), server: .at("10.0.0.20", 8080), start: chat.clock)
    leg.handshake()
    leg.request("GET", "/socket.io/?EIO=4&transport=websocket")
    leg.respond(400, body: Array(#"{"code":3,"message":"Bad request"}"#.utf8))
    chat.respond(400, body: Array(#"{"code":3,"message":"Bad request"}"#.utf8), after: .milliseconds(10))
    let packets = (chat.recorded + leg.recorded).sortedByTime()
    let finding = try expectOne("upgrade-header-stripped", .error, blame: .proxy, in: packets)
    #expect(finding.confidence == .certain)
    #expect(ids(in: packets) == ["upgrade-header-stripped"])
  }

  @Test("a refusal of an upgrade that arrived with its headers")
  func nearMiss() {
    var chat = Conversation()
    chat.handshake()
    chat.requestUpgrade()
    chat.respond(400, body: Array(#"{"code":1,"message":"Session ID unknown"}"#.utf8))
    #expect(!ids(in: chat.recorded).contains("upgrade-header-stripped"))
  }
}
