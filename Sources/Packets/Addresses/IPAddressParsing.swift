extension IPAddress {
  /// Reads an address from its text; `nil` where the text is none.
  ///
  /// IPv4 is four decimal numbers without leading zeros (RFC 6943 section 3.1.1 shows what laxer readings lead to);
  /// IPv6 is any of the forms of RFC 4291 section 2.2, without a zone.
  package init?(_ text: some StringProtocol) {
    if text.utf8.contains(UInt8(ascii: ":")) {
      self.init(colonHexadecimal: Substring(text))
    } else {
      guard let bits = IPAddress.dottedDecimal(Substring(text)) else { return nil }
      self.init(ipv4: bits)
    }
  }

  private init?(colonHexadecimal text: Substring) {
    guard let groups = IPAddress.sides(of: text) else { return nil }
    high = groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }
    low = groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
  }

  /// The eight groups of an IPv6 address's text, the zeros that `::` stands for filled in.
  private static func sides(of text: Substring) -> [UInt16]? {
    guard let mark = firstDoubleColon(in: text) else {
      guard let all = groups(of: text, mayEndInIPv4: true), all.count == 8 else { return nil }
      return all
    }
    guard let left = groups(of: text[..<mark.lowerBound], mayEndInIPv4: false),
      let right = groups(of: text[mark.upperBound...], mayEndInIPv4: true),
      left.count + right.count < 8
    else { return nil }
    return left + [UInt16](repeating: 0, count: 8 - left.count - right.count) + right
  }

  private static func firstDoubleColon(in text: Substring) -> Range<Substring.Index>? {
    for (here, next) in zip(text.indices, text.indices.dropFirst()) where text[here] == ":" && text[next] == ":" {
      return here..<text.index(after: next)
    }
    return nil
  }

  /// The groups of one side of `::`; an empty side has none, an empty group makes it `nil`.
  private static func groups(of side: Substring, mayEndInIPv4: Bool) -> [UInt16]? {
    guard !side.isEmpty else { return [] }
    let parts = side.split(separator: ":", maxSplits: 8, omittingEmptySubsequences: false)
    var groups: [UInt16] = []
    for (index, part) in parts.enumerated() {
      if mayEndInIPv4, index == parts.count - 1, let bits = dottedDecimal(part) {
        groups += [UInt16(bits >> 16), UInt16(bits & 0xffff)]
      } else if (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexadecimalDigit),
        let group = UInt16(part, radix: 16)
      {
        groups.append(group)
      } else {
        return nil
      }
    }
    return groups
  }

  /// The 32 bits of a dotted decimal address.
  private static func dottedDecimal(_ text: Substring) -> UInt32? {
    let parts = text.split(separator: ".", maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard let number = UInt8(part), String(number) == part else { return nil }
      bits = bits << 8 | UInt32(number)
    }
    return bits
  }

  /// Whether a byte is a hexadecimal digit; `UInt16(_:radix:)` alone would take a sign too.
  private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
