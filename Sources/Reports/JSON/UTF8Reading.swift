/// Reads UTF-8 that may be broken (RFC 3629).
enum UTF8Reading {
  /// The scalar that begins at an offset, and its bytes; without a scalar, the bytes that one U+FFFD stands for.
  ///
  /// These are, as the Unicode Standard recommends, the longest beginning of a well-formed sequence, or one byte.
  static func scalar(_ text: Span<UInt8>, at offset: Int) -> (scalar: UInt32?, length: Int) {
    let first = text[offset]
    guard let form = form(of: first) else { return (first < 0x80 ? UInt32(first) : nil, 1) }
    var scalar = UInt32(first) & (0x7f >> UInt32(form.length))
    for index in 1..<form.length {
      guard offset + index < text.count else { return (nil, index) }
      let byte = text[offset + index]
      guard (index == 1 ? form.second : 0x80...0xbf).contains(byte) else { return (nil, index) }
      scalar = scalar << 6 | UInt32(byte & 0x3f)
    }
    return (scalar, form.length)
  }

  /// How long a sequence is by its first byte, and what its second may be; `nil` for ASCII and what begins none.
  private static func form(of first: UInt8) -> (length: Int, second: ClosedRange<UInt8>)? {
    switch first {
    case 0xc2...0xdf: (2, 0x80...0xbf)
    case 0xe0: (3, 0xa0...0xbf)
    case 0xed: (3, 0x80...0x9f)
    case 0xe1...0xef: (3, 0x80...0xbf)
    case 0xf0: (4, 0x90...0xbf)
    case 0xf1...0xf3: (4, 0x80...0xbf)
    case 0xf4: (4, 0x80...0x8f)
    default: nil
    }
  }

  /// How long the bytes are without a sequence that a limit cut at the end.
  static func lengthWithoutCutTail(_ text: Span<UInt8>) -> Int {
    for back in 1...3 where back <= text.count {
      guard let form = form(of: text[text.count - back]) else { continue }
      return form.length > back ? text.count - back : text.count
    }
    return text.count
  }
}
