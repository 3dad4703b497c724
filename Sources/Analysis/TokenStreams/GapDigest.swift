import Glibc
import Packets

/// What a report says of the gaps between a stream's messages.
package struct GapQuantiles: Sendable, Equatable {
  package var count: Int
  package var median: Interval
  package var percentile95: Interval
  package var percentile99: Interval
  package var maximum: Interval

  package init(count: Int, median: Interval, percentile95: Interval, percentile99: Interval, maximum: Interval) {
    self.count = count
    self.median = median
    self.percentile95 = percentile95
    self.percentile99 = percentile99
    self.maximum = maximum
  }
}

/// The distribution of the gaps between messages: exact while they are few, within 1 % afterwards.
///
/// The buckets of the histogram grow by 2 % each, so that the middle of one is at most 1 % from any gap in it.
package struct GapDigest: Sendable {
  /// Gaps kept one by one before they are put into buckets: most answers have fewer tokens.
  private static let exactLimit = 512
  /// From 1 µs to about 17 minutes in steps of 2 %, and one for all beyond.
  private static let bucketCount = 1048

  private var exact: [UInt32] = []
  private var isSorted = false
  private var buckets: [UInt32] = []
  package private(set) var count = 0
  package private(set) var total = Interval.zero
  package private(set) var maximum = Interval.zero
  package private(set) var minimum = Interval(nanoseconds: .max)

  package init() {}

  /// Adds one gap; a negative one, from a clock that stepped back, counts as zero.
  package mutating func add(_ gap: Interval) {
    let gap = max(gap, .zero)
    count += 1
    total = Interval(nanoseconds: total.nanoseconds &+ gap.nanoseconds)
    maximum = max(maximum, gap)
    minimum = min(minimum, gap)
    let microseconds = UInt32(clamping: gap.nanoseconds / 1000)
    if !buckets.isEmpty {
      buckets[GapDigest.bucket(of: microseconds)] += 1
    } else if exact.count < GapDigest.exactLimit {
      exact.append(microseconds)
    } else {
      spill(microseconds)
    }
  }

  private mutating func spill(_ last: UInt32) {
    buckets = [UInt32](repeating: 0, count: GapDigest.bucketCount)
    for gap in exact { buckets[GapDigest.bucket(of: gap)] += 1 }
    buckets[GapDigest.bucket(of: last)] += 1
    exact = []
  }

  /// The gap that a share of all gaps does not exceed; `nil` where there is none.
  ///
  /// A share of 0.5 asks for the median.
  package func percentile(_ share: Double) -> Interval? {
    guard count > 0 else { return nil }
    let rank = min(count - 1, max(0, Int((Double(count) * share).rounded(.up)) - 1))
    if buckets.isEmpty {
      return Interval(nanoseconds: Int64(isSorted ? exact[rank] : exact.sorted()[rank]) * 1000)
    }
    var seen = 0
    for (index, bucket) in buckets.enumerated() {
      seen += Int(bucket)
      if seen > rank { return min(GapDigest.middle(of: index), maximum) }
    }
    return maximum
  }

  /// The numbers that a report shows; `nil` where there is no gap.
  package func quantiles() -> GapQuantiles? {
    guard count > 0 else { return nil }
    var sorted = self
    sorted.exact.sort()
    sorted.isSorted = true
    return GapQuantiles(
      count: count, median: sorted.percentile(0.5) ?? .zero, percentile95: sorted.percentile(0.95) ?? .zero,
      percentile99: sorted.percentile(0.99) ?? .zero, maximum: maximum)
  }

  private static func bucket(of microseconds: UInt32) -> Int {
    guard microseconds > 1 else { return 0 }
    return min(bucketCount - 1, Int(log2(Double(microseconds)) / log2(1.02)))
  }

  private static func middle(of bucket: Int) -> Interval {
    .seconds(pow(1.02, Double(bucket) + 0.5) / 1e6)
  }
}
