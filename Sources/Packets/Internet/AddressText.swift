extension IPAddress: CustomStringConvertible {
  /// Dotted decimal, or RFC 5952's form of an IPv6 address.
  package var description: String {
    if isIPv4 { return stride(from: 24, through: 0, by: -8).map { "\(low >> UInt64($0) & 0xff)" }.joined(separator: ".") }
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> UInt64(48 - $0 % 4 * 16)) }
    guard let zeros = IPAddress.longestZeros(groups) else { return IPAddress.joined(groups[...]) }
    return IPAddress.joined(groups[..<zeros.lowerBound]) + "::" + IPAddress.joined(groups[zeros.upperBound...])
  }

  private static func joined(_ groups: ArraySlice<UInt16>) -> String {
    groups.map { String($0, radix: 16) }.joined(separator: ":")
  }

  /// The run of zero groups that `::` stands for: the longest, the first of several, at least two (RFC 5952 4.2).
  private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
    var best: Range<Int>?
    var start = 0
    while start < groups.count {
      var end = start
      while end < groups.count, groups[end] == 0 { end += 1 }
      if end - start >= 2, end - start > (best?.count ?? 0) { best = start..<end }
      start = end + 1
    }
    return best
  }
}

extension Endpoint: CustomStringConvertible {
  /// `10.0.0.1:8080`, or `[fd00::1]:8080`.
  package var description: String { address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)" }
}
