import Packets
import Testing

@Suite struct SequenceNumberTests {
  @Test(
    "distances wrap around",
    arguments: [
      (0, 0, 0), (1, 3, 2), (3, 1, -2), (0xffff_ffff, 0, 1), (0, 0xffff_ffff, -1), (0xffff_fff0, 0x10, 0x20),
      (0, 0x7fff_ffff, 0x7fff_ffff), (0, 0x8000_0000, -0x8000_0000),
    ] as [(UInt32, UInt32, Int)])
  func distance(from: UInt32, to: UInt32, expected: Int) {
    let start = SequenceNumber(from)
    let end = SequenceNumber(to)
    #expect(start.distance(to: end) == expected)
    #expect(start.advanced(by: expected) == end)
    #expect(start.isBefore(end) == (expected > 0))
    #expect(start.isAfter(end) == (expected < 0))
  }

  @Test("multiples of the space fall away")
  func wholeTurns() {
    #expect(SequenceNumber(7).advanced(by: 1 << 32) == SequenceNumber(7))
    #expect(SequenceNumber(7).advanced(by: Int.min) == SequenceNumber(7))
  }
}
