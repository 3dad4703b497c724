import Bytes

/// A MessagePack value that was found, not decoded.
package struct MessagePackValue: Equatable, Sendable {
  package var kind: Kind
  /// Where the value is: for a string and binary data their bytes, else the whole encoding.
  package var range: Range<Int>
  /// The number, where this is an integer that 64 bits hold with a sign.
  package var integer: Int64?

  package enum Kind: UInt8, Sendable {
    case null, boolean, integer, float, string, binary, array, map, `extension`
  }

  init(_ kind: Kind, _ range: Range<Int>, integer: Int64? = nil) {
    self.kind = kind
    self.range = range
    self.integer = integer
  }
}

/// A pull reader over MessagePack (the msgpack specification, "Formats") that finds values and decodes none.
///
/// A composite value is passed over by counting what is still to come, so nesting costs neither stack nor memory and
/// has no limit; work is bounded by the bytes there are.
struct MessagePackReader: Equatable, Sendable {
  private(set) var offset: Int
  private let start: Int
  private let end: Int

  init(_ range: Range<Int>) {
    start = range.lowerBound
    offset = start
    end = range.upperBound
  }

  /// The next value as a whole, what is inside included.
  mutating func value(in bytes: RawSpan) throws(ParseError) -> MessagePackValue {
    let start = offset
    let first = try head(in: bytes)
    var pending = first.items
    while pending > 0 {
      let item = try head(in: bytes)
      pending = pending &- 1 &+ item.items
      // Each item needs a byte, so that a count beyond them is known at once.
      guard pending <= end - offset else {
        throw .short(.msgpack, needed: pending &+ offset - self.start, available: end - self.start)
      }
    }
    var value = first.value
    if value.kind == .array || value.kind == .map { value.range = start..<offset }
    return value
  }

  /// Steps into a map; the number of its members, which are pairs of values.
  mutating func enterMap(in bytes: RawSpan) throws(ParseError) -> Int {
    let head = try head(in: bytes)
    guard head.value.kind == .map else { throw ParseError(.msgpack, .invalid("map")) }
    return head.items / 2
  }

  /// Steps into an array; the number of its elements.
  mutating func enterArray(in bytes: RawSpan) throws(ParseError) -> Int {
    let head = try head(in: bytes)
    guard head.value.kind == .array else { throw ParseError(.msgpack, .invalid("array")) }
    return head.items
  }

  /// Reads a value up to what is inside it, and how many values are.
  mutating func head(in bytes: RawSpan) throws(ParseError) -> (value: MessagePackValue, items: Int) {
    try need(1)
    let start = offset
    let byte = bytes.byte(at: offset)
    offset += 1
    switch byte {
    case 0x00...0x7f, 0xe0...0xff:
      return (MessagePackValue(.integer, start..<offset, integer: Int64(Int8(bitPattern: byte))), 0)
    case 0x80...0x8f: return (MessagePackValue(.map, start..<offset), Int(byte & 0x0f) * 2)
    case 0x90...0x9f: return (MessagePackValue(.array, start..<offset), Int(byte & 0x0f))
    case 0xa0...0xbf: return (try body(.string, Int(byte & 0x1f)), 0)
    case 0xc0: return (MessagePackValue(.null, start..<offset), 0)
    case 0xc2, 0xc3: return (MessagePackValue(.boolean, start..<offset), 0)
    case 0xc4...0xc6: return (try body(.binary, try unsigned(1 << Int(byte - 0xc4), bytes)), 0)
    case 0xc7...0xc9: return (try body(.extension, try unsigned(1 << Int(byte - 0xc7), bytes) + 1), 0)
    case 0xca, 0xcb: return (try body(.float, byte == 0xca ? 4 : 8), 0)
    case 0xcc...0xd3: return (try integer(byte, start, bytes), 0)
    case 0xd4...0xd8: return (try body(.extension, 1 << Int(byte - 0xd4) + 1), 0)
    case 0xd9...0xdb: return (try body(.string, try unsigned(1 << Int(byte - 0xd9), bytes)), 0)
    case 0xdc, 0xdd:
      let count = try unsigned(byte == 0xdc ? 2 : 4, bytes)
      return (MessagePackValue(.array, start..<offset), count)
    case 0xde, 0xdf:
      let count = try unsigned(byte == 0xde ? 2 : 4, bytes)
      return (MessagePackValue(.map, start..<offset), count * 2)
    default: throw ParseError(.msgpack, .invalid("format"))
    }
  }

  private func need(_ count: Int) throws(ParseError) {
    guard end - offset >= count else { throw .short(.msgpack, needed: offset + count - start, available: end - start) }
  }

  private mutating func body(_ kind: MessagePackValue.Kind, _ count: Int) throws(ParseError) -> MessagePackValue {
    try need(count)
    offset += count
    return MessagePackValue(kind, offset - count..<offset)
  }

  /// A length of 1, 2 or 4 bytes.
  private mutating func unsigned(_ size: Int, _ bytes: RawSpan) throws(ParseError) -> Int {
    try need(size)
    defer { offset += size }
    return switch size {
    case 1: Int(bytes.byte(at: offset))
    case 2: Int(bytes.uint16(at: offset))
    default: Int(bytes.uint32(at: offset))
    }
  }

  private mutating func integer(_ format: UInt8, _ start: Int, _ bytes: RawSpan) throws(ParseError) -> MessagePackValue
  {
    let size = 1 << Int(format & 3)
    try need(size)
    let isSigned = format >= 0xd0
    let number: Int64? =
      switch size {
      case 1: isSigned ? Int64(Int8(bitPattern: bytes.byte(at: offset))) : Int64(bytes.byte(at: offset))
      case 2: isSigned ? Int64(Int16(bitPattern: bytes.uint16(at: offset))) : Int64(bytes.uint16(at: offset))
      case 4: isSigned ? Int64(Int32(bitPattern: bytes.uint32(at: offset))) : Int64(bytes.uint32(at: offset))
      default:
        isSigned ? Int64(bitPattern: bytes.uint64(at: offset)) : Int64(exactly: bytes.uint64(at: offset))
      }
    offset += size
    return MessagePackValue(.integer, start..<offset, integer: number)
  }
}
