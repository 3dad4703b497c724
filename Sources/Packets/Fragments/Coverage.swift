/// Which byte ranges of a datagram are known, without the bytes.
struct Coverage: Equatable, Sendable {
  /// The known ranges in order, with a hole between any two.
  private(set) var ranges: [Range<Int>] = []

  /// The bytes known from the start on without a hole.
  var prefix: Int { ranges.first.map { $0.lowerBound == 0 ? $0.upperBound : 0 } ?? 0 }

  /// Adds a range, and gives the parts of it that were not known before, in order.
  mutating func insert(_ range: Range<Int>) -> [Range<Int>] {
    guard !range.isEmpty else { return [] }
    let touching = touchingIndices(range)
    var added: [Range<Int>] = []
    var position = range.lowerBound
    for known in ranges[touching] {
      if position < known.lowerBound { added.append(position..<known.lowerBound) }
      position = max(position, known.upperBound)
    }
    if position < range.upperBound { added.append(position..<range.upperBound) }
    let lower = min(range.lowerBound, ranges[touching].first?.lowerBound ?? range.lowerBound)
    let upper = max(range.upperBound, ranges[touching].last?.upperBound ?? range.upperBound)
    ranges.replaceSubrange(touching, with: CollectionOfOne(lower..<upper))
    return added
  }

  /// The indices of the ranges that overlap a range or meet it end to end.
  private func touchingIndices(_ range: Range<Int>) -> Range<Int> {
    let first = firstIndex { $0.upperBound >= range.lowerBound }
    let end = firstIndex { $0.lowerBound > range.upperBound }
    return first..<end
  }

  /// The first index whose range meets a condition that, once met, all later ones meet too.
  private func firstIndex(where isMet: (Range<Int>) -> Bool) -> Int {
    var candidates = 0..<ranges.count
    while !candidates.isEmpty {
      let middle = candidates.lowerBound + candidates.count / 2
      candidates = isMet(ranges[middle]) ? candidates.lowerBound..<middle : middle + 1..<candidates.upperBound
    }
    return candidates.lowerBound
  }
}
