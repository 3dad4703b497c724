import TestSupport
import Testing

@testable import Streams

@Suite struct AssemblerTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var inserted: Range<Int>
    var absent: [Range<Int>]
    var ranges: [Range<Int>]
    var testDescription: String { name }
  }

  /// What happens when a range comes to [10, 20) and [30, 40).
  static let cases = [
    Case(name: "before", inserted: 1..<5, absent: [1..<5], ranges: [1..<5, 10..<20, 30..<40]),
    Case(name: "touching left", inserted: 5..<10, absent: [5..<10], ranges: [5..<20, 30..<40]),
    Case(name: "overlapping left", inserted: 5..<15, absent: [5..<10], ranges: [5..<20, 30..<40]),
    Case(name: "equal", inserted: 10..<20, absent: [], ranges: [10..<20, 30..<40]),
    Case(name: "inside", inserted: 12..<18, absent: [], ranges: [10..<20, 30..<40]),
    Case(name: "around", inserted: 5..<25, absent: [5..<10, 20..<25], ranges: [5..<25, 30..<40]),
    Case(name: "overlapping right", inserted: 15..<25, absent: [20..<25], ranges: [10..<25, 30..<40]),
    Case(name: "touching right", inserted: 20..<25, absent: [20..<25], ranges: [10..<25, 30..<40]),
    Case(name: "between", inserted: 22..<28, absent: [22..<28], ranges: [10..<20, 22..<28, 30..<40]),
    Case(name: "closing the hole", inserted: 20..<30, absent: [20..<30], ranges: [10..<40]),
    Case(name: "bridging", inserted: 15..<35, absent: [20..<30], ranges: [10..<40]),
    Case(name: "over everything", inserted: 0..<50, absent: [0..<10, 20..<30, 40..<50], ranges: [0..<50]),
    Case(name: "after", inserted: 50..<60, absent: [50..<60], ranges: [10..<20, 30..<40, 50..<60]),
    Case(name: "empty", inserted: 25..<25, absent: [], ranges: [10..<20, 30..<40]),
  ]

  @Test("every geometric case of an insertion", arguments: cases)
  func insertion(_ test: Case) {
    var assembler = Assembler()
    #expect(assembler.insert(30..<40) == [30..<40])
    #expect(assembler.insert(10..<20) == [10..<20])
    #expect(assembler.insert(test.inserted) == test.absent)
    #expect(assembler.ranges == test.ranges)
    #expect(assembler.contains(test.inserted))
  }

  @Test(
    "what lies before a position is forgotten",
    arguments: [
      (5, [10..<20, 30..<40]), (10, [10..<20, 30..<40]), (15, [15..<20, 30..<40]), (20, [30..<40]), (25, [30..<40]),
      (40, []), (99, []),
    ])
  func removal(_ position: Int, _ ranges: [Range<Int>]) {
    var assembler = Assembler()
    _ = assembler.insert(10..<20)
    _ = assembler.insert(30..<40)
    assembler.removeAll(before: position)
    #expect(assembler.ranges == ranges)
    #expect(assembler.firstPresent == ranges.first?.lowerBound)
  }

  @Test("random insertions agree with a set of numbers", arguments: 0..<50 as Range<UInt64>)
  func agreesWithSet(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var assembler = Assembler()
    var present = Set<Int>()
    for _ in 0..<60 {
      let start = Int.random(in: 0..<200, using: &random)
      let range = start..<start + Int.random(in: 0..<30, using: &random)
      let absent = assembler.insert(range)
      #expect(absent.flatMap { Array($0) } == range.filter { !present.contains($0) })
      present.formUnion(range)
      #expect(assembler.ranges.flatMap { Array($0) } == present.sorted())
    }
  }
}
