import CZlib

/// A decompressor of gzip files (RFC 1952), also of several members in a row.
struct GzipDecompressor: ~Copyable {
  /// On the heap, because zlib keeps a pointer back to it.
  private let stream: UnsafeMutablePointer<z_stream>
  private var memberCount = 0
  private var isBetweenMembers = true

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 for a gzip header.
    let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib could not be initialised: out of memory")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Unpacks what fits.
  ///
  /// Data after the last member that are no member themselves (padding of tapes, say) are ignored, as gzip(1) does.
  mutating func step(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(DecompressionFailure) -> DecompressionStep {
    if isBetweenMembers {
      guard input.count > 0 else { return DecompressionStep(consumed: 0, produced: 0, isAtBoundary: memberCount > 0) }
      inflateReset(stream)
      isBetweenMembers = false
    }
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(clamping: input.count)
    stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(clamping: output.count)
    let given = (input: Int(stream.pointee.avail_in), output: Int(stream.pointee.avail_out))
    let status = inflate(stream, Z_NO_FLUSH)
    var step = DecompressionStep(
      consumed: given.input - Int(stream.pointee.avail_in), produced: given.output - Int(stream.pointee.avail_out),
      isAtBoundary: false)
    switch status {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END:
      memberCount += 1
      isBetweenMembers = true
      step.isAtBoundary = true
    case Z_DATA_ERROR where memberCount > 0 && stream.pointee.total_out == 0:
      step.isAtBoundary = true
      step.isFinished = true
    default: throw DecompressionFailure(message: stream.pointee.msg.map { String(cString: $0) } ?? "error \(status)")
    }
    return step
  }
}
