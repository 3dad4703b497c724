import Bytes

extension MessageDecoder {
  /// Where a server's text is that is one conformant, uncompressed frame within the span and not longer than what is
  /// kept; `nil` for anything else.
  ///
  /// It is not read by that: ``takePlainText(_:)`` does so, or ``next(_:from:scratch:)``.
  @inlinable @inline(__always)
  package func plainText(_ bytes: RawSpan, at offset: Int) -> Range<Int>? {
    let available = bytes.byteCount &- offset
    guard phase == .betweenFrames, !masks, canTakeData, offset >= 0, available >= 4,
      bytes.uncheckedByte(at: offset) == 0x81
    else { return nil }
    var length = Int(bytes.uncheckedByte(at: offset &+ 1))
    var start = 2
    if length == 126 {
      length = Int(bytes.uncheckedUInt16(at: offset &+ 2))
      start = 4
      guard length >= 126 else { return nil }
    } else if length > 126 {
      // A 64-bit length, or a mask that should not be there.
      return nil
    }
    let text = offset &+ start..<offset &+ start &+ length
    guard available >= start &+ length, length <= Int(limits.payload), isUTF8(bytes, text) else { return nil }
    return text
  }

  /// Reads the text that ``plainText(_:at:)`` found.
  @inlinable @inline(__always)
  package mutating func takePlainText(_ text: Range<Int>) {
    frames.text &+= 1
    texts &+= 1
    payloadBytes &+= UInt64(text.count)
  }

  /// Reads a message that is one conformant, uncompressed frame within the span: nearly all there are.
  ///
  /// Anything else is left where it is, for `advance`.
  @inline(__always)
  mutating func wholeMessage(_ bytes: RawSpan, from offset: inout Int, scratch: inout Scratch) -> Event? {
    let available = bytes.byteCount - offset
    guard available >= 2 else { return nil }
    // FIN set, RSV1 to RSV3 clear.
    let opcode: Opcode
    switch bytes.byte(at: offset) {
    case 0x81 where canTakeData: opcode = .text
    case 0x82 where canTakeData: opcode = .binary
    case 0x89: opcode = .ping
    case 0x8a: opcode = .pong
    default: return nil
    }
    let second = bytes.byte(at: offset + 1)
    let isMasked = second & 0x80 != 0
    guard isMasked == masks else { return nil }
    var start = 2
    var length = Int(second & 0x7f)
    if length >= 126 {
      guard let long = longLength(bytes, offset, isLongest: length == 127), !opcode.isControl else { return nil }
      start = length == 126 ? 4 : 10
      length = long
    }
    if isMasked { start += 4 }
    guard available - start >= length else { return nil }
    let payload = offset + start..<offset + start + length
    let kept = opcode.isControl ? length : min(length, Int(limits.payload))
    let key = isMasked ? MaskingKey(rawValue: bytes.uint32(at: payload.lowerBound - 4)) : .zero
    if isMasked {
      guard length <= Scratch.runLength, unmask(bytes, payload, key, opcode, kept, &scratch) else { return nil }
    } else if opcode == .text, !isUTF8(bytes, payload) {
      return nil
    }
    offset = payload.upperBound
    count(opcode, isMasked: isMasked, length: length)
    return .message(
      Message(
        opcode: opcode, flags: isMasked ? .masked : [], closeCode: nil, maskingKey: key, frames: 1,
        payloadLength: UInt64(length), wireLength: UInt64(length),
        payload: isMasked ? .scratch(0..<kept) : .input(payload.lowerBound..<payload.lowerBound + kept)))
  }

  /// Whether a data frame that comes now is a message of its own and of no interest but as a whole.
  @inlinable @inline(__always)
  var canTakeData: Bool { !isMessageOpen && !hasClosed && !wantsPieces }

  /// A 16- or 64-bit length that is encoded as it must be and not beyond the span.
  private func longLength(_ bytes: RawSpan, _ offset: Int, isLongest: Bool) -> Int? {
    guard bytes.byteCount - offset >= (isLongest ? 10 : 4) else { return nil }
    let length = isLongest ? bytes.uint64(at: offset + 2) : UInt64(bytes.uint16(at: offset + 2))
    guard length >= (isLongest ? 0x1_0000 : 126), length <= UInt64(bytes.byteCount) else { return nil }
    return Int(length)
  }

  /// Unmasks what is needed of a payload; false where it is a text and not UTF-8.
  private func unmask(
    _ bytes: RawSpan, _ payload: Range<Int>, _ key: MaskingKey, _ opcode: Opcode, _ kept: Int, _ scratch: inout Scratch
  ) -> Bool {
    scratch.shrink()
    let needed = payload.lowerBound..<(opcode == .text ? payload.upperBound : payload.lowerBound + kept)
    let union = key.unmask(bytes, needed, position: 0, into: &scratch.bytes)
    return opcode != .text || union < 0x80 || isUTF8(scratch.bytes.span.bytes, 0..<needed.count)
  }

  /// Whether a range is text from a whole character to a whole character.
  @usableFromInline
  func isUTF8(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    let end = UTF8Validator.endOfASCII(bytes, range)
    if end == range.upperBound { return true }
    var validator = UTF8Validator()
    return validator.accept(bytes, end..<range.upperBound) && validator.isAtBoundary
  }

  /// Counts a frame that is a message.
  @inline(__always)
  private mutating func count(_ opcode: Opcode, isMasked: Bool, length: Int) {
    frames.count(opcode, isMasked: isMasked, isCompressed: false)
    if opcode == .text { texts &+= 1 } else if opcode == .binary { binaries &+= 1 }
    payloadBytes &+= UInt64(length)
  }
}
