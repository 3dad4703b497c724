/// Integers written in network byte order, as headers have them.
extension [UInt8] {
  /// Appends a 16-bit integer in network byte order.
  package mutating func append(uint16 value: UInt16) {
    append(UInt8(value >> 8))
    append(UInt8(value & 0xff))
  }

  /// Appends a 32-bit integer in network byte order.
  package mutating func append(uint32 value: UInt32) {
    append(uint16: UInt16(value >> 16))
    append(uint16: UInt16(value & 0xffff))
  }

  /// Appends a 64-bit integer in network byte order.
  package mutating func append(uint64 value: UInt64) {
    append(uint32: UInt32(value >> 32))
    append(uint32: UInt32(value & 0xffff_ffff))
  }

  /// Appends a 16-bit integer in little-endian byte order.
  package mutating func append(littleEndian value: UInt16) { append(uint16: value.byteSwapped) }

  /// Appends a 32-bit integer in little-endian byte order.
  package mutating func append(littleEndian value: UInt32) { append(uint32: value.byteSwapped) }
}
