import Diagnosis
import Packets
import TestSupport
import Testing

/// What befalls many sessions alike is one finding.
@Suite struct RepetitionTests {
  /// A session of its own client, named by a number.
  private func session(_ index: Int, pingInterval: Int = 25_000, after start: Double = 0) -> Conversation {
    var chat = Conversation(
      client: .at("10.0.1.\(index)", 50_000), start: Conversation.defaultStart + .seconds(start))
    chat.handshake()
    chat.upgrade(key: WebSocketKey.all[index])
    chat.open(sid: "session-\(index)", pingInterval: pingInterval)
    return chat
  }

  private func merged(_ chats: [Conversation]) -> [RecordedPacket] { chats.flatMap(\.recorded).sortedByTime() }

  @Test("sessions that never try to upgrade are one notice")
  func pollingOnly() throws {
    let chats = (0..<4).map { index in
      var polls = Conversation(client: .at("10.0.1.\(index)", 50_000))
      polls.handshake()
      polls.openPolling(sid: "session-\(index)")
      for _ in 0..<8 { polls.poll(sid: "session-\(index)", [SocketIOText.event("tick")], heldFor: .seconds(1)) }
      return polls
    }
    let finding = try expectOne("polling-only", .notice, blame: .client, in: merged(chats))
    #expect(finding.count == 4)
    #expect(finding.connections.count == 4)
    #expect(finding.measure("sessions") == 4)
    #expect(finding.sid == nil)
    #expect(finding.detail.contains("3 other sessions"))
  }

  /// Sessions whose server sends no ping for a time that begins after so many seconds.
  private func frozen(_ starts: [Double], late wait: Double = 20) -> [RecordedPacket] {
    merged(
      starts.enumerated().map { index, start in
        var chat = session(index, pingInterval: 5_000)
        chat.wait(.seconds(start))
        chat.heartbeat()
        chat.heartbeat(after: .seconds(wait))
        return chat
      })
  }

  @Test("heartbeats that many sessions miss at once are one finding")
  func frozenServer() throws {
    let finding = try expectOne("missed-heartbeat", .warning, blame: .unknown, in: frozen([1, 1.5, 2]))
    #expect(finding.count == 3)
    #expect(finding.measure("waited") == 20)
  }

  @Test("at different times they are faults of their own")
  func frozenTwice() {
    let apart = merged(
      [0, 60].enumerated().map { index, start in
        var chat = session(index, pingInterval: 5_000, after: start)
        chat.heartbeat(after: .seconds(1))
        chat.heartbeat(after: .seconds(20))
        chat.close(code: 1000)
        return chat
      })
    #expect(findings(in: apart).filter { $0.id == "missed-heartbeat" }.count == 2)
  }

  @Test("clients that freeze at once are faults of their own")
  func frozenClients() {
    let chats = (0..<2).map { index in
      var chat = session(index)
      chat.send(.serverToClient, text: "2", after: .seconds(25))
      chat.send(.clientToServer, text: "3", after: .seconds(15))
      return chat
    }
    #expect(findings(in: merged(chats)).filter { $0.id == "missed-heartbeat" }.map(\.count) == [1, 1])
  }

  @Test("upgrades that a server answers late are one finding, those that arrive late are one for each way")
  func slowUpgrades() {
    for isPath in [false, true] {
      let chats = (0..<3).map { index in
        var chat = Conversation(
          client: .at("10.0.1.\(index)", 50_000), start: Conversation.defaultStart + .seconds(Double(index) * 20))
        chat.handshake()
        chat.acknowledgesData = !isPath
        chat.requestUpgrade(key: WebSocketKey.all[index])
        if isPath { chat.acknowledge(.serverToClient, after: .seconds(1.4)) }
        chat.acknowledgesData = true
        chat.acceptUpgrade(key: WebSocketKey.all[index], after: .seconds(isPath ? 0.1 : 1.5))
        chat.open(sid: "session-\(index)")
        chat.close(code: 1000)
        return chat
      }
      let found = findings(in: merged(chats)).filter { $0.id == "slow-upgrade" }
      #expect(found.map(\.count) == (isPath ? [1, 1, 1] : [3]))
    }
  }

