import Packets
import Testing

@testable import Reports

@Suite("Quantities read well")
struct QuantityTests {
  @Test(arguments: [(0, "0"), (999, "999"), (1869, "1,869"), (-1_234_567, "-1,234,567")])
  func counts(value: Int, expected: String) {
    #expect(Quantity.count(value) == expected)
  }

  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (312_400, "312 kB"), (2_100_000, "2.1 MB"),
    (.max, "9,223,372,036 GB"),
  ])
  func bytes(value: Int, expected: String) {
    #expect(Quantity.bytes(value) == expected)
  }

  @Test(
    arguments: [
      (0, "0 µs"), (71_400, "71 µs"), (51_000_000, "51 ms"), (999_600_000, "1.00 s"), (9_600_000_000, "9.60 s"),
      (12_002_000_000, "12.0 s"), (134_000_000_000, "2 min 14 s"), (7_260_000_000_000, "2 h 1 min"),
      (-51_000_000, "-51 ms"),
    ] as [(Int64, String)])
  func durations(nanoseconds: Int64, expected: String) {
    #expect(Quantity.duration(Interval(nanoseconds: nanoseconds)) == expected)
  }

  @Test("the limits of time do not trap", arguments: [Int64.min, .max])
  func extremes(nanoseconds: Int64) {
    let interval = Interval(nanoseconds: nanoseconds)
    #expect(!Quantity.duration(interval).isEmpty)
    #expect(!Quantity.decimal(interval, digits: 3).isEmpty)
  }
}
