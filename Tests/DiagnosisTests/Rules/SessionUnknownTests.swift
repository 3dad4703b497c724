import Diagnosis
import Packets
import TestSupport
import Testing

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
