import Analysis
import Capture
import Diagnosis
import Live
import Packets
import Reports
import TestSupport
import Testing

@Suite("An analysis that goes on")
struct LiveAnalysisTests {
  @Test("a stall is told within half a second of its threshold, while nothing comes, and marked as the clock's")
  func stall() throws {
    let chat = Conversation.stalling()
    var replay = Replay()
    replay.take(chat.recorded)
    let last = chat.clock
    replay.wait(from: last, until: last + .seconds(1.75))
    #expect(replay.changes.isEmpty)
    replay.wait(from: last + .seconds(1.75), until: last + .seconds(2.5))
    let finding = try #require(replay.changes.first?.finding)
    #expect(replay.changes.count == 1)
    #expect(finding.id == "stalled-stream")
    #expect(finding.isByClock)
    #expect(finding.until == nil)
    #expect(!finding.title.contains("for good"))
  }

  @Test("a stall that goes on becomes an error; when the answer goes on after all, it is over under the same number")
  func staysTheSame() throws {
    var chat = Conversation.stalling()
    var replay = Replay()
    replay.take(chat.recorded)
    let before = chat.recorded.count
    let last = chat.clock
    replay.wait(from: last, until: last + .seconds(12))
    chat.wait(.seconds(12.5))
    chat.stream(count: 10)
    chat.event(.serverToClient, "done")
    chat.wait(.seconds(1))
    chat.heartbeat()
    replay.take(Array(chat.recorded.dropFirst(before)))
    replay.conclude(at: chat.clock)
    let stalls = replay.changes.map(\.finding).filter { $0.id == "stalled-stream" }
    #expect(Set(stalls.map(\.number)) == [1])
    #expect(stalls.contains { $0.severity == .error })
    let end = try #require(stalls.last)
    #expect(end.until != nil)
    #expect(end.severity == .warning)
    #expect(!end.isByClock)
    #expect(!replay.changes.contains { $0.isWithdrawn })
  }

  @Test("an upgrade whose answer comes late is taken back")
  func withdrawn() {
    var chat = Conversation()
    chat.handshake()
    chat.requestUpgrade()
    var replay = Replay()
    replay.take(chat.recorded)
    let before = chat.recorded.count
    replay.wait(from: chat.clock, until: chat.clock + .seconds(3))
    #expect(replay.changes.map(\.finding.id) == ["missing-101"])
    chat.wait(.seconds(3.5))
    chat.acceptUpgrade()
    chat.open(sid: "abc")
    replay.take(Array(chat.recorded.dropFirst(before)))
    replay.conclude(at: chat.clock)
    #expect(replay.changes.contains { $0.isWithdrawn && $0.finding.id == "missing-101" })
    #expect(!replay.analysis.ledger.entries.contains { $0.finding.id == "missing-101" })
  }

  @Test("a refused connection is told at once, not when the connection is forgotten")
  func refused() {
    var chat = Conversation()
    chat.refusedSYN()
    var replay = Replay()
    replay.take(chat.recorded)
    replay.conclude(at: chat.clock)
    #expect(replay.changes.map(\.finding.id) == ["connect-refused"])
    #expect(!replay.changes[0].finding.isByClock)
  }

  @Test("concluding again and again changes nothing: the end is that of an analysis of the file")
  func sameEnd() {
    let packets = Conversation.stalling().recorded + Conversation.stalling(port: 50_001, sid: "def").recorded
    let ordered = packets.sortedByTime()
    var replay = Replay()
    replay.take(ordered)
    let end = replay.analysis.finish(at: ordered.last?.time ?? Conversation.defaultStart)
    let expected = findings(in: ordered)
    #expect(end.findings.map(\.id) == expected.map(\.id))
    #expect(end.findings.map(\.title) == expected.map(\.title))
    #expect(!end.findings.contains { $0.isByClock })
  }

  @Test("what only the clock showed is there at the end, marked")
  func clockAtEnd() throws {
    let chat = Conversation.stalling()
    var replay = Replay()
    replay.take(chat.recorded)
    #expect(findings(in: chat.recorded).isEmpty)
    let end = replay.analysis.finish(at: chat.clock + .seconds(15))
    let finding = try #require(end.findings.first)
    #expect(end.findings.count == 1)
    #expect(finding.isByClock)
    #expect(finding.severity == .error)
    #expect(end.changes.contains { $0.isAppeared })
  }

  @Test("repetitions without an answer are told by the clock, not with the next repetition")
  func silence() throws {
    var chat = Conversation.stalling()
    chat.acknowledgesData = false
    let lost = chat.event(.serverToClient, "token", "1")
    let sent = chat.clock
    for time in [0.2, 0.6, 1.4] { chat.retransmit(lost.lowerBound, at: sent + .seconds(time)) }
    var replay = Replay()
    replay.take(chat.recorded)
    replay.wait(from: sent + .seconds(1.5), until: sent + .seconds(4.5))
    #expect(!replay.changes.contains { $0.finding.id == "half-open" })
    replay.wait(from: sent + .seconds(4.5), until: sent + .seconds(5.5))
    let finding = try #require(replay.changes.map(\.finding).first { $0.id == "half-open" })
    #expect(finding.isByClock)
    let end = replay.analysis.finish(at: sent + .seconds(6))
    #expect(end.findings.contains { $0.id == "half-open" && $0.isByClock })
  }

