import Packets
import Testing

/// The Autobahn TestSuite's list of cases, in both directions and each in the ways in which TCP may deliver it.
@Suite struct AutobahnTests {
  @Test("what a peer sends is heard, and what it breaks is told", arguments: Direction.allCases, ConformanceCase.all)
  func holds(direction: Direction, sent: ConformanceCase) {
    let script = sent.script(direction)
    expect(
      script.bytes, direction, deflate: script.deflate, chop: script.chop, script.facts, sent.number)
  }

  @Test("the list is whole")
  func list() {
    let numbers = ConformanceCase.all.map(\.number)
    #expect(Set(numbers).count == numbers.count)
    let sizes = Dictionary(grouping: numbers) { $0.prefix { $0 != "." } }.mapValues(\.count)
    #expect(
      sizes == [
        "1": 16, "2": 11, "3": 7, "4": 10, "5": 20, "6": 145, "7": 37, "9": 54, "10": 1, "12": 90, "13": 126,
      ])
  }
}
