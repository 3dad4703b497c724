import Bytes
import CZlib

/// zlib's inflate for `gzip` and `deflate` bodies; owns the stream's state.
final class Inflater {
  /// At a fixed address, because zlib's state points back at it.
  private let stream: UnsafeMutablePointer<z_stream>
  private let coding: ContentCoding
  /// The first byte of a `deflate` body, until the second tells which format it is.
  private var firstByte: UInt8?
  private var isFormatKnown: Bool
  private var hasEnded = false

  init?(_ coding: ContentCoding) {
    self.coding = coding
    isFormatKnown = coding == .gzip
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 is the largest window; 16 is added for gzip's wrapper (zlib.h, inflateInit2).
    let windowBits: Int32 = coding == .gzip ? 15 + 16 : 15
    guard inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      stream.deallocate()
      return nil
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  func decode(_ bytes: RawSpan, into output: inout [UInt8], allowance: Int) -> StageStatus {
    guard !isFormatKnown else { return inflate(bytes, into: &output, allowance) }
    guard bytes.byteCount > 0 else { return .more }
    guard let first = firstByte else {
      firstByte = bytes.byte(at: 0)
      return decode(bytes.extracting(1..<bytes.byteCount), into: &output, allowance: allowance)
    }
    isFormatKnown = true
    // CMF and FLG "MUST be such that … a multiple of 31", with CM 8 (RFC 1950 section 2.2).
    let header = UInt16(first) << 8 | UInt16(bytes.byte(at: 0))
    if first & 0xf != 8 || header % 31 != 0 { inflateReset2(stream, -15) }
    let held = [first]
    let status = inflate(held.span.bytes, into: &output, allowance)
    return status == .more ? inflate(bytes, into: &output, allowance) : status
  }

  private func inflate(_ bytes: RawSpan, into output: inout [UInt8], _ allowance: Int) -> StageStatus {
    bytes.withUnsafeBytes { input in
      guard !hasEnded || beginsMember(input) else { return .end }
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
      stream.pointee.avail_in = UInt32(clamping: input.count)
      defer { stream.pointee.next_in = nil }
      return withUnsafeTemporaryAllocation(byteCount: outputPieceSize, alignment: 16) { piece in
        inflate(through: piece, into: &output, allowance)
      }
    }
  }

  private func inflate(
    through piece: UnsafeMutableRawBufferPointer, into output: inout [UInt8], _ allowance: Int
  ) -> StageStatus {
    var left = allowance
    while true {
      guard left > 0 else { return stream.pointee.avail_in == 0 ? .more : .full }
      let room = min(left, piece.count)
      stream.pointee.next_out = piece.bindMemory(to: UInt8.self).baseAddress
      stream.pointee.avail_out = UInt32(room)
      let result = CZlib.inflate(stream, Z_NO_FLUSH)
      let made = room - Int(stream.pointee.avail_out)
      output.append(contentsOf: piece[..<made])
      left -= made
      switch result {
      case Z_STREAM_END:
        // "A gzip file consists of a series of members" (RFC 1952 section 2.2).
        guard coding == .gzip, stream.pointee.avail_in > 0, nextByteIsMember() else {
          hasEnded = true
          return .end
        }
        inflateReset(stream)
      case Z_OK where stream.pointee.avail_in > 0 || made == room: continue
      case Z_OK, Z_BUF_ERROR: return .more
      default: return .malformed
      }
    }
  }

  private func nextByteIsMember() -> Bool { stream.pointee.next_in.pointee == 0x1f }

  /// Whether bytes behind the end begin another gzip member, and not padding or rubbish.
  private func beginsMember(_ input: UnsafeRawBufferPointer) -> Bool {
    guard coding == .gzip, input.first == 0x1f else { return false }
    hasEnded = false
    return inflateReset(stream) == Z_OK
  }
}
