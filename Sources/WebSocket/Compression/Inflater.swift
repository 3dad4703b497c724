import CZlib

/// An owner of zlib's raw inflate state and its window.
///
/// A class, since zlib keeps the address of the stream it was made for.
final class Inflater {
  /// What a step has come to.
  enum Status: Equatable {
    /// All input was taken, all output that it makes was given.
    case needsInput
    /// The output is full; there may be more without further input.
    case outputFull
    /// A block with BFINAL has ended; input may be left.
    case streamEnd
    /// The data is not DEFLATE, or refers to bytes before the window's beginning.
    case malformed
  }

  struct Step: Equatable {
    var consumed: Int
    var produced: Int
    var status: Status
  }

  private var stream: UnsafeMutablePointer<z_stream>?
  /// The window of a hibernating inflater, as long as it was used.
  ///
  /// Packed, because JSON in it shrinks to a fifth, and thousands of idle connections have one each way.
  private var window = PackedBytes()

  deinit { end() }

  /// Inflates what it can of the input into the output, from its beginning.
  func step(_ input: RawSpan, into output: inout [UInt8]) -> Step {
    guard let stream = wake() else { return Step(consumed: 0, produced: 0, status: .malformed) }
    return input.withUnsafeBytes { source in
      output.withUnsafeMutableBytes { target in
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(truncatingIfNeeded: source.count)
        stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(truncatingIfNeeded: target.count)
        let result = inflate(stream, Z_SYNC_FLUSH)
        let status: Status =
          switch result {
          case Z_STREAM_END: .streamEnd
          case Z_OK, Z_BUF_ERROR: stream.pointee.avail_out == 0 ? .outputFull : .needsInput
          default: .malformed
          }
        return Step(
          consumed: source.count - Int(stream.pointee.avail_in),
          produced: target.count - Int(stream.pointee.avail_out), status: status)
      }
    }
  }

  /// Whether the last step ended with the end of a block on a byte's boundary.
  ///
  /// zlib.h: data_type has 128 "if inflate() returned immediately after decoding an end-of-block code", 64 in the last
  /// block, and the number of unused bits of the last byte.
  var isAtBlockBoundary: Bool {
    guard let stream else { return true }
    return stream.pointee.data_type & 0x87 == 0x80
  }

  /// Begins a new DEFLATE stream with the same window, as after a block with BFINAL.
  func restart() {
    let kept = currentWindow(limit: 1 << 15)
    reset()
    if let stream { inflateSetDictionary(stream, kept, UInt32(kept.count)) }
  }

  /// Forgets the window and whatever was begun.
  func reset() {
    window = PackedBytes()
    if let stream { inflateReset(stream) }
  }

  /// Gives zlib's memory back, and keeps the part of the window that the peer may still refer to.
  ///
  /// Only between messages: a block that was begun would be lost.
  func hibernate(windowBits: UInt8) {
    guard stream != nil else { return }
    let kept = currentWindow(limit: 1 << Int(windowBits))
    end()
    window = PackedBytes(kept)
  }

  /// Whether it has given zlib's memory back.
  var isHibernating: Bool { stream == nil }

  /// The stream, made where there is none, with the window that it had.
  private func wake() -> UnsafeMutablePointer<z_stream>? {
    if stream == nil {
      let made = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      made.initialize(to: z_stream())
      guard inflateInit2_(made, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        made.deallocate()
        return nil
      }
      stream = made
    }
    if window.count > 0 {
      let kept = window.unpacked()
      inflateSetDictionary(stream, kept, UInt32(kept.count))
      window = PackedBytes()
    }
    return stream
  }

  /// A copy of the window's newest bytes.
  private func currentWindow(limit: Int) -> [UInt8] {
    guard let stream else { return window.unpacked() }
    let all = [UInt8](unsafeUninitializedCapacity: 1 << 15) { buffer, count in
      var length: UInt32 = 0
      inflateGetDictionary(stream, buffer.baseAddress, &length)
      count = Int(length)
    }
    return [UInt8](all.suffix(limit))
  }

  private func end() {
    guard let ended = stream else { return }
    inflateEnd(ended)
    ended.deallocate()
    stream = nil
  }
}
