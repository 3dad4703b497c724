import Bytes
import Packets

/// Text that is put together byte by byte, for lines of which a report has millions.
struct TextBuffer: ~Copyable {
  var bytes = ByteBuffer()

  var count: Int { bytes.count }

  /// The text in UTF-8, which is then gone from here.
  mutating func take() -> [UInt8] { bytes.take() }

  /// The text, which is then gone from here.
  mutating func takeText() -> String { String(decoding: bytes.take(), as: UTF8.self) }

  @inline(__always)
  mutating func append(_ text: StaticString) { bytes.append(text) }

  @_disfavoredOverload @inline(__always)
  mutating func append(_ text: String) { bytes.append(text) }

  mutating func append(_ text: [UInt8]) { bytes.append(text) }

  mutating func append(_ value: Int) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    bytes.append(decimal: UInt64(value.magnitude))
  }

  /// Appends what ``Quantity/bytes(_:)`` says.
  mutating func append(size: Int) {
    // Of most messages, and without a String between.
    guard 0..<1000 ~= size else { return append(Quantity.bytes(size)) }
    bytes.append(decimal: UInt64(size))
    append(" B")
  }

  /// Seconds with three digits after the point, rounded as ``Quantity/decimal(_:digits:)`` does, at the right of a column.
  ///
  /// - Parameters:
  ///   - interval: how long.
  ///   - unit: what follows the number.
  ///   - sign: what a number that is not negative has before it.
  ///   - width: of the column; what is longer moves what follows.
  mutating func append(
    seconds interval: Interval, unit: StaticString = "", sign: StaticString = "", toWidth width: Int = 0
  ) {
    let milliseconds = (interval.nanoseconds.magnitude + 500_000) / 1_000_000
    let (whole, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
    let sign = interval.nanoseconds < 0 ? milliseconds > 0 ? "-" : "" : sign
    let length = sign.utf8CodeUnitCount + ByteBuffer.digits(of: whole) + 4 + unit.utf8CodeUnitCount
    bytes.append(repeating: 0x20, count: width - length)
    append(sign)
    bytes.append(decimal: whole)
    append(".")
    bytes.append(decimal: fraction, atLeast: 3)
    append(unit)
  }

  /// Fills a column that began at an offset with spaces behind its text, which is ASCII.
  mutating func pad(from start: Int, to width: Int) { bytes.append(repeating: 0x20, count: width - (count - start)) }

  /// Appends the beginning of bytes that should be UTF-8 as ``Sanitizer`` shows them.
  mutating func append(visible text: Span<UInt8>, limit: Int) {
    let beginning = text.extracting(first: limit)
    append(visible: beginning.extracting(first: UTF8Reading.lengthWithoutCutTail(beginning)))
  }

  /// Appends bytes that should be UTF-8 as ``Sanitizer`` shows them.
  mutating func append(visible text: Span<UInt8>) {
    var offset = 0
    while offset < text.count {
      let byte = text[offset]
      if 0x20..<0x7f ~= byte {
        bytes.append(byte)
        offset += 1
        continue
      }
      let (scalar, length) = UTF8Reading.scalar(text, at: offset)
      append(visible: scalar.flatMap(Unicode.Scalar.init), text.extracting(offset..<offset + length))
      offset += length
    }
  }

  private mutating func append(visible scalar: Unicode.Scalar?, _ form: Span<UInt8>) {
    guard let scalar else { return append("\u{fffd}") }
    if Sanitizer.isHidden(scalar) { append(Sanitizer.escape(scalar)) } else { bytes.append(form.bytes) }
  }
}
