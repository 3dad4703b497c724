import Packets
import TestSupport
import Testing

@testable import Diagnosis

/// The numbers in a finding's sentences.
@Suite struct SentenceTests {
  @Test(
    "counts have separators, as in the rest of a report",
    arguments: [
      (0, "0 polls"), (1, "1 poll"), (999, "999 polls"), (1000, "1,000 polls"), (20_512, "20,512 polls"),
      (1_234_567, "1,234,567 polls"), (-1869, "-1,869 polls"),
    ])
  func counts(value: Int, expected: String) {
    #expect(counted(value, "poll") == expected)
    #expect(counted(value) == expected.split(separator: " ")[0])
  }

  @Test("the limits of a count do not trap")
  func extremes() {
    #expect(counted(Int.min) == "-9,223,372,036,854,775,808")
    #expect(counted(UInt64.max) == "18,446,744,073,709,551,615")
  }

  @Test("sentences write counts so, but neither packets nor ports, and evidence keeps the number")
  func finding() throws {
    var chat = Conversation.chat()
    for _ in 0..<600 { chat.event(.serverToClient, "tick") }
    chat.drop(chat.event(.serverToClient, "image", "\"\(String(repeating: "A", count: 1400))\""))
    for _ in 0..<200 { chat.event(.serverToClient, "tick") }
    let gap = try #require(findings(in: chat.recorded).first { $0.id == "capture-gap" })
    let lost = try #require(gap.measure("lostBytes"))
    #expect(lost > 1400)
    #expect(gap.title.contains("lost 1,\(Int(lost) - 1000) bytes"))
    #expect(gap.at.number > 1000 && gap.detail.contains("packet \(gap.at.number),"))
  }
}
