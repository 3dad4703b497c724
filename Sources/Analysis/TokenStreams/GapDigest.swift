import Bytes
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
/// The buckets divide each octave of microseconds into 64 equal steps, so that the middle of one is at most 0.8 % from any
/// gap in it, and no logarithm is needed to find it. Only the octaves between the shortest and the longest gap are there.
package struct GapDigest: Parceled, Sendable {
  /// Gaps kept one by one before they are put into buckets: fewer take less room than an octave.
  private static let exactLimit = 32
  /// Steps of an octave, as a power of two.
  private static let stepBits = 6
  private static let stepCount = 1 << stepBits

  private var exact: [UInt32] = []
  /// Counts of the buckets from `firstBucket` on, whole octaves.
  private var buckets: [UInt32] = []
  private var firstBucket = 0
  package private(set) var count = 0
  package private(set) var total = Interval.zero
  package private(set) var maximum = Interval.zero
  package private(set) var minimum = Interval(nanoseconds: .max)

  package init() {}

  package static var blank: GapDigest { GapDigest() }

  package mutating func code(_ parcel: Parcel) {
    parcel.code(&exact)
    parcel.code(&buckets)
    parcel.code(&firstBucket)
    parcel.code(&count)
    parcel.code(&total)
    parcel.code(&maximum)
    parcel.code(&minimum)
  }

  /// Adds one gap; a negative one, from a clock that stepped back, counts as zero.
  package mutating func add(_ gap: Interval) {
    let gap = gap < .zero ? .zero : gap
    count += 1
    total = total + gap
    if maximum < gap { maximum = gap }
    if gap < minimum { minimum = gap }
    let microseconds = GapDigest.microseconds(gap)
    if !buckets.isEmpty {
      tally(microseconds)
    } else if exact.count < GapDigest.exactLimit {
      exact.append(microseconds)
    } else {
      for gap in exact { tally(gap) }
      tally(microseconds)
      exact = []
    }
  }

  /// Adds the gaps of messages that came one after the other.
  package mutating func add(_ gaps: some Sequence<Interval>) {
    var rest = gaps.makeIterator()
    while let gap = addAll(of: &rest) { add(gap) }
  }

  /// Adds gaps up to the first one for which there is no bucket yet, which is returned: the rest for each gap costs a
  /// few steps only.
  private mutating func addAll(of gaps: inout some IteratorProtocol<Interval>) -> Interval? {
    guard !buckets.isEmpty else { return gaps.next() }
    let first = firstBucket
    var (count, total, minimum, maximum) = (count, total, minimum, maximum)
    let left: Interval? = buckets.withUnsafeMutableBufferPointer { buckets in
      while let gap = gaps.next() {
        let bucket = GapDigest.bucket(of: GapDigest.microseconds(gap)) &- first
        guard gap >= .zero, buckets.indices.contains(bucket) else { return gap }
        buckets[bucket] &+= 1
        count &+= 1
        total = total + gap
        if maximum < gap { maximum = gap }
        if gap < minimum { minimum = gap }
      }
      return nil
    }
    (self.count, self.total, self.minimum, self.maximum) = (count, total, minimum, maximum)
    return left
  }

  @inline(__always)
  private static func microseconds(_ gap: Interval) -> UInt32 {
    UInt32(clamping: UInt64(bitPattern: gap.nanoseconds) / 1000)
  }

  /// Counts a gap in its bucket.
  private mutating func tally(_ microseconds: UInt32) {
    let bucket = GapDigest.bucket(of: microseconds)
    if !buckets.indices.contains(bucket - firstBucket) { makeRoom(for: bucket) }
    buckets[bucket - firstBucket] &+= 1
  }

  /// Adds the octaves up or down to a bucket's, in an array of just that size: each stream has one.
  private mutating func makeRoom(for bucket: Int) {
    let octave = bucket & ~(GapDigest.stepCount - 1)
    if buckets.isEmpty { firstBucket = octave }
    let lower = min(firstBucket, octave)
    let upper = max(firstBucket + buckets.count, octave + GapDigest.stepCount)
    var wider = [UInt32](repeating: 0, count: upper - lower)
    for (index, count) in buckets.enumerated() { wider[firstBucket - lower + index] = count }
    buckets = wider
    firstBucket = lower
  }

  /// The gap that a share of all gaps does not exceed; `nil` where there is none.
  ///
  /// A share of 0.5 asks for the median.
  package func percentile(_ share: Double) -> Interval? { percentiles([share]).first }

  /// The numbers that a report shows; `nil` where there is no gap.
  package func quantiles() -> GapQuantiles? {
    let gaps = percentiles([0.5, 0.95, 0.99])
    guard gaps.count == 3 else { return nil }
    return GapQuantiles(
      count: count, median: gaps[0], percentile95: gaps[1], percentile99: gaps[2], maximum: maximum)
  }

  /// The gaps that ascending shares of all gaps do not exceed; none where there is no gap.
  private func percentiles(_ shares: [Double]) -> [Interval] {
    guard count > 0 else { return [] }
    let ranks = shares.map { min(count - 1, max(0, Int((Double(count) * $0).rounded(.up)) - 1)) }
    if buckets.isEmpty {
      let sorted = exact.sorted()
      return ranks.map { Interval(nanoseconds: Int64(sorted[$0]) * 1000) }
    }
    var gaps: [Interval] = []
    var seen = 0
    for (index, bucket) in buckets.enumerated() where bucket > 0 {
      seen += Int(bucket)
      while gaps.count < ranks.count, seen > ranks[gaps.count] {
        gaps.append(min(GapDigest.middle(of: firstBucket + index), maximum))
      }
    }
    return gaps
  }

  /// The bucket of a gap: below 64 µs each has its own, above the leading bits tell octave and step.
  private static func bucket(of microseconds: UInt32) -> Int {
    let width = UInt32.bitWidth - microseconds.leadingZeroBitCount
    let octave = max(0, width - stepBits)
    let step = Int(microseconds >> UInt32(max(0, octave - 1)))
    return octave == 0 ? step : octave << stepBits + step - stepCount
  }

  private static func middle(of bucket: Int) -> Interval {
    let octave = bucket >> stepBits
    let step = bucket & (stepCount - 1)
    guard octave > 0 else { return Interval(nanoseconds: Int64(step) * 1000) }
    let lower = Int64(step + stepCount) << Int64(octave - 1)
    return Interval(nanoseconds: lower * 1000 + 500 << Int64(octave - 1))
  }
}
