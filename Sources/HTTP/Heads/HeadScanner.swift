import Bytes

/// Finds the empty line that ends a head or trailer section, over any number of pieces.
struct HeadScanner: Equatable, Sendable {
  /// Whether the line so far has nothing in it but a CR.
  private var isBlank = true
  private var hasCarriageReturn = false

  /// Bytes seen until the end of the first line; 0 while it has not ended.
  private(set) var firstLineEnd = 0
  private var seen = 0

  /// The offset behind the empty line; `nil` where the bytes end first, and then all of them count as seen.
  mutating func end(in bytes: RawSpan, from start: Int) -> Int? {
    var offset = start
    while let lineFeed = bytes.firstOffset(of: Octet.lineFeed, from: offset) {
      note(bytes, offset..<lineFeed)
      offset = lineFeed + 1
      if firstLineEnd == 0 { firstLineEnd = seen + (offset - start) }
      if isBlank { return offset }
      isBlank = true
      hasCarriageReturn = false
    }
    note(bytes, offset..<bytes.byteCount)
    seen += bytes.byteCount - start
    return nil
  }

  /// Takes note of a part of a line without its LF.
  private mutating func note(_ bytes: RawSpan, _ part: Range<Int>) {
    guard isBlank, let first = part.first else { return }
    isBlank = part.count == 1 && !hasCarriageReturn && bytes.byte(at: first) == Octet.carriageReturn
    hasCarriageReturn = true
  }
}
