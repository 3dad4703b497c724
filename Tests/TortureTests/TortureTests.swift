import Analysis
import Diagnosis
import Packets
import Testing

/// One clean conversation, and what happens to it in networks and captures: every message must come out as it went in.
@Suite struct TortureTests {
  @Test("the clean conversation has 200 messages each way, of 1 B to 200 kB")
  func cleanConversation() {
    for direction in Direction.allCases {
      let lengths = Talk.clean.messages[direction].map(\.length)
      #expect(lengths.count == 200)
      #expect(lengths.min() == 1 && lengths.max() == 200_000)
    }
    #expect(Variant.all.count >= 100)
    #expect(Set(Variant.all.map(\.name)).count == Variant.all.count)
  }

  @Test("what was captured is recovered", arguments: Variant.all)
  func variant(_ variant: Variant) {
    let recording = variant.make()
    let heard = Heard(recording.packets)
    #expect(heard.connections.count == recording.expected.count)
    for (connection, expected) in zip(heard.connections, recording.expected) {
      for direction in Direction.allCases {
        compare(heard.whole(connection.id, direction), expected.messages[direction], "\(direction)")
        #expect(connection.tcp.lostBytes[direction] == expected.lostBytes[direction], "\(direction)")
        if let incomplete = expected.incomplete {
          #expect(
            heard.data(connection.id, direction).count { !$0.isComplete } == incomplete[direction], "\(direction)")
        }
      }
    }
    #expect(heard.counts.duplicates == recording.duplicates)
    if let skipped = recording.skipped { #expect(heard.counts.skipped.values.reduce(0, +) == skipped) }
    let alarms = heard.findings.filter { $0.severity > .notice }
    #expect(alarms.isEmpty, "\(alarms.map { "\($0.id): \($0.title)" })")
    #expect(Set(heard.findings.map(\.id.rawValue)).isSuperset(of: recording.notices), "\(heard.findings.map(\.id))")
  }

  /// Says where two lists of messages differ first, because a list of all differences has many pages.
  private func compare(_ heard: [MessageRecord], _ sent: [SentMessage], _ place: Comment) {
    #expect(heard.count == sent.count, place)
    let index = zip(heard, sent).enumerated().first { !$1.0.equals($1.1) }?.offset
    guard let index else { return }
    Issue.record("\(place): message \(index) has \(heard[index].length) bytes, not \(sent[index].length), or others")
  }
}
