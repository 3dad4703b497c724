import Bytes

/// Taking headers from the front of borrowed bytes.
extension RawSpan {
  /// Checks that a header is there, once for all its fields.
  @inline(__always)
  func require(_ count: Int, _ layer: Layer) throws(ParseError) {
    if byteCount < count { throw .short(layer, needed: count, available: byteCount) }
  }

  /// Drops bytes from the front.
  @inline(__always)
  mutating func drop(_ count: Int) {
    self = extracting(droppingFirst: count)
  }
}
