import Packets
import TestSupport
import Testing

@testable import Streams

@Suite struct FlowIndexTests {
  /// All slots that the index gives for a hash.
  private func slots(_ index: FlowIndex, _ hash: UInt64) -> Set<Int32> {
    var found = Set<Int32>()
    var position = index.start(of: hash)
    while true {
      let slot = index.nextSlot(of: hash, at: &position)
      if slot < 0 { return found }
      found.insert(slot)
    }
  }

  @Test("random insertions and removals agree with a dictionary", arguments: 0..<20 as Range<UInt64>)
  func agreesWithDictionary(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var index = FlowIndex()
    var expected: [UInt64: Set<Int32>] = [:]
    // Few different hashes, close to each other and to the table's end, so that runs are long and wrap around.
    let hashes = (0..<90).map { UInt64(truncatingIfNeeded: $0 / 3 - 15) << 32 | UInt64($0) }
    for slot in 0..<600 as Range<Int32> {
      let hash = hashes.randomElement(using: &random) ?? 0
      index.insert(slot, hash: hash)
      expected[hash >> 32, default: []].insert(slot)
      let other = hashes.randomElement(using: &random) ?? 0
      if let victim = expected[other >> 32]?.sorted().randomElement(using: &random), Bool.random(using: &random) {
        index.remove(victim, hash: other)
        expected[other >> 32]?.remove(victim)
      }
    }
    for hash in hashes { #expect(slots(index, hash) == expected[hash >> 32] ?? []) }
  }

  @Test("removing what is not there changes nothing")
  func absent() {
    var index = FlowIndex()
    index.insert(1, hash: 7 << 32)
    index.remove(2, hash: 7 << 32)
    index.remove(1, hash: 8 << 32)
    #expect(slots(index, 7 << 32) == [1])
  }

  @Test("a port selection follows its ports, or all")
  func ports() {
    let selection = PortSelection([8080, 3000])
    #expect(selection.contains(3000) && selection.lists(8080) && !selection.contains(80))
    #expect(PortSelection.any.contains(80) && !PortSelection.any.lists(80))
  }
}
