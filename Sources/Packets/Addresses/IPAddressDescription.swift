extension IPAddress: CustomStringConvertible {
  /// The address as text: dotted decimal for IPv4, the canonical form of RFC 5952 for IPv6.
  package var description: String { isIPv4 ? dottedDecimal : colonHexadecimal }

  private var dottedDecimal: String {
    "\(low >> 24 & 0xff).\(low >> 16 & 0xff).\(low >> 8 & 0xff).\(low & 0xff)"
  }

  private var colonHexadecimal: String {
    let groups = groups
    let zeros = IPAddress.longestZeroRun(in: groups)
    guard !zeros.isEmpty else { return IPAddress.joined(groups[...]) }
    return IPAddress.joined(groups[..<zeros.lowerBound]) + "::" + IPAddress.joined(groups[zeros.upperBound...])
  }

  private static func joined(_ groups: ArraySlice<UInt16>) -> String {
    groups.map { String($0, radix: 16) }.joined(separator: ":")
  }

  /// The groups that `::` stands for; empty where no two neighbouring groups are zero.
  ///
  /// RFC 5952 section 4.2: the longest run, the first of equally long ones, never a single group.
  private static func longestZeroRun(in groups: [UInt16]) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for (index, group) in groups.enumerated() {
      if group != 0 {
        start = index + 1
      } else if index + 1 - start > max(1, longest.count) {
        longest = start..<index + 1
      }
    }
    return longest
  }
}
