import CZstd

/// A decompressor of zstd files (RFC 8878), also of several frames in a row.
struct ZstdDecompressor: ~Copyable {
  private let context: OpaquePointer
  private var isAtBoundary = false

  init() {
    guard let context = ZSTD_createDStream() else { fatalError("zstd could not be initialised: out of memory") }
    self.context = context
  }

  deinit {
    ZSTD_freeDStream(context)
  }

  /// Unpacks what fits.
  ///
  /// A frame's window may be 128 MiB, the library's default limit; `zstd --ultra -22` asks for that.
  mutating func step(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(DecompressionFailure) -> DecompressionStep {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let status = ZSTD_decompressStream(context, &target, &source)
    guard ZSTD_isError(status) == 0 else {
      throw DecompressionFailure(message: String(cString: ZSTD_getErrorName(status)))
    }
    // A call without input and output after a frame's end asks for the next frame's header: still a boundary.
    if source.pos > 0 || target.pos > 0 { isAtBoundary = status == 0 }
    return DecompressionStep(consumed: source.pos, produced: target.pos, isAtBoundary: isAtBoundary)
  }
}
