import Bytes

/// The byte order of a capture file, which is that of the machine that wrote it.
struct FieldOrder: Equatable, Sendable {
  /// Whether it differs from this machine's.
  var isSwapped: Bool

  @inline(__always)
  func uint16(_ bytes: RawSpan, at offset: Int) -> UInt16 {
    let value = bytes.nativeUInt16(at: offset)
    return isSwapped ? value.byteSwapped : value
  }

  @inline(__always)
  func uint32(_ bytes: RawSpan, at offset: Int) -> UInt32 {
    let value = bytes.nativeUInt32(at: offset)
    return isSwapped ? value.byteSwapped : value
  }

  @inline(__always)
  func uint64(_ bytes: RawSpan, at offset: Int) -> UInt64 {
    let value = bytes.nativeUInt64(at: offset)
    return isSwapped ? value.byteSwapped : value
  }
}
