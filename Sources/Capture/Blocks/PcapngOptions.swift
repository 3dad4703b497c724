import Bytes

/// A walk over the options at the end of a pcapng block (draft-ietf-opsawg-pcapng, section 3.5).
struct PcapngOptions {
  /// One option: its code, and where its value is.
  struct Option: Equatable {
    var code: UInt16
    var value: Range<Int>
  }

  private var offset: Int
  private let end: Int
  private let order: FieldOrder

  /// The options in a range of the span that `next` is given.
  init(in range: Range<Int>, order: FieldOrder) {
    offset = range.lowerBound
    end = range.upperBound
    self.order = order
  }

  /// The next option; `nil` at `opt_endofopt` or the end of the block.
  mutating func next(_ bytes: RawSpan) throws(ParseError) -> Option? {
    guard end - offset >= 4 else { return nil }
    let code = order.uint16(bytes, at: offset)
    let length = Int(order.uint16(bytes, at: offset + 2))
    guard code != 0 else { return nil }
    let start = offset + 4
    guard length <= end - start else { throw ParseError(.capture, .invalid("length of an option")) }
    offset = min(end, start + (length + 3) & ~3)
    return Option(code: code, value: start..<start + length)
  }
}
