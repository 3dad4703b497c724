import Analysis
import Packets
import TestSupport
import Testing

/// What is told of a session beside its faults.
@Suite struct SessionSummaryTests {
  private func session(_ body: (inout Conversation) -> Void) throws -> SessionSummary {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.open(sid: "abc")
    body(&chat)
    return try #require(Trace(chat.recorded).sessions.first)
  }

  @Test("how long the server takes for its acks")
  func ackTimes() throws {
    let session = try session { chat in
      for id in 0..<3 {
        chat.event(.clientToServer, "save", ack: id)
        chat.send(.serverToClient, text: "43\(id)[]", after: .milliseconds([100, 200, 1500][id]))
      }
      chat.event(.clientToServer, "save", ack: 9)
    }
    let times = try #require(session.ackTimes)
    #expect(times.count == 3)
    #expect(times.median == .milliseconds(200))
    #expect(times.maximum == .milliseconds(1500))
    #expect(try self.session { $0.event(.clientToServer, "say") }.ackTimes == nil)
  }

  @Test("a server that puts its client out, and a client that leaves", arguments: Direction.allCases)
  func disconnected(by side: Direction) throws {
    let session = try session { $0.send(side, text: "41") }
    #expect(session.closedBy == side)
    #expect(session.wasDisconnected == (side == .serverToClient))
  }

  @Test("a probe that fails leaves its session open")
  func failedProbe() throws {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    var socket = Conversation(client: .at("10.0.0.2", 50_001), start: polls.clock)
    socket.handshake()
    socket.upgrade(target: "/socket.io/?EIO=4&transport=websocket&sid=abc")
    socket.send(.clientToServer, text: "2probe")
    socket.close(by: .serverToClient, after: .seconds(10))
    polls.poll(sid: "abc", ["2"], heldFor: .seconds(25))
    let session = try #require(Trace((polls.recorded + socket.recorded).sortedByTime()).sessions.first)
    #expect(session.closedBy == nil)
  }
}
