import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct NetworkLossTests {
  /// A chat in which one token had to be sent again after these times, in seconds, before it was acknowledged.
  private func chat(
    lost times: [Double], after pause: Interval = .milliseconds(50), client: String = "10.0.0.2"
  ) -> Conversation {
    var chat = Conversation(client: .at(client, 50_000))
    chat.handshake()
    chat.upgrade(key: WebSocketKey.all[Int(client.suffix(1)) ?? 0])
    chat.open(sid: "of-\(client)")
    chat.answer()
    chat.lose(repeatedAfter: times, after: pause)
    chat.answer()
    return chat
  }

  @Test("timeouts that hold data back for more than a second are the network's")
  func fires() throws {
    let finding = try expectOne(
      "network-loss", .warning, blame: .network, in: chat(lost: [0.21, 0.63, 1.47, 3.15]).recorded)
    #expect(abs((finding.measure("longest") ?? 0) - 3.15) < 0.01)
    #expect(finding.measure("retransmissionTimeouts") == 4)
    #expect(finding.measure("threshold") == 1)
    #expect(finding.title.contains("10.0.0.2"))
  }

  @Test("data that came after its repetition came late; data that was not acknowledged to the end may never have come")
  func outcomes() throws {
    let late = try expectOne("network-loss", .warning, blame: .network, in: chat(lost: [0.21, 0.63, 1.47]).recorded)
    #expect(late.title.contains("held back for 1.5 s"))
    #expect(late.detail.hasSuffix("all data came in the end, late."))

    // The path is dead in both directions, and both sides send again to the end.
    var dead = Conversation.chat()
    dead.answer()
    dead.acknowledgesData = false
    let sent = dead.clock
    let lost = [dead.event(.serverToClient, "token", "1"), dead.event(.clientToServer, "stop")]
    let missing = dead.packets[lost[0].lowerBound].packet.sequence
    dead.change(lost[1].lowerBound) { $0.acknowledgement = missing }
    for (index, time) in [0.21, 0.63, 1.47, 3.15, 6.51].enumerated() {
      for (side, packets) in lost.enumerated() {
        dead.retransmit(packets.lowerBound, at: sent + .seconds(time + Double(side) / 10 + Double(index) / 100))
      }
    }
    let never = try expectOne("network-loss", .warning, blame: .network, in: dead.recorded)
    #expect(never.title.contains("had not come through after 6.6 s"))
    #expect(never.detail.contains("in both directions"))
    #expect(never.detail.hasSuffix("it was not acknowledged: it came later or never."))
    #expect(!never.detail.contains("in the end"))
  }

  @Test("where only some of what was lost came, both is said")
  func mixedOutcomes() throws {
    var chat = chat(lost: [0.21, 0.63, 1.47])
    chat.acknowledgesData = false
    let lost = chat.event(.serverToClient, "token", "2")
    chat.retransmit(lost.lowerBound, at: chat.clock + .milliseconds(300))
    let finding = try expectOne("network-loss", .warning, blame: .network, in: chat.recorded)
    #expect(finding.title.contains("held back for 1.5 s"))
    #expect(finding.detail.hasSuffix("comes late; on 1 connection some was not acknowledged to the last packet."))
  }

  @Test("a single short timeout is only a notice", arguments: [0.25, 0.6])
  func short(time: Double) {
    let found = findings(in: chat(lost: [time]).recorded)
    #expect(found.map(\.id) == ["network-loss"])
    #expect(found.allSatisfy { $0.severity == .notice })
  }

  @Test("a little loss now and then in a long healthy connection stays a notice")
  func spread() {
    var chat = Conversation.chat()
    for _ in 0..<8 {
      chat.lose(repeatedAfter: [0.22], after: .seconds(20))
    }
    let losses = findings(in: chat.recorded).filter { $0.id == "network-loss" }
    #expect(losses.map(\.severity) == [.notice])
  }

  @Test("the same loss within a few seconds is felt")
  func dense() throws {
    var chat = Conversation.chat()
    for _ in 0..<8 { chat.lose(repeatedAfter: [0.22], after: .milliseconds(500)) }
    let finding = try expectOne("network-loss", .warning, blame: .network, in: chat.recorded)
    #expect((finding.measure("delay") ?? 0) > 1.5)
  }

  @Test("packets sent again soon, as duplicate acknowledgements ask for, delay nothing")
  func fast() {
    var chat = Conversation.chat()
    chat.acknowledgesData = false
    let lost = chat.event(.serverToClient, "token", "1")
    chat.retransmit(lost.lowerBound, at: chat.clock + .milliseconds(30))
    chat.wait(.milliseconds(31))
    chat.acknowledgesData = true
    chat.acknowledge(.clientToServer)
    chat.answer()
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("a stall behind lost packets is explained by them")
  func explains() throws {
    var chat = Conversation.chat()
    chat.answer()
    chat.event(.clientToServer, "prompt")
    chat.stream(count: 10)
    chat.lose(repeatedAfter: [0.21, 0.63, 1.47, 3.15, 6.5])
    chat.stream(count: 10)
    chat.event(.serverToClient, "done")
    let finding = try expectOne("network-loss", .warning, blame: .network, in: chat.recorded)
    #expect(finding.explains == ["stalled-stream"])
  }

  /// A download in which so many segments were asked for again by duplicate acknowledgements.
  private func download(fast count: Int, client: String = "10.0.0.2") -> [RecordedPacket] {
    var socket = Conversation(client: .at(client, 50_000))
    socket.handshake()
    socket.upgrade(target: "/feed", key: WebSocketKey.all[Int(client.suffix(1)) ?? 0])
    for _ in 0..<count {
      socket.acknowledgesData = false
      let lost = socket.send(.serverToClient, frame: .binary(Array(repeating: 1, count: 1000)))
      socket.drop(lost)
      // The receiver has all that came before, and says so for each segment behind the hole.
      let before = socket.packets[lost.lowerBound].packet.sequence
      for _ in 0..<3 {
        socket.send(.serverToClient, frame: .binary(Array(repeating: 2, count: 500)))
        let duplicate = socket.acknowledge(.clientToServer, after: .milliseconds(1))
        socket.change(duplicate) { $0.acknowledgement = before }
      }
      socket.retransmit(lost.lowerBound, at: socket.clock + .milliseconds(1))
      socket.wait(.milliseconds(2))
      socket.acknowledgesData = true
      socket.acknowledge(.clientToServer)
      for _ in 0..<20 { socket.send(.serverToClient, frame: .binary(Array(repeating: 3, count: 1000))) }
    }
    socket.close(code: 1000)
    return socket.recorded
  }

  @Test("loss that is made good at once is a notice where there is much of it")
  func many() throws {
    let finding = try expectOne("network-loss", .notice, blame: .network, in: download(fast: 6))
    #expect(finding.measure("fastRetransmissions") == 6)
    #expect((finding.measure("share") ?? 0) > 0.01)
  }

  @Test("what many clients of a server lose without feeling it is one notice")
  func clients() throws {
    let quick = (2..<7).flatMap { download(fast: 3 + $0, client: "10.0.0.\($0)") }.sortedByTime()
    let finding = try expectOne("network-loss", .notice, blame: .network, in: quick)
    #expect(finding.count == 35)
    #expect(finding.connections.count == 5)
    #expect(finding.measure("clients") == 5)
    #expect(finding.title.contains("5 hosts"))
    #expect(finding.detail.contains("10.0.0.6, 10.0.0.5, 10.0.0.4, …"))
    let slow = (2..<7).flatMap { chat(lost: [0.25], client: "10.0.0.\($0)").recorded }.sortedByTime()
    let timeouts = try expectOne("network-loss", .notice, blame: .network, in: slow)
    #expect(timeouts.count == 5 && timeouts.measure("clients") == 5)
  }

  @Test("loss that is felt is told for each way")
  func ways() {
    let packets = ["10.0.0.2", "10.0.0.3"].flatMap { chat(lost: [0.21, 0.63, 1.47], client: $0).recorded }
    let losses = findings(in: packets.sortedByTime()).filter { $0.id == "network-loss" }
    #expect(losses.map(\.severity) == [.warning, .warning])
  }

  @Test("and nothing where there is little")
  func few() { #expect(ids(in: download(fast: 2)).isEmpty) }
}

extension Conversation {
  /// A token whose packet is lost behind the capture point and sent again after these times, in seconds, the last time with
  /// success; meanwhile nothing new is sent.
  mutating func lose(repeatedAfter times: [Double], after interval: Interval = .milliseconds(50)) {
    acknowledgesData = false
    let lost = event(.serverToClient, "token", "1", after: interval)
    let sent = clock
    for time in times { retransmit(lost.lowerBound, at: sent + .seconds(time)) }
    clock = sent + .seconds(times.last ?? 0) + .milliseconds(1)
    acknowledgesData = true
    acknowledge(.clientToServer)
  }
}
