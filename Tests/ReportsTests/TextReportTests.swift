import Diagnosis
import Foundation
import Packets
import Testing
import WebSocket

@testable import Analysis
@testable import Reports

@Suite("The text report")
struct TextReportTests {
  @Test("a report with a warning is this")
  func golden() {
    var notice = Finding.stall(.notice)
    notice.id = "http10-upstream"
    #expect(TextReport(.sample([notice, .stall()])).text() == TextReportTests.expected)
  }

  @Test("without a fault it says what was seen")
  func healthy() {
    let text = TextReport(.sample()).text()
    #expect(
      text.contains(
        "✔ no fault seen: 1 session, 3 token messages in 1 stream, 4 heartbeats, upgrade 1 of 1, no packet lost\n"))
  }

  @Test("without a connection it judges nothing")
  func empty() {
    let text = TextReport(Report(version: "0.1.0")).text()
    #expect(text.contains("nothing to judge") && !text.contains("✔"))
  }

  @Test("errors stand before warnings, notices only where they are wanted")
  func order() {
    var options = TextOptions()
    let findings = [Finding.stall(.notice), .stall(.warning), .stall(.error)]
    #expect(TextReport(.sample(findings)).shownFindings.map(\.severity) == [.error, .warning])
    options.showsNotices = true
    #expect(
      TextReport(.sample(findings), options: options).shownFindings.map(\.severity) == [.error, .warning, .notice])
  }

  @Test("what the capture hides stands above the findings")
  func judgement() throws {
    var notice = Finding.stall(.notice)
    notice.id = "capture-one-sided"
    notice.title = "the server's leg was not captured"
    var report = Report.sample([notice, .stall()])
    report.captures[0].otherPorts = [(3000, 1)]
    let text = TextReport(report).text()
    let line = try #require(
      text.range(of: "Can't be judged here: the server's leg was not captured; upgrades were also"))
    let finding = try #require(text.range(of: "▲ stalled-stream"))
    #expect(line.lowerBound < finding.lowerBound)
    #expect(text.contains("add --port 3000"))
  }

  @Test("no control character of the network comes through")
  func hostile() {
    let evil = "\u{1b}]0;x\u{7}\u{9b}2J\n\r\u{202e}"
    var finding = Finding.stall(.error)
    finding.title = evil
    finding.detail = evil
    finding.remedy = evil + "\n" + evil
    var report = Report.sample([finding])
    report.captures[0].path = evil
    report.captures[0].linkTypes = [evil]
    report.captures[0].skipped = [(evil, 2)]
    report.sessions[0].sid = evil
    report.sessions[0].events.serverToClient = [(evil, 2)]
    report.streams[0].event = evil
    report.streams[0].endEvent = evil
    report.limits = [LimitUse(name: evil, value: 1, reached: 1)]
    var messages: [MessageRecord] = [.token(1, 1, payload: evil), .plain(.text, Array(evil.utf8))]
    messages[0].socket?.event = evil
    messages[0].socket?.namespace = evil
    for scalar in (TextReport(report).text() + Timeline.text(report, messages)).unicodeScalars where scalar != "\n" {
      #expect(scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value) && scalar.value != 0x202e)
    }
  }

  @Test("colour only where it is wanted")
  func color() {
    var options = TextOptions()
    #expect(!TextReport(.sample([.stall()]), options: options).text().contains("\u{1b}"))
    options.color = true
    let colored = TextReport(.sample([.stall()]), options: options).text()
    #expect(colored.contains("\u{1b}[38;5;136m▲ stalled-stream\u{1b}[0m  the"))
  }

  @Test("a long table says how many rows it leaves out")
  func longTable() {
    var report = Report.sample()
    report.connections = SummaryList((1...25).map { .webSocket($0) })
    #expect(TextReport(report).text().contains("\n            … and 17 more (--all)\n"))
    var options = TextOptions()
    options.showsNotices = true
    #expect(TextReport(report, options: options).text().contains("\n            … and 5 more\n"))
  }

  @Test("tables are cut to a terminal")
  func narrow() {
    var options = TextOptions()
    options.width = 80
    let text = TextReport(.sample([.stall()]), options: options).text()
    for line in text.split(separator: "\n") where !line.contains("Look:") && !line.contains("explain") {
      #expect(DisplayWidth.of(String(line)) <= 80, "\(line)")
    }
  }

  @Test("the connections that a finding names are listed before others")
  func accusedConnections() {
    var report = Report.sample([.stall()])
    report.connections = SummaryList((1...25).map { .webSocket($0) })
    report.findings[0].connections = [24]
    let text = TextReport(report).text()
    #expect(text.contains(" #24 ") && text.contains(" #7 ") && !text.contains(" #8 "))
  }

  @Test("a narrow terminal loses columns, and keeps how each session, stream and connection ended")
  func sparedColumns() {
    var options = TextOptions()
    options.width = 80
    let text = TextReport(.sample([.stall()]), options: options).text()
    #expect(text.contains("client, 9.500 s\n") && text.contains("ended by done\n"))
    #expect(text.contains("close 1000 by client\n") && !text.contains("TRANSPORT"))
  }

  @Test("a file that is cut off is said above the verdict, which then is about the rest")
  func cutOff() {
    var report = Report.sample()
    report.captures[0].isCutOff = true
    let text = TextReport(report).text()
    #expect(
      text.contains("Can't be judged here: what came after the capture's packet 1,869, where the file is cut off"))
    #expect(text.contains("✔ no fault seen in what can be judged: 1 session"))
  }

  @Test("one leg alone does not judge the server")
  func oneLeg() {
    var finding = Finding.stall()
    finding.blameDetail = .upstream
    var report = Report.sample([finding])
    #expect(TextReport(report).text().contains("Can't be judged here: the server's leg (not captured)"))
    report.connections[0].leg = .client
    #expect(!TextReport(report).text().contains("Can't be judged"))
    #expect(!TextReport(.sample([.stall(.notice)])).text().contains("Can't be judged"))
  }

  @Test("of an empty capture nothing is said about loss")
  func emptyCapture() {
    var report = Report(version: "0.1.0", captures: Report.sample().captures)
    report.captures[0].packets = 0
    #expect(!TextReport(report).text().contains("no packet lost"))
  }

  @Test("a session whose WebSocket ended without a goodbye is broken, one that the capture left is open")
  func brokenSession() {
    var report = Report.sample()
    report.sessions[0].closedBy = nil
    #expect(TextReport(report).text().contains("broken, 9.500 s"))
    report.connections[0].tcp.finBy = nil
    #expect(TextReport(report).text().contains("open, 9.500 s"))
  }

  @Test(
    "a count that the title names is not said twice",
    arguments: [("2 clients came back", false), ("it came back", true)])
  func count(title: String, isAdded: Bool) {
    var finding = Finding.stall()
    finding.title = title
    finding.count = 2
    #expect(TextReport(.sample([finding])).text().contains("× 2") == isAdded)
  }

  @Test("advice is set as prose, but for the lines of a configuration; a number keeps its unit")
  func advice() {
    let text = "Raise it:\n    proxy_read_timeout   3600s;\nor send more often, every 12.5 s at least."
    #expect(
      Wrapping.advice(text, width: 36, first: "Fix: ", indent: "     ", code: "    ") == [
        "Fix: Raise it:", "        proxy_read_timeout   3600s;", "     or send more often, every",
        "     12.5 s at least.",
      ])
  }

  static let expected = """
    wstrace 0.1.0 · times are seconds since 2026-11-22T10:04:15.505841Z

    ▲ stalled-stream  the answer to prompt 2 stopped for 12.0 s                                                      certain
        Between packets 411 and 562 no token came.
        Not the network: everything was acknowledged.
        Fix: Look at the application.
        Look: ip.addr == 10.0.0.7 && tcp.port == 55884 && frame.number >= 411 && frame.number <= 562

    0 errors · 1 warning · 1 notice          (--all shows notices, `wstrace explain stalled-stream` the background)

    capture     1,869 packets, 312 kB, 9.60 s, LINUX_SLL2, no packet lost
    sessions    SID         TRANSPORT             CLIENT        OPEN   EVENTS →   ← EVENTS            HEARTBEATS   END
                O8Jkt2rv…   polling → websocket   10.0.0.7   0.200 s   prompt 2   token 120, done 2            4   client, 9.500 s
    streams     prompt → token   first 310 ms   3 messages   16.7/s   gap p50 50 ms   p99 70 ms   max 70 ms   ended by done
    upgrades    1 asked, 1 accepted
    connections      CLIENT → SERVER                   TRANSPORT      OPEN   LASTED   MESSAGES →   ← MESSAGES   END
                #1   10.0.0.7:55884 → 10.0.0.10:8080   websocket   0.200 s   9.30 s            3        1,234   close 1000 by client

    """
}
