import Diagnosis
import Packets
import Reports
import SocketIO
import TestSupport
import Testing
import WebSocket

@testable import Analysis
@testable import Live

@Suite("The screen")
struct ScreenTests {
  private static let clock = FindingLedgerTests.time(100)

  private func status(sessions: Int = 3, findings: Int = 0) -> LiveStatus {
    var status = LiveStatus(
      interfaces: ["any"], running: .seconds(134), packets: 1000, dropped: 0, epoch: FindingLedgerTests.time(0))
    status.followed = "tcp port 8080"
    status.clock = Self.clock
    status.totals.openSessions = sessions
    status.sessions = (0..<sessions).map { session("session-\($0)", connection: $0) }
    var ledger = FindingLedger()
    _ = ledger.update(
      (0..<findings).map { index in
        var finding = FindingLedgerTests.finding(
          "stalled-stream", packet: index + 1, sid: "session-\(index)", connections: [index])
        finding.title = "\u{1b}[2Jnumber \(index) " + String(repeating: "long ", count: 60)
        finding.detail = String(repeating: "word ", count: 300)
        return finding
      }, at: FindingLedgerTests.time(90))
    status.findings = ledger.entries
    return status
  }

  private func session(_ sid: String, connection: Int) -> OpenSession {
    var session = OpenSession(
      sid: sid, connections: [connection], client: .at("10.0.0.2", 50_000), transport: .webSocket,
      start: FindingLedgerTests.time(0), last: FindingLedgerTests.time(99))
    session.stream = OpenSession.OpenStream(
      event: "token\u{7}", messages: 40, firstMessageAfter: .seconds(0.4), messagesPerSecond: 19.4,
      last: FindingLedgerTests.time(99.5), isEnded: nil)
    return session
  }

  private func message(_ sid: String?, connection: Int, opcode: Opcode = .text, at second: Int = 99) -> MessageRecord {
    MessageRecord(
      at: FindingLedgerTests.reference(second), firstPacket: FindingLedgerTests.reference(second),
      connection: connection, leg: .only, sid: sid, direction: .serverToClient, transport: .webSocket, opcode: opcode,
      length: 500, frames: 1,
      isCompressed: false, isComplete: true, closeCode: nil, engineType: nil, socket: nil,
      payload: Array("\u{1b}[31mred\n".utf8) + [UInt8](repeating: 0x61, count: 400))
  }

  private func state(sessions: Int = 3, findings: Int = 0) -> ScreenState {
    var state = ScreenState(status: status(sessions: sessions, findings: findings))
    for index in 0..<30 { state.note(message("session-\(index % 3)", connection: index % 3)) }
    state.update(status(sessions: sessions, findings: findings))
    return state
  }

  private func lines(_ state: ScreenState, _ width: Int = 80, _ height: Int = 24, color: Bool = false) -> [String] {
    var options = TextOptions()
    options.color = color
    return ScreenLayout(state, width: width, height: height, options: options).lines()
  }

  @Test(
    "it has as many lines as the terminal, none wider, and no control character but colours",
    arguments: [(80, 24), (200, 50), (40, 10), (20, 5)], [(0, 0), (3, 2), (80, 40)])
  func fits(size: (Int, Int), content: (Int, Int)) {
    var state = state(sessions: content.0, findings: content.1)
    for _ in 0..<3 {
      for _ in 0..<2 {
        let lines = lines(state, size.0, size.1)
        #expect(lines.count == size.1)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= size.0 })
        #expect(!lines.contains { $0.unicodeScalars.contains { $0.value < 0x20 } })
        state.press(.down)
      }
      state.press(.enter)
    }
  }

  @Test("colours are used only where they are wanted")
  func color() {
    let state = state(findings: 2)
    #expect(lines(state, color: true).contains { $0.contains("\u{1b}[31m✖") })
    #expect(!lines(state).contains { $0.contains("\u{1b}") })
  }

  @Test("the title tells the interfaces, the time, rates and drops; each session has its stream and heartbeat")
  func content() {
    let lines = lines(state())
    #expect(lines[0].hasPrefix(" any · tcp port 8080 · 00:02:14"))
    #expect(lines[0].contains("0 dropped") && lines[0].contains("3 sessions"))
    #expect(lines[2].contains("session-0") && lines[2].contains("token") && lines[2].contains("19/s"))
    #expect(lines[2].contains("0.4 s") && lines[2].contains("0.5 s"))
    #expect(lines.contains { $0.contains("no fault so far") })
    #expect(lines.last?.contains("q end") == true)
  }

  @Test("a stalled session is marked, and its finding has an age")
  func stalled() {
    let lines = lines(state(findings: 1))
    #expect(lines[2].contains("▲") && lines[2].contains("stopped"))
    #expect(lines.contains { $0.contains("10 s") && $0.contains("stalled-stream") })
  }

