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
