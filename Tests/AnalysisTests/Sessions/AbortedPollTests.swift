import Analysis
import Packets
import TestSupport
import Testing

/// Sessions whose client ends a long-polling request before the answer.
@Suite struct AbortedPollTests {
  private static let target = "/socket.io/?EIO=4&transport=polling&sid=abc"

  /// A session on long-polling whose last request waits.
  private func polls(port: UInt16 = 50_000, sid: String = "abc", start: Timestamp = Conversation.defaultStart)
    -> Conversation
  {
    var polls = Conversation(client: .at("10.0.0.2", port), start: start)
    polls.handshake()
    polls.openPolling(sid: sid)
    polls.post(sid: sid, [SocketIOText.connect()])
    polls.poll(sid: sid, [SocketIOText.connected(id: "x")])
    polls.request("GET", "/socket.io/?EIO=4&transport=polling&sid=\(sid)")
    return polls
  }

  private func session(_ packets: [RecordedPacket]) throws -> SessionSummary {
    try #require(Trace(packets).sessions.first)
  }

  @Test("a page that is left in mid-poll ends its session", arguments: [true, false])
  func left(isReset: Bool) throws {
    var polls = polls()
    if isReset {
      polls.reset(by: .clientToServer, after: .seconds(3))
    } else {
      polls.finish(by: .clientToServer, after: .seconds(3))
    }
    let session = try session(polls.recorded)
    #expect(session.closedBy == .clientToServer)
    #expect(session.wasLeftInMidPoll)
    let visit = try #require(
      Trace(polls.recorded).events.compactMap { event in
        if case .visited(let visit) = event { visit } else { nil }
      }.first)
    #expect(visit.ending?.isClean == true && visit.ending?.by == .clientToServer)
  }

  @Test("one that waits when the capture ends, or that the server ends, does not")
  func pending() throws {
    var polls = polls()
    #expect(try session(polls.recorded).closedBy == nil)
    polls.reset(by: .serverToClient, after: .seconds(3))
    #expect(try session(polls.recorded).closedBy == nil)
  }

  @Test("nor does one after which the client goes on, whether answered or not", arguments: [true, false])
  func goesOn(isAnswered: Bool) throws {
    var polls = polls()
    polls.finish(by: .clientToServer, after: .seconds(3))
    var next = Conversation(client: .at("10.0.0.2", 50_001), start: polls.clock)
    next.handshake()
    next.request("GET", Self.target)
    if isAnswered { next.respond(200, body: Array("2".utf8), after: .seconds(1)) }
    #expect(try session((polls.recorded + next.recorded).sortedByTime()).closedBy == nil)
  }

  @Test("a goodbye before it, or an upgrade, is what ended the polling")
  func otherwise() throws {
    var polls = polls()
    var socket = Conversation(client: .at("10.0.0.2", 50_001), start: polls.clock)
    socket.handshake()
    socket.upgrade(target: "/socket.io/?EIO=4&transport=websocket&sid=abc")
    socket.probe()
    polls.finish(by: .clientToServer, after: .seconds(3))
    let upgraded = try session((polls.recorded + socket.recorded).sortedByTime())
    #expect(upgraded.closedBy == nil)
  }

  @Test("a page that is reloaded again and again loses nothing")
  func reloads() {
    var packets: [RecordedPacket] = []
    var clock = Conversation.defaultStart
    for index in 0..<6 {
      var polls = polls(port: 50_000 + UInt16(index), sid: "sid\(index)", start: clock)
      polls.reset(by: .clientToServer, after: .seconds(2))
      packets += polls.recorded
      clock = polls.clock + .milliseconds(300)
    }
    let visits = Trace(packets.sortedByTime()).events.compactMap { event in
      if case .visited(let visit) = event { visit } else { nil }
    }
    #expect(visits.count == 6)
    #expect(visits.allSatisfy { $0.ending?.isClean == true })
  }
}
