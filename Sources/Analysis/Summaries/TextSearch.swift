extension String {
  /// Whether something stands in the text, byte by byte: a search by characters costs a hundred times as much, and rules
  /// ask this of every request.
  func holds(_ part: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: part.utf8Start, count: part.utf8CodeUnitCount)
    var text = self
    return text.withUTF8 { bytes in
      guard let first = wanted.first else { return true }
      var rest = bytes[...]
      while let start = rest.firstIndex(of: first) {
        if rest[start...].starts(with: wanted) { return true }
        rest = rest[(start + 1)...]
      }
      return false
    }
  }
}
