/// How a capture file is compressed, told by its first bytes.
package enum Compression: String, Sendable, CustomStringConvertible {
  /// RFC 1952.
  case gzip
  /// RFC 8878.
  case zstd

  /// How many bytes the decision needs.
  static let magicLength = 4

  /// The compression whose magic number the bytes begin with; `nil` where they are not compressed.
  init?(detectedIn start: RawSpan) {
    guard start.byteCount >= Self.magicLength else { return nil }
    let magic = UInt32(littleEndian: start.unsafeLoadUnaligned(as: UInt32.self))
    switch magic {
    case _ where magic & 0xff_ffff == 0x08_8b1f: self = .gzip
    case 0xfd2f_b528, 0x184d_2a50...0x184d_2a5f: self = .zstd  // the latter are skippable frames (section 3.1.2)
    default: return nil
    }
  }

  package var description: String { rawValue }
}

/// What one call of a decompressor did.
struct DecompressionStep {
  /// Bytes of input used up.
  var consumed: Int
  /// Bytes of output made.
  var produced: Int
  /// Whether the input may end here: between two gzip members or zstd frames.
  var isAtBoundary: Bool
  /// Whether what follows is not compressed data, and to be ignored.
  var isFinished = false
}

/// The compressed data contradict their format.
struct DecompressionFailure: Error {
  /// The library's own words.
  var message: String
}
