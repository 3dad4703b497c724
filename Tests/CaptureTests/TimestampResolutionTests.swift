import Packets
import Testing

@testable import Capture

@Suite struct TimestampResolutionTests {
  @Test(
    "stamps become nanoseconds, rounded down and clamped",
    arguments: [
      (6, 1_795_386_255_505_841, 0, 1_795_386_255_505_841_000),
      (9, 1_795_386_255_505_841_001, 0, 1_795_386_255_505_841_001),
      (0, 12, 0, 12_000_000_000),
      (3, 12_345, -12, 345_000_000),
      (12, 1_999, 0, 1),
      (19, 15_000_000_000_000_000_000, 0, 1_500_000_000),
      (0x80, 3, 0, 3_000_000_000),
      (0x80 | 1, 3, 0, 1_500_000_000),
      (0x80 | 32, 1 << 32 | 1 << 31, 0, 1_500_000_000),
      (0x80 | 63, 1 << 63 | 1 << 62, 0, 1_500_000_000),
      (6, .max, 0, .max),
      (0, .max, 0, .max),
      (6, 1_000_000, .max, .max),
      (6, 1_000_000, .min, .min),
      (0x80 | 63, .max, .min, .min),
    ] as [(UInt8, UInt64, Int64, Int64)])
  func conversion(option: UInt8, stamp: UInt64, offset: Int64, nanoseconds: Int64) throws {
    let resolution = try #require(TimestampResolution(option: option))
    #expect(resolution.time(stamp, offsetSeconds: offset).nanoseconds == nanoseconds)
  }

  @Test(
    "units of which a second has more than 64 bits can count are refused",
    arguments: [20, 127, 0x80 | 64, 0xff] as [UInt8])
  func refused(option: UInt8) {
    #expect(TimestampResolution(option: option) == nil)
  }
}
