import Analysis
import Packets
import Testing

@Suite struct GapDigestTests {
  @Test("no gap has no percentile")
  func empty() {
    #expect(GapDigest().percentile(0.5) == nil)
    #expect(GapDigest().count == 0)
  }

  @Test(
    "few gaps have exact percentiles",
    arguments: [(0.0, 1), (0.04, 1), (0.5, 13), (0.8, 20), (0.96, 24), (1.0, 25)])
  func exact(share: Double, milliseconds: Int64) {
    var digest = GapDigest()
    for gap in (1...25).reversed() { digest.add(.milliseconds(Int64(gap))) }
    #expect(digest.percentile(share) == .milliseconds(milliseconds))
    #expect(digest.minimum == .milliseconds(1))
    #expect(digest.maximum == .milliseconds(25))
    #expect(digest.total == .milliseconds(325))
  }

  @Test(
    "many gaps have percentiles within 1 %, whatever their size",
    arguments: [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999], [UInt64(1), 2, 3])
  func approximate(share: Double, seed: UInt64) throws {
    var digest = GapDigest()
    var state = seed &* 0x9e37_79b9_7f4a_7c15
    var gaps: [Double] = []
    for _ in 0..<5_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // From 100 µs to 100 s, evenly by order of magnitude.
      let microseconds = (exponential(Double(state >> 11) / Double(1 << 53)) * 1e6).rounded()
      gaps.append(microseconds / 1e6)
      digest.add(.seconds(microseconds / 1e6))
    }
    gaps.sort()
    let exact = gaps[Int((5_000 * share).rounded(.up)) - 1]
    let found = try #require(digest.percentile(share)).seconds
    #expect(abs(found - exact) <= exact * 0.0101, "\(found) for \(exact)")
  }

  /// 10 to the power of -4 … 2, by halves: no need for more than the square root.
  private func exponential(_ share: Double) -> Double {
    var (result, rest, factor) = (1e-4, share, 1e6)
    for _ in 0..<40 {
      factor = factor.squareRoot()
      rest *= 2
      if rest >= 1 {
        result *= factor
        rest -= 1
      }
    }
    return result
  }

  @Test("a percentile is never above the longest gap")
  func bounded() {
    var digest = GapDigest()
    for _ in 0..<2_000 { digest.add(.milliseconds(50)) }
    #expect(digest.percentile(0.99).map { $0 <= .milliseconds(50) } == true)
  }

  @Test("a clock that steps back makes a gap of zero, and the longest of all no trap")
  func extremes() {
    var digest = GapDigest()
    for _ in 0..<600 {
      digest.add(.seconds(-3))
      digest.add(Interval(nanoseconds: .max))
      digest.add(Interval(nanoseconds: .min))
    }
    #expect(digest.minimum == .zero)
    #expect(digest.maximum == Interval(nanoseconds: .max))
    #expect(digest.count == 1_800)
    #expect(digest.percentile(0.1).map { $0.seconds < 0.001 } == true)
  }
}
