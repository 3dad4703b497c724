import CZlib
import CZstd

/// One gzip member that holds the bytes; with `flushing`, only its beginning, as a program that goes on writing makes it.
func gzip(_ bytes: [UInt8], flushing: Bool = false) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: bytes.count + 1024)
  let produced = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      deflate(&stream, flushing ? Z_SYNC_FLUSH : Z_FINISH)
      return output.count - Int(stream.avail_out)
    }
  }
  return Array(output.prefix(produced))
}

/// One zstd frame that holds the bytes.
func zstd(_ bytes: [UInt8]) -> [UInt8] {
  var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
  let produced = ZSTD_compress(&output, output.count, bytes, bytes.count, 3)
  return Array(output.prefix(produced))
}