  @Test("enter opens the proof of the chosen finding, escape closes it")
  func proof() {
    var state = state(findings: 2)
    for _ in 0..<4 { state.press(.down) }
    state.press(.enter)
    #expect(state.view == .proof(1, from: 0))
    let before = lines(state)
    #expect(before[1].contains("number 0"))
    state.press(.down)
    #expect(lines(state)[1] == before[2])
    state.press(.escape)
    #expect(state.view == .overview)
  }

  @Test("enter on a session opens its newest finding; one that was taken back says so")
  func withdrawn() {
    var state = state(findings: 1)
    state.press(.enter)
    #expect(state.view == .proof(1, from: 0))
    state.update(status(findings: 0))
    #expect(lines(state)[1].contains("taken back"))
  }

  @Test("f shows one session's findings and messages only")
  func filter() {
    var state = state(findings: 3)
    state.press(.character("f"))
    #expect(state.shownMessages.map(\.latest.sid) == ["session-0"])
    #expect(state.shownFindings.count == 1)
    state.press(.character("f"))
    #expect(state.shownFindings.count == 3)
  }

  @Test("a session that no packet named is told by its connection, and its messages apart from another's")
  func unnamed() {
    var named = status(sessions: 2)
    for index in 0..<2 { named.sessions[index].sid = nil }
    var state = ScreenState(status: named)
    for connection in 0..<2 { state.note(message(nil, connection: connection)) }
    #expect(lines(state)[2].contains("#0") && lines(state)[3].contains("#1"))
    state.press(.down)
    state.press(.character("f"))
    #expect(state.shownMessages.map(\.latest.connection) == [1])
    #expect(lines(state).contains { $0.contains("only #1") })
  }

  @Test("messages of one kind in a row are one line with their number")
  func runs() {
    var state = ScreenState(status: status())
    for index in 0..<4 { state.note(message("session-0", connection: 0, at: 90 + index)) }
    state.note(message("session-1", connection: 1, at: 92))
    state.note(message("session-0", connection: 0, opcode: .ping, at: 95))
    #expect(state.shownMessages.map(\.count) == [1, 4, 1])
    #expect(lines(state).contains { $0.contains("4 × text") })
  }

  @Test("however many connections speak, what is remembered of their messages is bounded")
  func bounded() {
    var runs = MessageRuns()
    for index in 0..<5000 { runs.append(message(nil, connection: index, at: index)) }
    #expect(runs.all.count == 2 * MessageRuns.capacity)
    #expect(runs.all.last?.latest.connection == 4999)
  }

  @Test("w asks for a capture where packets are kept, and the last line says what became of it for a while")
  func capture() {
    var state = state()
    state.press(.character("w"))
    #expect(!state.wantsCapture)
    var keeping = status()
    keeping.keptBytes = 1000
    state.update(keeping)
    #expect(lines(state).last?.contains("w write capture") == true)
    state.press(.character("w"))
    #expect(state.wantsCapture)
    state.note(SavedCapture.saved(path: "a\u{1b}.pcap", packets: 1234))
    #expect(!state.wantsCapture)
    #expect(lines(state).last?.hasPrefix(" saved 1,234 packets: a") == true)
    keeping.running = keeping.running + .seconds(60)
    state.update(keeping)
    #expect(lines(state).last?.contains("q end") == true)
    state.note(trouble: "the disk is full")
    #expect(lines(state).last == " the disk is full")
    state.press(.up)
    #expect(lines(state).last?.contains("q end") == true)
  }

  @Test("on a narrow terminal the title leaves out what is least missed", arguments: [(80, false), (120, true)])
  func title(width: Int, tellsPort: Bool) {
    var status = status()
    status.savedBytes = 2_100_000
    status.isRing = true
    let title = lines(ScreenState(status: status), width)[0]
    #expect(title.hasSuffix("3 sessions\(width < 100 ? "  " : "   ")2.1 MB kept in ring"))
    #expect(title.contains("tcp port 8080") == tellsPort)
  }

  @Test("a paused screen stays as it is")
  func pause() {
    var state = state()
    state.press(.character("p"))
    let before = lines(state)
    #expect(before[0].contains("PAUSED"))
    state.update(status(sessions: 9, findings: 4))
    state.note(message("other", connection: 77))
    #expect(lines(state) == before)
    state.press(.character("p"))
    state.update(status(sessions: 9, findings: 4))
    #expect(lines(state) != before)
  }

  @Test("q asks for the end")
  func quit() {
    var state = state()
    #expect(!state.wantsEnd)
    state.press(.character("q"))
    #expect(state.wantsEnd)
  }
}
