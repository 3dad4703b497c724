import Packets
import Testing

@testable import Analysis

@Suite struct SeenBytesTests {
  private func seen(_ segments: [(Int, Int)], from start: UInt32 = 1000) -> SeenBytes {
    var seen = SeenBytes()
    for (offset, length) in segments { seen.add(SequenceNumber(start).advanced(by: offset), length) }
    return seen
  }

  @Test("what was skipped has not been seen until it comes", arguments: [1000, UInt32.max - 120])
  func hole(start: UInt32) {
    let first = SequenceNumber(start)
    var bytes = seen([(0, 100), (200, 100)], from: start)
    #expect(bytes.hasSeen(first.advanced(by: 50)) == true)
    #expect(bytes.hasSeen(first.advanced(by: 100)) == false)
    #expect(bytes.hasSeen(first.advanced(by: 199)) == false)
    #expect(bytes.hasSeen(first.advanced(by: 200)) == true)
    #expect(bytes.hasSeen(first.advanced(by: 300)) == false)
    bytes.add(first.advanced(by: 120), 20)
    #expect(bytes.hasSeen(first.advanced(by: 119)) == false)
    #expect(bytes.hasSeen(first.advanced(by: 120)) == true)
    #expect(bytes.hasSeen(first.advanced(by: 140)) == false)
    bytes.add(first.advanced(by: 100), 100)
    #expect(bytes.hasSeen(first.advanced(by: 199)) == true)
  }

  @Test("nothing is known before the first segment, and with too many holes")
  func unknown() {
    #expect(SeenBytes().hasSeen(SequenceNumber(5)) == nil)
    #expect(seen((0...SeenBytes.mostHoles + 1).map { ($0 * 20, 10) }).hasSeen(SequenceNumber(1000)) == nil)
  }
}
