import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct ProbeTests {
  /// A long-polling session that goes on for some seconds beside a WebSocket that is opened for its upgrade.
  private func session(_ probe: (inout Conversation) -> Void) -> [RecordedPacket] {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    polls.post(sid: "abc", [SocketIOText.connect()])
    polls.poll(sid: "abc", [SocketIOText.connected(id: "x")])
    var socket = Conversation(client: .at("10.0.0.2", 50_001), start: polls.clock)
    socket.handshake()
    socket.upgrade(target: "/socket.io/?EIO=4&transport=websocket&sid=abc")
    probe(&socket)
    polls.poll(sid: "abc", [SocketIOText.event("token")], heldFor: .seconds(8))
    polls.poll(sid: "abc", [SocketIOText.event("token")], heldFor: .seconds(8))
    return (polls.recorded + socket.recorded).sortedByTime()
  }

  @Test(
    "a probe that stops, step by step",
    arguments: [
      (["2probe"], "no-answer", Blame.unknown), ([], "no-probe", .client),
      (["2probe", "3probe"], "no-upgrade", .client),
    ])
  func steps(texts: [String], step: String, blame: Blame) throws {
    let packets = session { socket in
      for text in texts { socket.send(text.hasPrefix("2") ? .clientToServer : .serverToClient, text: text) }
      socket.close(by: .serverToClient, after: .seconds(10))
    }
    let finding = try expectOne("probe-failed", .error, blame: blame, in: packets)
    #expect(finding.word("step") == step)
    #expect(finding.explains == ["polling-only"])
    #expect(ids(in: packets) == ["probe-failed"])
  }

  @Test("a probe that waits for seconds when the capture ends is a warning")
  func pending() throws {
    let packets = session { $0.send(.clientToServer, text: "2probe") }
    let finding = try expectOne("probe-failed", .error, blame: .unknown, in: packets)
    #expect(finding.until == nil)
  }

  @Test("a server that answers the probe with something else")
  func unexpected() throws {
    let packets = session { socket in
      socket.send(.clientToServer, text: "2probe")
      socket.send(.serverToClient, text: "6")
      socket.finish(by: .clientToServer)
    }
    let finding = try expectOne("probe-failed", .error, blame: .unknown, in: packets)
    #expect(finding.word("step") == "unexpected-packet")
  }

  @Test("a client that leaves in the middle of its probe has not failed")
  func left() {
    let packets = session { socket in
      socket.send(.clientToServer, text: "2probe")
      socket.finish(by: .clientToServer)
    }
    #expect(!ids(in: packets).contains("probe-failed"))
  }

  @Test("a probe that takes long, but completes")
  func slow() throws {
    let packets = session { socket in
      socket.send(.clientToServer, text: "2probe")
      socket.send(.serverToClient, text: "3probe", after: .seconds(6))
      socket.send(.clientToServer, text: "5")
    }
    let finding = try expectOne("slow-upgrade", .warning, blame: .unknown, in: packets)
    #expect(finding.detail.contains("3probe"))
    #expect(!ids(in: packets).contains("probe-failed"))
  }

  @Test(
    "a 101 that comes late", arguments: [(1.5, Severity.warning), (6, .error)] as [(Double, Severity)])
  func late(seconds: Double, severity: Severity) throws {
    var chat = Conversation()
    chat.handshake()
    chat.requestUpgrade()
    chat.acceptUpgrade(after: .seconds(seconds))
    chat.open(sid: "abc")
    let finding = try expectOne("slow-upgrade", severity, blame: .unknown, in: chat.recorded)
    #expect(abs((finding.measure("waited") ?? 0) - seconds) < 0.01)
    #expect(finding.measure("acknowledgedAfter") ?? 1 < 0.001)
    #expect(finding.detail.contains("acknowledged at once, so the network is not it"))
  }

  @Test("a 101 that comes late because the request arrived late is the network's")
  func lateRequest() throws {
    var chat = Conversation()
    chat.handshake()
    chat.acknowledgesData = false
    chat.requestUpgrade()
    chat.acknowledge(.serverToClient, after: .seconds(1.4))
    chat.acknowledgesData = true
    chat.acceptUpgrade(after: .milliseconds(100))
    chat.open(sid: "abc")
    let finding = try expectOne("slow-upgrade", .warning, blame: .network, in: chat.recorded)
    #expect(abs((finding.measure("acknowledgedAfter") ?? 0) - 1.4) < 0.01)
  }

  @Test("a 101 within a second, and a quick probe, have no finding")
  func quick() {
    var chat = Conversation()
    chat.handshake()
    chat.requestUpgrade()
    chat.acceptUpgrade(after: .milliseconds(900))
    chat.open(sid: "abc")
    chat.close(code: 1000)
    #expect(ids(in: chat.recorded).isEmpty)
    #expect(ids(in: session { $0.probe() }).isEmpty)
  }
}
