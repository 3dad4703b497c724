import Diagnosis
import Packets
import TestSupport
import Testing

/// Upgrades that a server refuses in words, and requests that should have been upgrades.
@Suite struct RefusedUpgradeTests {
  private func refused(
    _ status: Int, _ body: String, fields: HTTPText.Fields = [], sid: String? = "abc", version: String = "13"
  ) -> [RecordedPacket] {
    var chat = Conversation()
    chat.handshake()
    let target = "/socket.io/?EIO=4&transport=websocket" + (sid.map { "&sid=\($0)" } ?? "")
    let request: HTTPText.Fields = [
      ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", version),
      ("Sec-WebSocket-Key", WebSocketKey.example.key),
    ]
    chat.send(.clientToServer, bytes: HTTPText.request("GET", target, fields: request))
    chat.respond(status, fields: fields, body: Array(body.utf8))
    chat.finish(by: .serverToClient)
    return chat.recorded
  }

  @Test(
    "an upgrade whose session the server does not know is that alone, whichever server says so and how",
    arguments: [
      (400, "Session ID unknown"), (400, #"{"code":1,"message":"Session ID unknown"}"#),
      (400, #""Invalid session abc""#),
      (403, ""),
    ])
  func session(status: Int, body: String) throws {
    let packets = refused(status, body)
    let finding = try expectOne("session-unknown", .warning, blame: .unknown, packets: [4, 6], in: packets)
    #expect(finding.explains == ["missing-101"])
    #expect(ids(in: packets) == ["session-unknown"])
  }

  @Test("a bare 403 without a session, or for one that goes on, is a refusal like another")
  func otherRefusals() throws {
    #expect(ids(in: refused(403, "", sid: nil)) == ["missing-101"])
    var polls = Conversation(client: .at("10.0.0.2", 50_001))
    polls.handshake()
    polls.openPolling(sid: "abc")
    polls.post(sid: "abc", [SocketIOText.connect()])
    for _ in 0..<3 { polls.poll(sid: "abc", [SocketIOText.event("tick")], heldFor: .seconds(1)) }
    let all = ids(in: (polls.recorded + refused(403, "")).sortedByTime())
    #expect(all == ["missing-101"])
  }

  @Test(
    "the remedy follows the server's words, plain or in JSON",
    arguments: [
      ("Transport unknown", "transport"), (#"{"code":5,"message":"Unsupported protocol version"}"#, "allowEIO3"),
      (#""Not an accepted origin.""#, "cors_allowed_origins"),
    ])
  func remedy(body: String, word: String) throws {
    let packets = refused(400, body, fields: [("uWebSockets", "20")], sid: nil)
    let finding = try expectOne("missing-101", .error, blame: .server, in: packets)
    #expect(finding.remedy.contains(word))
    #expect(!finding.title.contains("{") && !finding.title.contains("\""))
  }

  @Test("JSON is the answer to a plain request, but not of uWebSockets, which answers upgrades so too")
  func plain() throws {
    let body = #"{"code":3,"message":"Bad request"}"#
    _ = try expectOne("upgrade-header-stripped", .error, blame: .proxy, in: refused(400, body))
    #expect(ids(in: refused(400, body, fields: [("uWebSockets", "20")])) == ["missing-101"])
  }

  @Test("426 is the answer to a plain request, or to a version that is not known")
  func version() throws {
    #expect(ids(in: refused(426, "Upgrade Required")) == ["upgrade-header-stripped"])
    let packets = refused(426, "", fields: [("Sec-WebSocket-Version", "13")], version: "8")
    let finding = try expectOne("invalid-handshake", .error, blame: .client, in: packets)
    #expect(finding.word("rule") == "version-unsupported")
    #expect(ids(in: packets) == ["invalid-handshake"])
  }

  /// The leg behind a proxy, on which a request for the WebSocket transport comes without its upgrade headers.
  private func serverLeg(_ fields: HTTPText.Fields, status: Int = 400) -> [RecordedPacket] {
    var leg = Conversation()
    leg.handshake()
    let target = "/socket.io/?EIO=4&transport=websocket&sid=abc"
    leg.send(
      .clientToServer, bytes: HTTPText.request("GET", target, version: "1.0", fields: fields))
    leg.respond(status, body: Array(#"{"code":3,"message":"Bad request"}"#.utf8))
    leg.finish(by: .serverToClient)
    return leg.recorded
  }

  @Test("the server's leg alone shows that a proxy took the headers away")
  func stripped() throws {
    let packets = serverLeg([
      ("Connection", "close"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", WebSocketKey.example.key),
    ])
    let finding = try expectOne("upgrade-header-stripped", .error, blame: .proxy, packets: [4, 6], in: packets)
    #expect(finding.confidence == .certain)
    #expect(ids(in: packets) == ["upgrade-header-stripped"])
  }

  @Test("a request that never was an upgrade is only refused")
  func notStripped() {
    #expect(ids(in: serverLeg([])).contains("request-refused"))
    #expect(!ids(in: serverLeg([])).contains("upgrade-header-stripped"))
  }
}
