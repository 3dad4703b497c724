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

  /// The time of the last point.
  private let end = 399e8

  @Test("offset and drift come out within the round trip", arguments: [0.0, 50e-6, -120e-6])
  func line(drift: Double) throws {
    let fit = try #require(ClockFit(points(offset: 5e6, drift: drift, oneWay: jitter), until: end))
    for time in [0, end] {
      #expect(abs(fit.offset + fit.drift * time - 5e6 - drift * time) <= fit.margin)
    }
    #expect(abs(fit.drift - drift) < 10e-6)
    #expect((190_000...600_000).contains(fit.margin))
  }

  @Test("a drift that the round trips hide is not told, but allowed for")
  func hidden() throws {
    let fit = try #require(ClockFit(points(offset: 0, drift: 1e-6, oneWay: { _ in 10_000_000 }), until: end))
    #expect(fit.drift == 0)
    #expect(fit.margin >= 9_000_000)
  }

  @Test("noise of clocks that are one machine's is the uncertainty")
  func noise() throws {
    let noisy = points(offset: 0, drift: 0, oneWay: { Double($0 * 7919 % 13 - 6) * 10_000 })
    let fit = try #require(ClockFit(noisy, until: end))
    #expect(abs(fit.offset) <= 90_000)
    #expect((30_000...90_000).contains(fit.margin))
  }

  @Test("one direction alone tells nothing")
  func oneWay() {
    let forward = points(offset: 0, drift: 0, oneWay: jitter).filter(\.isForward)
    #expect(ClockFit(forward, until: end) == nil)
    #expect(ClockFit([], until: end) == nil)
  }

  @Test("a few points at the beginning leave open what the clock does until the end")
  func few() throws {
    let fit = try #require(ClockFit(points(offset: 7e9, drift: 50e-6, oneWay: jitter, count: 4), until: end))
    #expect(abs(fit.offset + fit.drift * end - 7e9 - 50e-6 * end) <= fit.margin)
    #expect(fit.margin > 5_000_000)
  }
}
