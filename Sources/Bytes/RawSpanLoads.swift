/// Reads of integers from borrowed bytes.
///
/// This is the one file with unsafe loads. A caller checks the length once, with an error that says what is missing;
/// each load traps all the same when its offset is out of bounds, a check that the optimiser drops where the caller's
/// own has made it redundant. They are `@inlinable` because a call across modules for each byte costs more than the work.
extension RawSpan {
  /// The byte at an offset.
  @inlinable @inline(__always)
  package func byte(at offset: Int) -> UInt8 {
    unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The 16-bit integer in network byte order (RFC 1700) at an offset.
  @inlinable @inline(__always)
  package func uint16(at offset: Int) -> UInt16 {
    UInt16(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// The 32-bit integer in network byte order at an offset.
  @inlinable @inline(__always)
  package func uint32(at offset: Int) -> UInt32 {
    UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// The 64-bit integer in network byte order at an offset.
  @inlinable @inline(__always)
  package func uint64(at offset: Int) -> UInt64 {
    UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// The 64-bit integer in this machine's byte order at an offset that the caller has checked.
  ///
  /// For loops over words, whose own condition is the check: only there, a second one for each word costs more than the
  /// work. An offset out of bounds is undefined behaviour.
  @inlinable @inline(__always)
  package func uncheckedUInt64(at offset: Int) -> UInt64 {
    unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
  }

  /// The byte at an offset that the caller has checked, as ``uncheckedUInt64(at:)``.
  @inlinable @inline(__always)
  package func uncheckedByte(at offset: Int) -> UInt8 {
    unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
  }

  /// The 16-bit integer in network byte order at an offset that the caller has checked, as ``uncheckedUInt64(at:)``.
  @inlinable @inline(__always)
  package func uncheckedUInt16(at offset: Int) -> UInt16 {
    UInt16(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self))
  }

  /// The 32-bit integer in network byte order at an offset that the caller has checked, as ``uncheckedUInt64(at:)``.
  @inlinable @inline(__always)
  package func uncheckedUInt32(at offset: Int) -> UInt32 {
    UInt32(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self))
  }

  /// The 16-bit integer in this machine's byte order at an offset.
  @inlinable @inline(__always)
  package func nativeUInt16(at offset: Int) -> UInt16 {
    unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
  }

  /// The 32-bit integer in this machine's byte order at an offset.
  @inlinable @inline(__always)
  package func nativeUInt32(at offset: Int) -> UInt32 {
    unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
  }

  /// The 64-bit integer in this machine's byte order at an offset.
  @inlinable @inline(__always)
  package func nativeUInt64(at offset: Int) -> UInt64 {
    unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }
}