  /// Answers of some sessions that pause at a time, for 12 s.
  private func stalls(_ starts: [Double]) -> [RecordedPacket] {
    merged(
      starts.enumerated().map { index, start in
        var chat = session(index, pingInterval: 120_000)
        for _ in 0..<2 { chat.answer() }
        chat.wait(.seconds(start))
        chat.event(.clientToServer, "prompt")
        chat.stream(count: 10)
        chat.wait(.seconds(12))
        chat.stream(count: 10)
        chat.event(.serverToClient, "done")
        return chat
      })
  }

  @Test("answers of several sessions that pause at once are one stall, at different times several")
  func stalls() throws {
    let finding = try expectOne("stalled-stream", .warning, blame: .unknown, in: stalls([1, 2, 3]))
    #expect(finding.count == 3)
    #expect(findings(in: stalls([1, 14])).filter { $0.id == "stalled-stream" }.map(\.count) == [1, 1])
  }

  /// Clients whose messages have to be sent again, minutes apart.
  private func losses(_ count: Int) -> [RecordedPacket] {
    merged(
      (0..<count).map { index in
        var chat = Conversation(
          client: .at("10.0.1.\(index + 1)", 50_000), start: Conversation.defaultStart + .seconds(Double(index) * 60))
        chat.handshake()
        chat.upgrade(key: WebSocketKey.all[index % 8])
        chat.open(sid: "session-\(index)")
        chat.lose(repeatedAfter: [0.2, 0.6, 1.4])
        chat.answer()
        chat.close(code: 1000)
        return chat
      })
  }

  @Test("what is too much to be read one by one is one finding, and twenty are not")
  func crowd() throws {
    let finding = try expectOne("network-loss", .warning, blame: .network, in: losses(21))
    #expect(finding.count >= 21)
    #expect(finding.connections.count == 21)
    #expect(finding.detail.contains("20 other "))
    #expect(findings(in: losses(20)).filter { $0.id == "network-loss" }.count == 20)
  }

  @Test("what befell several at once, again and again, counts each session once")
  func crowdOfMoments() throws {
    let chats = (0..<42).map { index in
      var chat = Conversation(
        client: .at("10.0.1.\(index + 1)", 50_000), start: Conversation.defaultStart + .seconds(Double(index / 2) * 60))
      chat.handshake()
      chat.upgrade(key: WebSocketKey.all[index % 8])
      chat.open(sid: "session-\(index)", pingInterval: 5_000)
      chat.heartbeat(after: .seconds(1))
      chat.heartbeat(after: .seconds(20))
      chat.close(code: 1000)
      return chat
    }
    let finding = try expectOne("missed-heartbeat", .warning, blame: .unknown, in: merged(chats))
    #expect(finding.count == 42)
    #expect(finding.connections.count == 42)
    #expect(finding.measure("sessions") == 42)
    #expect(finding.detail.split(separator: " The same befell ").count == 2)
    #expect(finding.detail.contains("41 other sessions"))
    let twenty = findings(in: merged(Array(chats.prefix(40)))).filter { $0.id == "missed-heartbeat" }
    #expect(twenty.map(\.count) == Array(repeating: 2, count: 20))
  }

  @Test("who breaks a rule is named, however many do")
  func violations() {
    let chats = (0..<25).map { index in
      var chat = Conversation(
        client: .at("10.0.1.\(index + 1)", 50_000), start: Conversation.defaultStart + .seconds(Double(index) * 60))
      chat.handshake()
      chat.openPolling(sid: "session-\(index)")
      chat.poll(sid: "session-\(index)", ["9 is no packet type"])
      chat.finish(by: .clientToServer)
      return chat
    }
    let found = findings(in: merged(chats)).filter { $0.id == "protocol-violation" }
    #expect(found.count == 25)
    #expect(found.allSatisfy { $0.count == 1 && $0.connections.count == 1 })
  }

  @Test("an event that never gets its ack is one notice for each name")
  func acks() {
    var chat = session(0)
    for id in 0..<5 { chat.event(.clientToServer, id < 3 ? "join" : "leave", ack: id, after: .milliseconds(10)) }
    chat.heartbeats(2, every: .seconds(25))
    let found = findings(in: chat.recorded).filter { $0.id == "unanswered-event" }
    #expect(found.map(\.count) == [3, 2])
    #expect(found.map { $0.word("event") } == ["join", "leave"])
    #expect(found.allSatisfy { $0.detail.contains("It happened \($0.count) times") })
  }
}
