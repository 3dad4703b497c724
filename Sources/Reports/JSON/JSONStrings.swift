/// Strings: escapes, and Base64.
extension JSONWriter {
  /// Appends text with the escapes that JSON wants, and those that keep a terminal safe.
  ///
  /// RFC 8259 section 7 wants the quotation mark, the backslash and U+0000 to U+001F escaped. The other controls
  /// (U+007F to U+009F), line separators and bidirectional controls are escaped too: a JSON file is looked at with `less`.
  mutating func appendEscaped(_ text: Span<UInt8>) {
    var offset = 0
    while offset < text.count {
      let plain = JSONWriter.endOfPlainText(text, from: offset)
      if plain > offset {
        text.extracting(offset..<plain).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        offset = plain
        continue
      }
      let byte = text[offset]
      if byte >= 0x80 {
        appendScalar(text, &offset)
        continue
      }
      offset += 1
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0a: literal("\\n")
      case 0x0d: literal("\\r")
      case 0x09: literal("\\t")
      default: appendEscape(UInt32(byte))
      }
    }
  }

  /// Where the run of ASCII ends that needs no escape.
  private static func endOfPlainText(_ text: Span<UInt8>, from start: Int) -> Int {
    var offset = start
    while offset < text.count {
      let byte = text[offset]
      guard byte >= 0x20, byte < 0x7f, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
      offset += 1
    }
    return offset
  }

  /// Appends one scalar of several bytes, or U+FFFD for what is none.
  private mutating func appendScalar(_ text: Span<UInt8>, _ offset: inout Int) {
    let (scalar, length) = UTF8Reading.scalar(text, at: offset)
    guard let scalar else {
      literal("\u{fffd}")
      offset += length
      return
    }
    switch scalar {
    case 0x80...0x9f, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: appendEscape(scalar)
    default: for index in offset..<offset + length { bytes.append(text[index]) }
    }
    offset += length
  }

  private mutating func appendEscape(_ scalar: UInt32) {
    literal("\\u")
    for shift in [12, 8, 4, 0] as [UInt32] { bytes.append(hexadecimalDigit(scalar >> shift & 0xf)) }
  }

  private func hexadecimalDigit(_ value: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: value < 10 ? 0x30 + value : 0x57 + value)
  }

  /// Bytes as a string of Base64 (RFC 4648 section 4).
  package mutating func base64(_ data: [UInt8]) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    for start in stride(from: 0, to: data.count, by: 3) {
      let count = min(3, data.count - start)
      var group: UInt32 = 0
      for index in 0..<3 { group = group << 8 | (index < count ? UInt32(data[start + index]) : 0) }
      for index in 0..<4 {
        bytes.append(index <= count ? base64Digit(group >> UInt32(18 - 6 * index) & 0x3f) : UInt8(ascii: "="))
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private func base64Digit(_ value: UInt32) -> UInt8 {
    let digit =
      switch value {
      case 0..<26: 0x41 + value
      case 26..<52: 0x61 + value - 26
      case 52..<62: 0x30 + value - 52
      case 62: 0x2b as UInt32
      default: 0x2f as UInt32
      }
    return UInt8(truncatingIfNeeded: digit)
  }
}
