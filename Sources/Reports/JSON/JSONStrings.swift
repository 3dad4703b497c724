import Bytes

/// Strings: escapes, and Base64.
extension JSONWriter {
  /// Appends text with the escapes that JSON wants, and those that keep a terminal safe.
  ///
  /// RFC 8259 section 7 wants the quotation mark, the backslash and U+0000 to U+001F escaped. The other controls
  /// (U+007F to U+009F), line separators and bidirectional controls are escaped too: a JSON file is looked at with `less`.
  mutating func appendEscaped(_ text: Span<UInt8>) {
    var offset = 0
    while offset < text.count {
      let byte = text[offset]
      if byte >= 0x20, byte < 0x7f, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
        bytes.append(byte)
        offset += 1
        continue
      }
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
    data.withUnsafeBytes { bytes.append(base64: $0) }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension ByteBuffer {
  private static let base64Digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Appends bytes as Base64.
  mutating func append(base64 data: UnsafeRawBufferPointer) {
    let digit = ByteBuffer.base64Digits
    let whole = data.count / 3 * 3
    for start in stride(from: 0, to: whole, by: 3) {
      let group = Int(data[start]) << 16 | Int(data[start + 1]) << 8 | Int(data[start + 2])
      for shift in [18, 12, 6, 0] { append(digit[group >> shift & 0x3f]) }
    }
    guard whole < data.count else { return }
    let first = Int(data[whole])
    let second = whole + 1 < data.count ? Int(data[whole + 1]) : nil
    append(digit[first >> 2])
    append(digit[(first << 4 | (second ?? 0) >> 4) & 0x3f])
    append(second.map { digit[$0 << 2 & 0x3f] } ?? UInt8(ascii: "="))
    append(UInt8(ascii: "="))
  }
}
