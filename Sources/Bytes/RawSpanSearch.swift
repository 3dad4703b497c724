import Glibc

extension RawSpan {
  /// The offset of the first byte with a value, at or after an offset; `nil` where there is none.
  package func firstOffset(of value: UInt8, from start: Int = 0) -> Int? {
    guard start < byteCount else { return nil }
    return withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress,
        let found = memchr(base + start, Int32(value), buffer.count - start)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  /// Whether the bytes at an offset are the ASCII bytes of a literal.
  package func starts(with text: StaticString, at offset: Int = 0) -> Bool {
    guard offset >= 0, byteCount - offset >= text.utf8CodeUnitCount else { return false }
    return withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return text.utf8CodeUnitCount == 0 }
      return memcmp(base + offset, text.utf8Start, text.utf8CodeUnitCount) == 0
    }
  }

  /// Whether the bytes are the ASCII bytes of a literal, and no more.
  package func isEqual(to text: StaticString) -> Bool { byteCount == text.utf8CodeUnitCount && starts(with: text) }

  /// Whether the bytes are those of another span.
  package func isEqual(to other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    return withUnsafeBytes { own in
      other.withUnsafeBytes { other in
        guard let own = own.baseAddress, let other = other.baseAddress else { return true }
        return memcmp(own, other, byteCount) == 0
      }
    }
  }

  /// The bytes of a range as text, ill-formed UTF-8 replaced by U+FFFD.
  package func text(in range: Range<Int>) -> String {
    extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  /// A copy of the bytes, for what must outlive the packet.
  package func copy() -> [UInt8] {
    withUnsafeBytes { [UInt8]($0) }
  }

  /// A copy of the bytes of a range.
  package func copy(_ range: Range<Int>) -> [UInt8] {
    extracting(range).copy()
  }
}
