import Analysis
import Diagnosis
import Packets
import Streams
import TestSupport
import Testing

@Suite struct ConnectRefusedTests {
  @Test("a SYN that is answered by RST is refused")
  func fires() throws {
    var chat = Conversation()
    chat.refusedSYN()
    let finding = try expectOne("connect-refused", .error, blame: .server, packets: [1, 2], in: chat.recorded)
    #expect(finding.measure("refused") == 1)
    #expect(finding.title.contains("10.0.0.10:8080"))
    #expect(finding.endpoints?.server == chat.server)
  }

  @Test("refusals of one server are one finding")
  func repeats() throws {
    let packets = (0..<5).flatMap { attempt in
      var chat = Conversation(
        client: .at("10.0.0.2", 50_000 + UInt16(attempt)),
        start: Conversation.defaultStart + .milliseconds(Int64(attempt) * 500))
      chat.refusedSYN()
      return chat.recorded
    }
    let finding = try expectOne(
      "connect-refused", .error, blame: .server, packets: Array(1...10), in: packets.sortedByTime())
    #expect(finding.count == 5)
    #expect(finding.connections.count == 5)
  }

  /// A poll that a proxy answers, and the connection behind it that is refused.
  private func gateway(status: Int, refusedFrom proxy: String) -> [RecordedPacket] {
    var chat = Conversation()
    chat.handshake()
    chat.request("GET", "/socket.io/?EIO=4&transport=polling")
    var behind = Conversation(client: .at(proxy, 40_000), server: .at("10.0.0.20", 8080), start: chat.clock)
    behind.refusedSYN()
    chat.respond(status, after: .milliseconds(20))
    return (chat.recorded + behind.recorded).sortedByTime()
  }

  @Test("a proxy's 502 is the consequence of the connection that it was refused")
  func badGateway() throws {
    let packets = gateway(status: 502, refusedFrom: "10.0.0.10")
    let finding = try expectOne("connect-refused", .error, blame: .server, in: packets)
    #expect(finding.explains == ["request-refused"])
    #expect(ids(in: packets) == ["connect-refused"])
  }

  @Test(
    "another status, or the refusal of another host, has a cause of its own",
    arguments: [
      (403, "10.0.0.10"), (502, "10.0.0.77"),
    ])
  func otherGateway(status: Int, host: String) {
    #expect(Set(ids(in: gateway(status: status, refusedFrom: host))) == ["connect-refused", "request-refused"])
  }

  @Test(
    "a server that took connections before is stopped; one that takes them again was restarted",
    arguments: [true, false])
  func restart(isBack: Bool) throws {
    var before = Conversation()
    before.handshake()
    before.request("GET", "/")
    before.respond(200)
    before.finish()
    var refused = Conversation(client: .at("10.0.0.3", 50_000), start: before.clock + .seconds(20))
    refused.refusedSYN()
    var packets = before.recorded + refused.recorded
    if isBack {
      var after = Conversation.chat(port: 50_002, start: refused.clock + .seconds(2))
      after.answer()
      packets += after.recorded
    }
    let finding = try expectOne(
      "connect-refused", isBack ? .warning : .error, blame: .server, in: packets.sortedByTime())
    #expect(finding.word("course") == (isBack ? "restarted" : "stopped"))
  }

  @Test("the refusals of a port scan are none", arguments: [7, 12])
  func scan(ports: Int) {
    let packets = (0..<ports).flatMap { index in
      var knock = Conversation(
        client: .at("10.0.0.9", 40_000), server: .at("10.0.0.10", UInt16(8000 + index)),
        start: Conversation.defaultStart + .milliseconds(Int64(index)))
      knock.refusedSYN()
      return knock.recorded
    }
    var options = AnalysisOptions()
    options.ports = .any
    #expect(
      findings(in: packets.sortedByTime(), options: options).contains { $0.id == "connect-refused" } == (ports < 8))
  }

  @Test("a reset after the handshake is no refusal")
  func nearMiss() {
    var chat = Conversation()
    chat.handshake()
    chat.reset(by: .serverToClient)
    #expect(ids(in: chat.recorded).isEmpty)
  }
}

@Suite struct ConnectTimeoutTests {
  @Test("SYNs that nothing answers time out")
  func unansweredSYN() throws {
    var chat = Conversation()
    chat.unansweredSYN(retransmissions: 3)
    let finding = try expectOne("connect-timeout", .error, blame: .network, packets: [1, 4], in: chat.recorded)
    #expect(finding.measure("sent") == 4)
    #expect(finding.measure("threshold") == 3)
  }

  @Test("SYN-ACKs that nothing acknowledges time out")
  func unacknowledged() throws {
    var chat = Conversation()
    let syn = chat.segment(.clientToServer, flags: .syn, at: chat.clock)
    chat.wait(.milliseconds(1))
    let answer = chat.segment(.serverToClient, flags: [.syn, .ack], at: chat.clock)
    for attempt in 0..<3 {
      chat.wait(.seconds(Double(1 << attempt)))
      chat.retransmit(syn, at: chat.clock)
      chat.retransmit(answer, at: chat.clock + .milliseconds(1))
    }
    let finding = try expectOne("connect-timeout", .error, blame: .network, in: chat.recorded)
    #expect(finding.measure("sent") == 4)
    #expect(finding.title.contains("SYN-ACK"))
  }

  @Test("one repetition of a SYN is ordinary loss")
  func oneRepetition() {
    var chat = Conversation()
    chat.unansweredSYN(retransmissions: 1)
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("a SYN that is answered at last is no timeout, with or without data after it", arguments: [false, true])
  func answeredAtLast(hasData: Bool) {
    var chat = Conversation()
    chat.unansweredSYN(retransmissions: 3)
    chat.wait(.milliseconds(1))
    chat.segment(.serverToClient, flags: [.syn, .ack], at: chat.clock)
    chat.acknowledge(.clientToServer, after: .milliseconds(1))
    if hasData { chat.upgrade() }
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("SYN-ACKs that are acknowledged at last are no timeout")
  func acknowledgedAtLast() {
    var chat = Conversation()
    chat.segment(.clientToServer, flags: .syn, at: chat.clock)
    let answer = chat.segment(.serverToClient, flags: [.syn, .ack], at: chat.clock + .milliseconds(1))
    for attempt in 0..<3 {
      chat.wait(.seconds(Double(1 << attempt)))
      chat.retransmit(answer, at: chat.clock)
    }
    chat.acknowledge(.clientToServer, after: .milliseconds(1))
    chat.finish()
    #expect(ids(in: chat.recorded).isEmpty)
  }
}
