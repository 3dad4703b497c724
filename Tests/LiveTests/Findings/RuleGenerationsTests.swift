import Analysis
import Diagnosis
import Live
import Packets
import TestSupport
import Testing

@Suite("Rules of a capture without an end")
struct RuleGenerationsTests {
  private let scene = Scene(epoch: Conversation.defaultStart, captures: 1)

  /// Connections that were refused, as the analysis tells them.
  private func refusals(_ count: Int) -> [TraceEvent] {
    var analyzer = Analyzer()
    var number = 0
    for index in 0..<count {
      var chat = Conversation(
        client: .at("10.0.0.2", 40_000 + UInt16(index)),
        start: Conversation.defaultStart + .seconds(Double(index)))
      chat.refusedSYN()
      for packet in chat.recorded {
        number += 1
        analyzer.receive(
          packet.bytes.span.bytes, linkType: .ethernet, wireLength: packet.originalLength,
          reference: PacketReference(capture: 0, number: number, time: packet.time))
      }
    }
    analyzer.finish()
    return analyzer.takeEvents().filter { if case .connectionClosed = $0 { true } else { false } }
  }

  @Test("what an earlier generation found stays on record")
  func record() {
    var rules = RuleGenerations(length: 4)
    for event in refusals(10) { rules.observe(event, in: scene) }
    let findings = rules.conclude(after: [], in: scene)
    #expect(findings.map(\.id) == ["connect-refused", "connect-refused", "connect-refused"])
    #expect(findings.map(\.count) == [4, 4, 2])
  }

  @Test("within one generation, the same fault is one finding")
  func one() {
    var rules = RuleGenerations(length: 100)
    for event in refusals(10) { rules.observe(event, in: scene) }
    #expect(rules.conclude(after: [], in: scene).map(\.count) == [10])
  }
}
