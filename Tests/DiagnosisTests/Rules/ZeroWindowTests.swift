import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct ZeroWindowTests {
  /// A stream whose receiver closes its window for a time.
  private func chat(
    by direction: Direction = .clientToServer, for time: Interval, reopens: Bool = true
  ) -> Conversation {
    var chat = Conversation.chat()
    chat.answer()
    chat.windows[direction] = 0
    chat.acknowledge(direction, after: .milliseconds(10))
    if reopens {
      chat.windows[direction] = 502
      chat.acknowledge(direction, after: time)
      chat.answer()
    } else {
      chat.keepAlive(direction.reversed, after: time)
      chat.acknowledge(direction, after: .milliseconds(1))
    }
    return chat
  }

  @Test(
    "a window that stays closed is the receiver's fault",
    arguments: [(Interval.milliseconds(300), Severity.warning), (.seconds(3), .error)])
  func fires(time: Interval, severity: Severity) throws {
    let finding = try expectOne("zero-window", severity, blame: .client, in: chat(for: time).recorded)
    #expect(finding.blameDetail == .receiver)
    #expect(abs((finding.measure("closedFor") ?? 0) - time.seconds) < 0.001)
    #expect(finding.measure("threshold") == 0.2)
    #expect(finding.title.contains("10.0.0.2:50000"))
  }

  @Test("a server that does not read is blamed itself")
  func server() throws {
    let finding = try expectOne(
      "zero-window", .error, blame: .server, in: chat(by: .serverToClient, for: .seconds(3)).recorded)
    #expect(finding.title.contains("10.0.0.10:8080"))
  }

  @Test("a window that is closed when the capture ends counts until then, and answered probes are no silence")
  func unopened() throws {
    let packets = chat(for: .seconds(6), reopens: false).recorded
    let finding = try expectOne("zero-window", .error, blame: .client, in: packets)
    #expect(finding.until == nil)
    #expect(!ids(in: packets).contains("half-open"))
  }

  @Test("a window that is closed for a moment is no finding")
  func short() {
    #expect(ids(in: chat(for: .milliseconds(150)).recorded).isEmpty)
  }

  @Test("a proxy whose client does not read stops reading too, and is not to blame")
  func bothLegs() throws {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    chat.wait(.milliseconds(10))
    chat.client.windows.clientToServer = 0
    chat.client.acknowledge(.clientToServer, after: .milliseconds(10))
    chat.wait(.milliseconds(100))
    chat.upstream.windows.clientToServer = 0
    chat.upstream.acknowledge(.clientToServer)
    chat.wait(.seconds(3))
    chat.client.windows.clientToServer = 502
    chat.client.acknowledge(.clientToServer)
    chat.upstream.windows.clientToServer = 502
    chat.upstream.acknowledge(.clientToServer, after: .milliseconds(1))
    let finding = try expectOne("zero-window", .error, blame: .client, in: chat.recorded)
    #expect(finding.connections.count == 2)
  }

  /// A stream whose receiver closes its window again and again for a moment.
  private func closing(times: Int, for time: Interval, every pause: Interval) -> [RecordedPacket] {
    var chat = Conversation.chat()
    for _ in 0..<times {
      chat.event(.serverToClient, "token", after: pause)
      chat.windows.clientToServer = 0
      chat.acknowledge(.clientToServer, after: .milliseconds(1))
      chat.windows.clientToServer = 502
      chat.acknowledge(.clientToServer, after: time)
    }
    chat.event(.serverToClient, "done")
    return chat.recorded
  }

  @Test("windows that are closed for moments, again and again, are a reader that can't keep up")
  func recurring() throws {
    let packets = closing(times: 12, for: .milliseconds(150), every: .milliseconds(100))
    let finding = try expectOne("zero-window", .warning, blame: .client, in: packets)
    #expect(finding.word("kind") == "recurring")
    #expect(finding.measure("times") == 12)
    #expect(abs((finding.measure("closedFor") ?? 0) - 1.8) < 0.01)
  }

  @Test("a few such moments in a long connection are none")
  func rare() {
    #expect(ids(in: closing(times: 12, for: .milliseconds(85), every: .milliseconds(1900))).isEmpty)
    #expect(ids(in: closing(times: 2, for: .milliseconds(190), every: .milliseconds(50))).isEmpty)
  }

  /// A transfer that fills a window of 1 kB with each segment.
  private func filling(every pause: Interval, times: Int) -> [RecordedPacket] {
    var socket = Conversation()
    socket.handshake()
    socket.upgrade(target: "/feed")
    socket.windows.clientToServer = 8
    socket.acknowledge(.clientToServer)
    for _ in 0..<times {
      socket.send(.serverToClient, frame: .binary(Array(repeating: 7, count: 1020)), after: pause)
    }
    socket.close(code: 1000)
    return socket.recorded
  }

  @Test("a window that stays below two segments and is filled each time is a reader that can't keep up")
  func small() throws {
    let finding = try expectOne(
      "zero-window", .warning, blame: .client, in: filling(every: .milliseconds(200), times: 20))
    #expect(finding.word("kind") == "small")
    #expect(finding.title.contains("two segments"))
  }

  @Test("a small window that is emptied at once is none")
  func smallAndQuick() {
    #expect(ids(in: filling(every: .milliseconds(2), times: 2000)).isEmpty)
    #expect(ids(in: filling(every: .milliseconds(200), times: 4)).isEmpty)
  }
}
