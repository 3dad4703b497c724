import CZlib

/// Bytes that are kept for long and seldom needed, compressed.
struct PackedBytes {
  private var packed: [UInt8] = []
  /// How many bytes there are, unpacked.
  private(set) var count = 0

  init() {}

  /// Packs bytes, as fast as zlib can; what it can't make smaller stays as it is.
  init(_ bytes: [UInt8]) {
    count = bytes.count
    let best = [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
      var length = uLongf(bytes.count)
      let isSmaller = compress2(buffer.baseAddress, &length, bytes, uLong(bytes.count), Z_BEST_SPEED) == Z_OK
      count = isSmaller ? Int(length) : 0
    }
    // A copy, so that the array is as long as what it holds.
    packed = best.isEmpty || best.count == bytes.count ? bytes : best.withUnsafeBufferPointer { [UInt8]($0) }
  }

  /// The bytes.
  func unpacked() -> [UInt8] {
    guard packed.count < count else { return packed }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      var length = uLongf(count)
      filled = uncompress(buffer.baseAddress, &length, packed, uLong(packed.count)) == Z_OK ? Int(length) : 0
    }
  }
}
