import Packets
import Reports
import Testing

@testable import Analysis

/// Which messages are listed where there are more than a ticket takes.
@Suite struct MessageSelectionTests {
  /// How many messages of each connection are taken, of as many as there are, one a second each.
  private func taken(_ counts: [UInt32], limit: Int, flagged: [Int] = []) -> [Int] {
    var selection = MessageSelection(limit: limit, counts: counts, flagged: flagged, findings: [.stall()])
    var taken = [Int](repeating: 0, count: counts.count)
    for second in 0..<Int(counts.max() ?? 0) {
      for connection in counts.indices where second < counts[connection] {
        var message = MessageRecord.token(1, Double(second))
        message.connection = connection
        if selection.takes(message) { taken[connection] += 1 }
      }
    }
    #expect(selection.leftOut == counts.reduce(0) { $0 + Int($1) } - taken.reduce(0, +))
    #expect(selection.isComplete == (selection.leftOut == 0))
    return taken
  }

  @Test(
    "flagged connections first, each whole; then the others, and the beginning of the first one that does not fit",
    arguments: [
      ([10, 10, 10], 30, [], [10, 10, 10]),
      ([10, 10, 10], 25, [], [10, 10, 5]),
      ([10, 10, 10], 15, [2], [5, 0, 10]),
      ([10, 3, 10], 15, [2], [2, 3, 10]),
      ([10, 10, 10], 5, [], [5, 0, 0]),
      ([10, 0, 10], 20, [1, 7], [10, 0, 10]),
      ([10, 10, 10], 20, [2, 1], [0, 10, 10]),
    ] as [([UInt32], Int, [Int], [Int])])
  func order(counts: [UInt32], limit: Int, flagged: [Int], expected: [Int]) {
    #expect(taken(counts, limit: limit, flagged: flagged) == expected)
  }

  @Test("of a flagged connection that is too long, what stands within two seconds of a finding")
  func around() {
    // The finding is from 7.7 s to 19.7 s: seconds 6 to 9, and 18 to 21.
    #expect(taken([100, 100], limit: 40, flagged: [0]) == [8, 20])
    #expect(taken([100, 100], limit: 10, flagged: [0]) == [5, 5])
  }
}
