import Packets

/// Text that is put together byte by byte, for lines of which a report has millions.
struct TextBuffer {
  private(set) var bytes: [UInt8] = []

  /// The text in UTF-8, which is then gone from here.
  mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  mutating func append(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

  mutating func append(_ text: String) { bytes += text.utf8 }

  mutating func append(_ text: [UInt8]) { bytes += text }

  mutating func append(_ value: Int) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    append(digitsOf: value.magnitude, atLeast: 1)
  }

  /// Seconds with three digits after the point, rounded as ``Quantity/decimal(_:digits:)`` does.
  mutating func append(seconds interval: Interval) {
    let milliseconds = (interval.nanoseconds.magnitude + 500_000) / 1_000_000
    if interval.nanoseconds < 0, milliseconds > 0 { bytes.append(UInt8(ascii: "-")) }
    append(digitsOf: UInt(milliseconds / 1000), atLeast: 1)
    bytes.append(UInt8(ascii: "."))
    append(digitsOf: UInt(milliseconds % 1000), atLeast: 3)
  }

  private mutating func append(digitsOf value: UInt, atLeast width: Int) {
    // From the last digit to the first; 20 are as many as 64 bits can have.
    var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
    var start = digits.count
    var rest = value
    repeat {
      start -= 1
      digits[start] += UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    start = min(start, digits.count - width)
    digits.span.extracting(start...).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
  }

  /// Fills a column that began at an offset with spaces, behind its text or before it; the text is ASCII.
  mutating func pad(from start: Int, to width: Int, _ alignment: Table.Alignment = .left) {
    let missing = width - (bytes.count - start)
    guard missing > 0 else { return }
    bytes.insert(contentsOf: repeatElement(0x20, count: missing), at: alignment == .left ? bytes.count : start)
  }

  /// Appends bytes that should be UTF-8 as ``Sanitizer`` shows them.
  mutating func append(visible text: ArraySlice<UInt8>) {
    var start = text.startIndex
    var offset = start
    while offset < text.endIndex {
      if 0x20..<0x7f ~= text[offset] {
        offset += 1
        continue
      }
      bytes += text[start..<offset]
      let rest = text[offset...].prefix(4)
      let (scalar, length) = UTF8Reading.scalar(rest.span, at: 0)
      append(visible: scalar.flatMap(Unicode.Scalar.init), text[offset..<offset + length])
      offset += length
      start = offset
    }
    bytes += text[start..<offset]
  }

  private mutating func append(visible scalar: Unicode.Scalar?, _ form: ArraySlice<UInt8>) {
    guard let scalar else { return append("\u{fffd}") }
    if Sanitizer.isHidden(scalar) { append(Sanitizer.escape(scalar)) } else { bytes += form }
  }
}
