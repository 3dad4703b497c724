import Bytes

/// Takes one field after the other; the bytes are this program's own.
struct FieldReader {
  let bytes: UnsafeRawBufferPointer
  var offset: Int

  /// Appends a text or none.
  static func append(_ text: String?, to bytes: inout ByteBuffer) {
    guard let text else { return bytes.append(0) }
    bytes.append(base128: UInt64(text.utf8.count) + 1)
    bytes.append(text)
  }

  mutating func byte() -> UInt8 {
    offset += 1
    return bytes[offset - 1]
  }

  /// A value that was written as it was in memory.
  mutating func value<Value: BitwiseCopyable>(_ type: Value.Type) -> Value {
    offset += MemoryLayout<Value>.size
    return bytes.loadUnaligned(fromByteOffset: offset - MemoryLayout<Value>.size, as: type)
  }

  mutating func number() -> UInt64 {
    var value = UInt64(byte())
    // Most numbers have one digit.
    if value < 0x80 { return value }
    value &= 0x7f
    var shift: UInt64 = 7
    while true {
      let byte = byte()
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    offset += count
    return Array(UnsafeRawBufferPointer(rebasing: bytes[offset - count..<offset]))
  }

  /// Takes bytes to the end of others.
  mutating func append(_ count: Int, to other: inout [UInt8]) {
    offset += count
    other.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[offset - count..<offset]))
  }

  mutating func text() -> String { text(Int(number())) }

  mutating func optionalText() -> String? {
    let count = Int(number())
    return count > 0 ? text(count - 1) : nil
  }

  private mutating func text(_ count: Int) -> String {
    offset += count
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[offset - count..<offset]), as: UTF8.self)
  }
}
