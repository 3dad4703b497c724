/// Which ranges of a stream are present beyond its in-order front, without their bytes.
///
/// Positions are plain integers that never wrap; whoever owns an assembler maps sequence numbers to them. The ranges are
/// kept sorted, apart from each other and merged, so that their number is the number of holes.
struct Assembler: Equatable, Sendable {
  /// The present ranges, ascending, with a hole between any two.
  private(set) var ranges: [Range<Int>] = []

  /// Whether nothing is present.
  var isEmpty: Bool { ranges.isEmpty }

  /// The position at which the first hole ends.
  var firstPresent: Int? { ranges.first?.lowerBound }

  /// Whether all of a range is present.
  func contains(_ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return true }
    let index = firstIndex(endingAfter: range.lowerBound)
    return index < ranges.count && ranges[index].lowerBound <= range.lowerBound
      && ranges[index].upperBound >= range.upperBound
  }

  /// Adds a range.
  ///
  /// - Returns: the parts of it that were not present, ascending.
  mutating func insert(_ range: Range<Int>) -> [Range<Int>] {
    guard !range.isEmpty else { return [] }
    var absent: [Range<Int>] = []
    var merged = range
    var position = range.lowerBound
    // A range that merely touches is merged too, hence the search for ends at or after the start.
    let first = firstIndex(endingAfter: range.lowerBound &- 1)
    var index = first
    while index < ranges.count, ranges[index].lowerBound <= range.upperBound {
      let present = ranges[index]
      if present.lowerBound > position { absent.append(position..<present.lowerBound) }
      position = max(position, present.upperBound)
      merged = min(merged.lowerBound, present.lowerBound)..<max(merged.upperBound, present.upperBound)
      index += 1
    }
    if position < range.upperBound { absent.append(position..<range.upperBound) }
    ranges.replaceSubrange(first..<index, with: CollectionOfOne(merged))
    return absent
  }

  /// Forgets everything before a position.
  mutating func removeAll(before position: Int) {
    let first = firstIndex(endingAfter: position)
    ranges.removeSubrange(..<first)
    if let front = ranges.first, front.lowerBound < position { ranges[0] = position..<front.upperBound }
  }

  /// The index of the first range whose end lies after a position, by halving.
  private func firstIndex(endingAfter position: Int) -> Int {
    // New data nearly always goes to the end.
    guard let last = ranges.last, last.upperBound > position else { return ranges.count }
    var low = 0
    var high = ranges.count - 1
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound > position { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
