import Packets

/// When a capture goes on in another file, and how many files are kept: `100M,10`, `1h,24`, `100M,1h,10`.
package struct RingPolicy: Equatable, Sendable {
  /// Bytes of a file at most.
  package var size: Int?
  /// The time from a file's first packet to its last at most.
  package var time: Interval?
  /// Files that are kept; the oldest gives way.
  package var count: Int

  package init(size: Int? = nil, time: Interval? = nil, count: Int) {
    self.size = size
    self.time = time
    self.count = count
  }

  /// Reads a policy; `nil` where the text has no count, or neither size nor time.
  package init?(_ text: String) {
    self.init(count: 0)
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let unit = part.last, let number = Int(unit.isNumber ? part : part.dropLast()), number > 0 else {
        return nil
      }
      if unit.isNumber {
        guard count == 0 else { return nil }
        count = number
      } else if let scale = RingPolicy.sizes[unit] {
        guard size == nil, number < Int.max / scale else { return nil }
        size = number * scale
      } else if let scale = RingPolicy.times[unit] {
        guard time == nil else { return nil }
        time = .seconds(Double(number) * scale)
      } else {
        return nil
      }
    }
    guard count > 0, size != nil || time != nil else { return nil }
  }

  private static let sizes: [Character: Int] = ["k": 1 << 10, "M": 1 << 20, "G": 1 << 30]
  private static let times: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
}
