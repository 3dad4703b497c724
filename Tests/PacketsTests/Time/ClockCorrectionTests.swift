import Packets
import Testing

@Suite struct ClockCorrectionTests {
  private let start = Timestamp(nanoseconds: 1_767_268_800_000_000_000)

  @Test("a clock that is ahead and gains is corrected at every moment")
  func corrected() {
    let clock = ClockCorrection(origin: start, offset: .seconds(7), drift: 50e-6)
    #expect(clock.corrected(start) == start + .seconds(-7))
    let later = start + .seconds(100)
    #expect(clock.corrected(later) == later + .seconds(-7.005))
    #expect(ClockCorrection.none.corrected(later) == later)
  }

  @Test("corrections follow each other")
  func followed() {
    let first = ClockCorrection(origin: start, offset: .seconds(7), drift: 50e-6)
    let second = ClockCorrection(origin: start + .seconds(3), offset: .seconds(-2), drift: -20e-6)
    let both = first.followed(by: second)
    for seconds in [0.0, 10, 3600] {
      let time = start + .seconds(seconds)
      let difference = both.corrected(time) - second.corrected(first.corrected(time))
      #expect(difference.nanoseconds.magnitude <= 10)
    }
  }

  @Test("times at the ends of the range do not trap", arguments: [Int64.min, Int64.max])
  func extremes(nanoseconds: Int64) {
    let clock = ClockCorrection(origin: start, offset: Interval(nanoseconds: .max), drift: 1)
    _ = clock.corrected(Timestamp(nanoseconds: nanoseconds))
    _ = clock.followed(by: clock).corrected(Timestamp(nanoseconds: nanoseconds))
  }
}
