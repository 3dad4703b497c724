import Diagnosis
import Packets
import TestSupport
import Testing

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