  @Test("a fault stays under its number while its connection, and then its session, are put away")
  func retired() {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.open(sid: "abc")
    chat.event(.clientToServer, "prompt", after: .milliseconds(200))
    chat.stream(count: 20)
    chat.reset(by: .serverToClient)
    var replay = Replay()
    replay.take(chat.recorded)
    replay.wait(from: chat.clock, until: chat.clock + .seconds(60))
    #expect(replay.changes.map(\.finding.id) == ["abnormal-close"])
    #expect(replay.analysis.statistics().openSessions == 0)
    #expect(replay.analysis.kept.connections.count == 1)
  }

  @Test("connections that both sides have ended are put away soon; a last packet that comes again opens none")
  func late() {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.open(sid: "abc")
    chat.close()
    var replay = Replay()
    replay.take(chat.recorded)
    replay.wait(from: chat.clock, until: chat.clock + .seconds(4))
    #expect(replay.analysis.kept.connections.count == 1)
    var again = chat.recorded[chat.recorded.count - 1]
    again.time = chat.clock + .seconds(6)
    replay.take([again])
    replay.wait(from: again.time, until: again.time + .seconds(90))
    #expect(replay.analysis.statistics().connections == 1)
    #expect(replay.changes.isEmpty)
  }

  @Test("a healthy chat gives nothing, however often it is looked at and long it is silent")
  func healthy() {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.open(sid: "abc", pingInterval: 5_000)
    for _ in 0..<3 {
      chat.event(.clientToServer, "prompt", after: .milliseconds(500))
      chat.stream(count: 20)
      chat.event(.serverToClient, "done")
    }
    for _ in 0..<4 { chat.heartbeat(after: .seconds(5)) }
    var replay = Replay()
    replay.take(chat.recorded)
    #expect(replay.changes.isEmpty)
    let end = replay.analysis.finish(at: chat.clock + .seconds(1))
    #expect(end.findings.isEmpty)
  }

  @Test("sessions that are over leave a summary only, and what is listed is bounded")
  func memory() {
    var limits = LiveLimits()
    limits.summaries = 5
    var replay = Replay(limits: limits)
    var start = Conversation.defaultStart
    for number in 0..<20 {
      var chat = Conversation(client: .at("10.0.0.2", 40_000 + UInt16(number)), start: start)
      chat.handshake()
      chat.upgrade()
      chat.open(sid: "session-\(number)")
      chat.close()
      replay.take(chat.recorded)
      start = chat.clock + .seconds(1)
    }
    let clock = start + .seconds(200)
    for step in 0..<8 { replay.conclude(at: clock + .seconds(Double(step) * 30)) }
    #expect(replay.analysis.openSessions(atMost: 100).isEmpty)
    let totals = replay.analysis.statistics()
    #expect(totals.sessions == 20)
    #expect(totals.openSessions == 0)
    #expect(totals.connections == 20)
    #expect(totals.upgradesAccepted == totals.upgradesTried)
    #expect(replay.analysis.kept.sessions.map(\.sid) == (15..<20).map { "session-\($0)" })
    #expect(replay.analysis.kept.limits.map(\.reached) == [15, 15])
  }

  @Test("a recording ends the same whether it is analysed or watched", arguments: Recordings.names)
  func recordings(name: String) throws {
    let packets = try Recordings.packets(of: name)
    var replay = Replay()
    replay.take(packets)
    let end = replay.analysis.finish(at: packets.map(\.time).max() ?? Conversation.defaultStart)
    let expected = findings(in: packets)
    #expect(end.findings.map(\.id) == expected.map(\.id))
    #expect(end.findings.map(\.detail) == expected.map(\.detail))
  }
}

/// The recordings that belong to the project.
enum Recordings {
  static let names = [
    "missing-101-no-upgrade-headers.pcap", "rst-after-upgrade.pcap", "stalled-pause-12s.pcap",
  ].filter { (try? contents(of: PackageRoot.captures + "/" + $0)) != nil }

  static func packets(of name: String) throws -> [RecordedPacket] {
    let file = try CaptureFile(path: PackageRoot.captures + "/" + name, index: 0)
    var packets: [RecordedPacket] = []
    while try file.advance() {
      let bytes = file.withBytes { $0.withUnsafeBytes { [UInt8]($0) } }
      packets.append(
        RecordedPacket(
          time: file.packet.reference.time, bytes: bytes, linkType: file.packet.linkType.rawValue,
          originalLength: file.packet.wireLength))
    }
    return packets
  }
}
