import Packets
import Reports
import SocketIO
import Testing
import WebSocket

@testable import Analysis

@Suite("The timeline")
struct TimelineTests {
  private func lines(_ messages: [MessageRecord], width: Int? = nil) -> [String] {
    var options = TextOptions()
    options.width = width
    return Timeline.text(.sample(), messages, options: options).split(separator: "\n").dropFirst().map(String.init)
  }

  @Test("a finding stands behind the last message before it begins")
  func finding() {
    let report = Report.sample([.stall()])
    let lines = Timeline.text(report, [.token(410, 7.7), .token(563, 19.8)]).split(separator: "\n")
    #expect(lines.count == 4 && lines[2].contains("▲ stalled-stream: the answer to prompt 2 stopped for 12.0 s"))
    let end = Timeline.text(report, [.token(410, 7.7)]).split(separator: "\n").last
    #expect(end?.contains("▲ stalled-stream") ?? false)
  }

  @Test("an event has its types, name and data")
  func event() {
    #expect(
      lines([.token(88, 1.492), .token(92, 1.497, leg: .upstream)]) == [
        #"   1.492 s             #3     ⇠    88      4 message 2 EVENT token  {"i":0}"#,
        #"   1.497 s     +0.005  #3     ⇠    92      4 message 2 EVENT token  {"i":0}  server → proxy"#,
      ])
  }

  @Test("more than three equal events of a packet share a line", arguments: [(3, 3), (4, 1), (29, 1)])
  func runs(count: Int, expected: Int) {
    let lines = lines(Array(repeating: .token(88, 1), count: count) + [.token(89, 1)])
    #expect(lines.count == expected + 1)
    #expect(lines[0].contains("token × \(count) in one packet") == (expected == 1))
  }

  @Test(
    "messages of a packet that are not alike have lines of their own",
    arguments: [
      { $0.connection = 4 }, { $0.direction = .clientToServer }, { $0.socket?.type = .ack },
      { $0.socket?.namespace = "/chat" }, { $0.socket?.event = "done" }, { $0.socket?.event = nil },
      { $0.isComplete = false },
    ] as [@Sendable (inout MessageRecord) -> Void])
  func unlike(change: @Sendable (inout MessageRecord) -> Void) {
    var other = MessageRecord.token(88, 1)
    change(&other)
    let token = MessageRecord.token(88, 1)
    #expect(lines([token, token, other, token, other]).count == 5)
    #expect(lines(Array(repeating: token, count: 5) + [other] + Array(repeating: token, count: 4)).count == 3)
  }

  @Test("a run's line has the time since the message before it")
  func gap() {
    let lines = lines([.token(80, 0.5)] + Array(repeating: .token(88, 1), count: 9) + [.token(90, 1.25)])
    #expect(lines.map { $0.dropFirst(12).prefix(11).split(separator: " ") } == [[], ["+0.500"], ["+0.250"]])
  }

  @Test("plain messages have kind and size")
  func plain() {
    #expect(lines([.plain(.binary, [1, 2])])[0].hasSuffix("30      binary 2 B"))
    #expect(lines([.plain(.close, [3, 232], closeCode: 1000)])[0].hasSuffix("close 1000"))
    #expect(lines([.plain(.text, Array("hi\u{1b}".utf8))])[0].hasSuffix("text 3 B  hi\\x1b"))
  }

  @Test("the payload gives way to the width")
  func narrow() {
    let payload = #"42["token",""# + String(repeating: "x", count: 300) + #""]"#
    let line = lines([.token(88, 1, payload: payload, leg: .client)], width: 90)[0]
    #expect(line.count == 90 && line.hasSuffix("…  proxy → client"))
  }
}
