import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct ReconnectTests {
  /// A session over a WebSocket of one client, from its handshake to its end.
  private func visit(
    _ index: Int, start: Timestamp, lasting time: Interval = .seconds(2), address: String = "10.0.0.2",
    end: (inout Conversation) -> Void
  ) -> Conversation {
    var chat = Conversation(client: .at(address, 50_000 + UInt16(index)), start: start)
    chat.handshake()
    chat.upgrade(key: WebSocketKey.all[index % 8])
    chat.open(sid: "sid\(index)")
    chat.wait(time)
    end(&chat)
    return chat
  }

  /// Visits one after the other, each some time after the end of the one before.
  private func visits(
    _ count: Int, apart pause: Double, end: (inout Conversation) -> Void
  ) -> [RecordedPacket] {
    var packets: [RecordedPacket] = []
    var clock = Conversation.defaultStart
    for index in 0..<count {
      let chat = visit(index, start: clock, end: end)
      packets += chat.recorded
      clock = chat.clock + .seconds(pause)
    }
    return packets.sortedByTime()
  }

  @Test("three comebacks within a minute are a loop, explained by the closes")
  func loop() throws {
    let packets = visits(4, apart: 1.7) { $0.finish(by: .serverToClient, after: .milliseconds(700)) }
    let all = findings(in: packets)
    #expect(all.flatMap(\.explains).contains("reconnect-loop") || all.contains { $0.id == "reconnect-loop" })
  }

  @Test(
    "closes with an error code are loops of their own",
    arguments: [1011, 1008, 4001] as [UInt16])
  func errorCode(code: UInt16) throws {
    let packets = visits(4, apart: 1.7) { $0.close(by: .serverToClient, code: code) }
    let all = findings(in: packets)
    #expect(all.flatMap(\.explains).contains("reconnect-loop") || all.contains { $0.id == "reconnect-loop" })
  }

  @Test("two comebacks are none, nor are late or clean ones")
  func nearMisses() {
    let abrupt: (inout Conversation) -> Void = { $0.finish(by: .serverToClient, after: .milliseconds(700)) }
    for packets in [
      visits(3, apart: 1.7, end: abrupt), visits(5, apart: 12, end: abrupt),
      visits(6, apart: 1.7) { $0.close(code: 1000) },
      visits(6, apart: 1.7) { $0.close(by: .clientToServer, code: 1001) },
    ] {
      let all = findings(in: packets)
      #expect(!all.contains { $0.id == "reconnect-loop" || $0.explains.contains("reconnect-loop") })
    }
  }

  @Test("sessions side by side are no comebacks")
  func tabs() {
    let packets = (0..<5).flatMap { index in
      visit(index, start: Conversation.defaultStart + .milliseconds(Int64(index) * 300), lasting: .seconds(20)) {
        $0.finish(by: .serverToClient)
      }.recorded
    }
    let all = findings(in: packets.sortedByTime())
    #expect(!all.contains { $0.id == "reconnect-loop" || $0.explains.contains("reconnect-loop") })
  }

  @Test("clients behind a proxy that names them are told apart, others are not taken for one")
  func forwarded() {
    var packets: [RecordedPacket] = []
    for index in 0..<6 {
      var poll = Conversation(
        client: .at("10.0.0.10", 40_000 + UInt16(index)), server: .at("10.0.0.20", 8080),
        start: Conversation.defaultStart + .seconds(Double(index) * 2))
      poll.handshake()
      poll.request(
        "GET", "/socket.io/?EIO=4&transport=polling", fields: [("X-Forwarded-For", "192.0.2.\(index)")])
      poll.respond(500, body: Array("no".utf8))
      packets += poll.recorded
    }
    #expect(
      !findings(in: packets.sortedByTime()).contains {
        $0.explains.contains("reconnect-loop") || $0.id == "reconnect-loop"
      })
  }

  /// Sessions of different clients that end at once; so many come back after a time.
  private func restart(sessions: Int, returning: Int, after pause: Double) -> [RecordedPacket] {
    var packets: [RecordedPacket] = []
    let end = Conversation.defaultStart + .seconds(10)
    for index in 0..<sessions {
      let chat = visit(
        index, start: Conversation.defaultStart + .milliseconds(Int64(index)), lasting: .seconds(9),
        address: "10.0.1.\(index)"
      ) {
        $0.clock = end + .milliseconds(Int64(index))
        $0.finish(by: .serverToClient)
      }
      packets += chat.recorded
      guard index < returning else { continue }
      packets +=
        visit(100 + index, start: end + .seconds(pause + Double(index) * 0.05), address: "10.0.1.\(index)") { _ in }
        .recorded
    }
    return packets.sortedByTime()
  }

  @Test("six clients that come back within 5 s of a common close are a storm, explained by the close")
  func storm() throws {
    let all = findings(in: restart(sessions: 6, returning: 6, after: 1))
    #expect(all.map(\.id) == ["abnormal-close"])
    #expect(all[0].explains == ["reconnect-storm"])
  }

  @Test(
    "few clients, a small part of all, or late ones are no storm",
    arguments: [(6, 4, 1.0), (40, 6, 1.0), (6, 6, 6.0)])
  func calm(sessions: Int, returning: Int, after: Double) {
    let all = findings(in: restart(sessions: sessions, returning: returning, after: after))
    #expect(!all.contains { $0.explains.contains("reconnect-storm") || $0.id == "reconnect-storm" })
  }
}
