import Diagnosis
import Live
import Packets
import Reports
import Testing

@Suite("A finding's line")
struct FindingLineTests {
  private func line(_ change: FindingLedger.Change, all: Bool = false) -> String? {
    var options = TextOptions()
    options.showsNotices = all
    return FindingLine(options: options, epoch: FindingLedgerTests.time(0)).text(change)
  }

  @Test("time, mark, name, number, title and session stand in it")
  func appeared() {
    var finding = FindingLedgerTests.finding("stalled-stream", packet: 4, sid: "abcdefghijkl", count: 3)
    finding.number = 7
    #expect(line(.appeared(finding)) == "4.000 s  ✖ stalled-stream  [7] t × 3  session abcdefgh…")
  }

  @Test("notices are told only where they are wanted")
  func notices() {
    let notice = FindingLedgerTests.finding("capture-gap", packet: 4, severity: .notice)
    #expect(line(.appeared(notice)) == nil)
    #expect(line(.appeared(notice), all: true) != nil)
  }

  @Test("a change says what is new, and nothing where nobody would care")
  func changes() throws {
    let old = FindingLedgerTests.finding("stalled-stream", packet: 4, severity: .warning)
    var new = FindingLedgerTests.finding("stalled-stream", packet: 4, severity: .error)
    #expect(try #require(line(.changed(new, was: old))).contains("now an error: t"))
    new.severity = .warning
    new.until = FindingLedgerTests.reference(9)
    #expect(try #require(line(.changed(new, was: old))).contains("over: t"))
    #expect(line(.changed(old, was: old)) == nil)
    #expect(try #require(line(.withdrawn(old))).contains("taken back"))
  }

  @Test("text from the network reaches no terminal as a control character")
  func hostile() throws {
    var finding = FindingLedgerTests.finding("missing-101", packet: 4, sid: "\u{1b}[31m")
    finding.title = "\u{1b}]0;owned\u{7}"
    let text = try #require(line(.appeared(finding)))
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f })
  }
}
