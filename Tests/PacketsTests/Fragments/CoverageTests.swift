import TestSupport
import Testing

@testable import Packets

@Suite struct CoverageTests {
  @Test(
    "a new range is added where nothing was known",
    arguments: [
      ("before", 0..<5, [0..<5], [0..<5, 10..<20, 30..<40]),
      ("touching from before", 5..<10, [5..<10], [5..<20, 30..<40]),
      ("overlapping left", 5..<15, [5..<10], [5..<20, 30..<40]),
      ("inside", 12..<15, [], [10..<20, 30..<40]),
      ("the same", 10..<20, [], [10..<20, 30..<40]),
      ("overlapping right", 15..<25, [20..<25], [10..<25, 30..<40]),
      ("touching from behind", 20..<25, [20..<25], [10..<25, 30..<40]),
      ("in the hole", 22..<28, [22..<28], [10..<20, 22..<28, 30..<40]),
      ("the hole", 20..<30, [20..<30], [10..<40]),
      ("overlapping both", 15..<35, [20..<30], [10..<40]),
      ("around one", 5..<25, [5..<10, 20..<25], [5..<25, 30..<40]),
      ("around all", 0..<50, [0..<10, 20..<30, 40..<50], [0..<50]),
      ("after", 45..<50, [45..<50], [10..<20, 30..<40, 45..<50]),
      ("empty", 25..<25, [], [10..<20, 30..<40]),
    ] as [(String, Range<Int>, [Range<Int>], [Range<Int>])])
  func insert(name: String, range: Range<Int>, added: [Range<Int>], ranges: [Range<Int>]) {
    var coverage = Coverage()
    _ = coverage.insert(30..<40)
    _ = coverage.insert(10..<20)
    #expect(coverage.insert(range) == added)
    #expect(coverage.ranges == ranges)
    #expect(coverage.prefix == (ranges[0].lowerBound == 0 ? ranges[0].upperBound : 0))
  }

  @Test("any order of pieces covers what they cover", arguments: 0..<50 as Range<UInt64>)
  func anyOrder(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var coverage = Coverage()
    var known = Set<Int>()
    for _ in 0..<40 {
      let lower = Int.random(in: 0..<100, using: &random)
      let range = lower..<lower + Int.random(in: 0..<12, using: &random)
      let added = coverage.insert(range).flatMap { Array($0) }
      #expect(Set(added) == Set(range).subtracting(known))
      known.formUnion(range)
      #expect(coverage.ranges.flatMap { Array($0) } == known.sorted())
    }
  }
}
