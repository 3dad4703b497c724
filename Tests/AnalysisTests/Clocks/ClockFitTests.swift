import Packets
import Testing

@testable import Analysis

@Suite struct ClockFitTests {
  /// Points every 100 ms, each direction in turn, with the least delay now and then.
  private func points(
    offset: Double, drift: Double, oneWay: (Int) -> Double, count: Int = 400
  ) -> [ClockFit.Point] {
    (0..<count).map { index in
      let time = Double(index) * 1e8
      let isForward = index.isMultiple(of: 2)
      let delay = oneWay(index) * (isForward ? 1 : -1)
      return ClockFit.Point(time: time, difference: offset + drift * time + delay, isForward: isForward)
    }
  }

  /// 200 µs, and up to 2 ms more.
  private func jitter(_ index: Int) -> Double { 200_000 + Double(index * 7919 % 11) * 200_000 }

  @Test("offset and drift come out within the round trip", arguments: [0.0, 50e-6, -120e-6])
  func line(drift: Double) throws {
    let fit = try #require(ClockFit(points(offset: 5e6, drift: drift, oneWay: jitter)))
    #expect(abs(fit.offset - 5e6) <= fit.margin)
    #expect(abs(fit.drift - drift) < 2e-6)
    #expect((190_000...260_000).contains(fit.margin))
  }

  @Test("a drift that the round trips hide is not told")
  func hidden() throws {
    let fit = try #require(ClockFit(points(offset: 0, drift: 1e-6, oneWay: { _ in 10_000_000 })))
    #expect(fit.drift == 0)
    #expect(fit.margin >= 9_000_000)
  }

  @Test("noise of clocks that are one machine's is the uncertainty")
  func noise() throws {
    let fit = try #require(ClockFit(points(offset: 0, drift: 0, oneWay: { Double($0 * 7919 % 13 - 6) * 10_000 })))
    #expect(abs(fit.offset) <= 60_000)
    #expect((30_000...90_000).contains(fit.margin))
  }

  @Test("one direction alone tells nothing")
  func oneWay() {
    #expect(ClockFit(points(offset: 0, drift: 0, oneWay: jitter).filter(\.isForward)) == nil)
    #expect(ClockFit([]) == nil)
  }

  @Test("a few points give an offset and no drift")
  func few() throws {
    let fit = try #require(ClockFit(points(offset: 7e9, drift: 50e-6, oneWay: jitter, count: 4)))
    #expect(fit.drift == 0)
    #expect(abs(fit.offset - 7e9) <= fit.margin + 50_000)
  }
}
