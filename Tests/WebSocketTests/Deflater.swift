import CZlib

/// Compresses messages as a peer with permessage-deflate does.
final class Deflater {
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

  init(windowBits: Int32 = 15, level: Int32 = 6) {
    stream.initialize(to: z_stream())
    deflateInit2_(
      stream, level, Z_DEFLATED, -windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Forgets the window.
  func reset() { deflateReset(stream) }

  /// A message's payload: flushed to a byte's boundary, without the tail 00 00 ff ff.
  func message(_ payload: [UInt8]) -> [UInt8] { Array(run(payload, Z_SYNC_FLUSH).dropLast(4)) }

  /// A message that ends with a block that has BFINAL, and an empty block's first byte (RFC 7692 section 7.2.3.5).
  func finalMessage(_ payload: [UInt8]) -> [UInt8] {
    let bytes = run(payload, Z_FINISH) + [0]
    reset()
    return bytes
  }

  private func run(_ payload: [UInt8], _ flush: Int32) -> [UInt8] {
    var input = payload
    var output = [UInt8](repeating: 0, count: payload.count + payload.count / 100 + 1024)
    let room = output.count
    input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.pointee.next_in = source.baseAddress
        stream.pointee.avail_in = UInt32(source.count)
        stream.pointee.next_out = target.baseAddress
        stream.pointee.avail_out = UInt32(target.count)
        deflate(stream, flush)
      }
    }
    return Array(output.prefix(room - Int(stream.pointee.avail_out)))
  }
}
