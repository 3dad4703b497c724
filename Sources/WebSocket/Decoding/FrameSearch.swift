import Bytes

/// Finds the place where frames begin in bytes whose beginning is missing.
///
/// Each place is followed as a chain of frames and collects evidence, about one point a bit; nothing in it may contradict
/// what a conformant peer sends. A lone header of random bytes is worth 4, the end of the chain at the very end of the
/// segment or its beginning at its beginning 8 each, as most writes are one segment, and a byte of text 1.
package struct FrameSearch {
  /// Whether the sender must mask.
  var masks: Bool
  var allowsRSV1: Bool

  /// A search in the bytes of a sender that must mask or must not.
  package init(masks: Bool, allowsRSV1: Bool) {
    self.masks = masks
    self.allowsRSV1 = allowsRSV1
  }

  /// The evidence that is enough: wrong in one of about a million places.
  private static let enough = 20
  /// How many frames of a chain are followed, so that a segment of zeros costs no more than another.
  private static let longestChain = 5
  /// How many bytes of a frame are looked at for being text.
  private static let longestText = 64
  /// The longest frame that is plausible: 16 MiB, above what servers accept by default.
  private static let longestFrame: UInt64 = 16 << 20

  /// The offset of the first place where enough speaks for a frame.
  package func firstFrame(in bytes: RawSpan, from start: Int) -> Int? {
    var offset = start
    while offset < bytes.byteCount {
      if isPlausible(firstByte: bytes.byte(at: offset)), isChain(bytes, from: offset, isAtStart: offset == start) {
        return offset
      }
      offset += 1
    }
    return nil
  }

  /// Whether enough speaks for frames that begin at an offset.
  private func isChain(_ bytes: RawSpan, from start: Int, isAtStart: Bool) -> Bool {
    var evidence = isAtStart ? 8 : 0
    var offset = start
    for _ in 0..<FrameSearch.longestChain {
      if offset == bytes.byteCount { return evidence + 8 >= FrameSearch.enough }
      guard isPlausible(firstByte: bytes.byte(at: offset)) else { return false }
      // A header cut by the segment's end neither proves nor contradicts.
      guard let header = try? FrameHeader(parsing: bytes, at: offset) else { break }
      guard isPlausible(header) else { return false }
      let payload = offset + header.headerLength
      let end = payload + Int(header.payloadLength)
      let isWhole = end <= bytes.byteCount
      guard let text = textEvidence(bytes, header, payload..<min(end, bytes.byteCount), isWhole: isWhole) else {
        return false
      }
      evidence += header.opcode == .continuation ? 0 : 4
      // Text that goes on beyond the segment proves a header only where the segment begins with it: elsewhere it may
      // be the text of another message.
      if isWhole || isAtStart && offset == start { evidence += text }
      if !isWhole { break }
      offset = end
    }
    return evidence >= FrameSearch.enough
  }

  /// Whether a frame that is not broken can begin with a byte.
  private func isPlausible(firstByte byte: UInt8) -> Bool {
    switch byte & 0xbf {
    case 0x00, 0x01, 0x02, 0x80, 0x81, 0x82: byte & 0x40 == 0 || allowsRSV1 && byte & 0xf != 0
    case 0x88, 0x89, 0x8a: byte & 0x40 == 0
    default: false
    }
  }

  /// Whether the rest of a header is what a conformant peer sends.
  private func isPlausible(_ header: FrameHeader) -> Bool {
    header.isMasked == masks && header.isLengthMinimal
      && header.payloadLength <= FrameSearch.longestFrame
      && (!header.opcode.isControl || header.payloadLength <= 125)
      && !(header.opcode == .close && header.payloadLength == 1)
  }

  /// The points for a payload that is text, `nil` where it must be and is not, 0 where it need not be.
  private func textEvidence(_ bytes: RawSpan, _ header: FrameHeader, _ range: Range<Int>, isWhole: Bool) -> Int? {
    guard header.opcode == .text, !header.rsv1 else { return 0 }
    let length = min(range.count, FrameSearch.longestText)
    var validator = UTF8Validator()
    let isText: Bool
    if let key = header.maskingKey {
      var unmasked = [UInt8](repeating: 0, count: length)
      key.unmask(bytes, range.lowerBound..<range.lowerBound + length, position: 0, into: &unmasked)
      isText = validator.accept(unmasked.span.bytes, 0..<length)
    } else {
      isText = validator.accept(bytes, range.lowerBound..<range.lowerBound + length)
    }
    guard isText else { return nil }
    if isWhole, length == range.count, header.isFinal, !validator.isAtBoundary { return nil }
    return min(length, 16)
  }
}
