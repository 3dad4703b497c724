import CZlib
import HTTP

/// Compressed data of a given length that says nothing: what stands in the place of compressed messages and bodies.
enum CodedFiller {
  /// What an inflated filler consists of: the Engine.IO noop, then padding.
  private static let noop = UInt8(ascii: "6")

  /// The payload of a compressed message (RFC 7692), its last four bytes left away as on the wire.
  ///
  /// One block with fixed Huffman codes (RFC 1951 section 3.2.6) gives each literal eight bits: a message of *n* bytes holds
  /// *n* - 2 characters. One byte is the empty message.
  static func message(_ count: Int, isEngineIO: Bool) -> [UInt8] {
    if count < 2 { return [UInt8](repeating: 0, count: count) }
    var bits = BitWriter()
    // BFINAL 0, BTYPE 01; then literals, end of block, and the header of the empty stored block that a flush ends with.
    bits.append(0b010, 3)
    for index in 0..<count - 2 { bits.appendHuffman(literal: isEngineIO && index == 0 ? noop : Filler.byte) }
    bits.append(0, 7)
    bits.append(0, 3)
    return bits.bytes(count: count)
  }

  /// A whole body of a content coding.
  static func body(_ count: Int, _ coding: ContentCoding) -> [UInt8] {
    switch coding {
    case .brotli: brotli(count)
    case .gzip: gzip(count)
    case .deflate: deflate(count)
    }
  }

  /// A gzip member with one stored block (RFC 1952).
  private static func gzip(_ count: Int) -> [UInt8] {
    guard count >= 23 else { return [UInt8](repeating: 0, count: count) }
    let text = padding(min(count - 23, 0xffff))
    var bytes: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + stored(text)
    bytes += littleEndian(
      UInt32(
        truncatingIfNeeded: text.withUnsafeBytes { buffer in
          crc32(0, buffer.bindMemory(to: UInt8.self).baseAddress, UInt32(buffer.count))
        }))
    bytes += littleEndian(UInt32(truncatingIfNeeded: text.count))
    // Bytes behind a member are padding, which decoders ignore when they are zero.
    return bytes + [UInt8](repeating: 0, count: count - bytes.count)
  }

  /// A zlib stream with one stored block (RFC 1950).
  private static func deflate(_ count: Int) -> [UInt8] {
    guard count >= 11 else { return [UInt8](repeating: 0, count: count) }
    let text = padding(min(count - 11, 0xffff))
    var bytes: [UInt8] = [0x78, 0x01] + stored(text)
    let sum = text.withUnsafeBytes { buffer in
      adler32(1, buffer.bindMemory(to: UInt8.self).baseAddress, UInt32(buffer.count))
    }
    bytes += littleEndian(UInt32(truncatingIfNeeded: sum)).reversed()
    return bytes + [UInt8](repeating: 0, count: count - bytes.count)
  }

  /// One uncompressed meta-block, then the empty last one (RFC 7932 section 9.2).
  private static func brotli(_ count: Int) -> [UInt8] {
    guard count >= 5 else { return [0x06] + [UInt8](repeating: 0, count: max(0, count - 1)) }
    let text = padding(min(count - 4, 0xffff))
    var bits = BitWriter()
    // WBITS 16, ISLAST 0, MNIBBLES 4, MLEN - 1, ISUNCOMPRESSED 1.
    bits.append(0, 4)
    bits.append(UInt32(text.count - 1), 16)
    bits.append(1, 1)
    let bytes = bits.bytes(count: 3) + text + [0x03]
    return bytes + [UInt8](repeating: 0, count: max(0, count - bytes.count))
  }

  /// Noops, which an Engine.IO client drops without a word.
  private static func padding(_ count: Int) -> [UInt8] {
    (0..<count).map { $0 == 0 ? noop : Filler.byte }
  }

  private static func stored(_ text: [UInt8]) -> [UInt8] {
    let length = UInt16(truncatingIfNeeded: text.count)
    return [1] + [UInt8(truncatingIfNeeded: length), UInt8(length >> 8)]
      + [UInt8(truncatingIfNeeded: ~length), UInt8(~length >> 8)] + text
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }
}

/// Bits packed into bytes, the least significant first (RFC 1951 section 3.1.1).
private struct BitWriter {
  private var written: [UInt8] = []
  private var pending: UInt32 = 0
  private var count: UInt32 = 0

  mutating func append(_ value: UInt32, _ length: UInt32) {
    for index in 0..<length {
      pending |= (value >> index & 1) << count
      count += 1
      if count == 8 { flush() }
    }
  }

  /// A literal below 144: its code is 0x30 more, the most significant bit first.
  mutating func appendHuffman(literal: UInt8) {
    let code = UInt32(literal) + 0x30
    for index in (0..<UInt32(8)).reversed() { append(code >> index & 1, 1) }
  }

  private mutating func flush() {
    written.append(UInt8(truncatingIfNeeded: pending))
    pending = 0
    count = 0
  }

  /// All bits, the last byte filled with zeros, in exactly so many bytes.
  consuming func bytes(count: Int) -> [UInt8] {
    if self.count > 0 { flush() }
    return Array((written + [UInt8](repeating: 0, count: max(0, count - written.count))).prefix(count))
  }
}
