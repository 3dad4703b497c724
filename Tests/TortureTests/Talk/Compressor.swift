import CZlib

/// Compresses messages as a peer with permessage-deflate does (RFC 7692 section 7.2.1).
final class Compressor {
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

  init() {
    stream.initialize(to: z_stream())
    deflateInit2_(
      stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// A message's payload: flushed to a byte's boundary, without the tail 00 00 ff ff.
  func message(_ payload: [UInt8]) -> [UInt8] {
    var input = payload
    var output = [UInt8](repeating: 0, count: payload.count + payload.count / 100 + 1024)
    let room = output.count
    let left = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.pointee.next_in = source.baseAddress
        stream.pointee.avail_in = UInt32(source.count)
        stream.pointee.next_out = target.baseAddress
        stream.pointee.avail_out = UInt32(target.count)
        deflate(stream, Z_SYNC_FLUSH)
        return Int(stream.pointee.avail_out)
      }
    }
    return Array(output.prefix(room - left).dropLast(4))
  }
}
