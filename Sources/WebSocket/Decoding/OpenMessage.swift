import Bytes

/// A message whose frames are coming: what is known of it, and its first bytes.
struct OpenMessage {
  /// What to do with the payload that still comes.
  enum Coding {
    /// Take the bytes as they are.
    case plain
    /// Inflate them.
    case deflated
    /// Only count them: something before them is missing or could not be inflated.
    case skipped
  }

  var opcode: Opcode
  var coding: Coding
  var flags: Message.Flags
  var closeCode: CloseCode?
  var maskingKey: MaskingKey
  var frames: UInt32 = 1
  var payloadLength: UInt64 = 0
  var wireLength: UInt64 = 0
  /// Payload bytes on the wire that the frames up to the current one have announced.
  var announcedLength: UInt64
  var kept: [UInt8] = []
  /// Whether the text is to be checked and was UTF-8 so far.
  var isText: Bool
  var validator = UTF8Validator()
  /// Whether the inflated data ended with a block that has BFINAL, and nothing came since.
  var hasDeflateEnded = false

  /// Begins a message with its first frame.
  init(_ header: FrameHeader, isCompressed: Bool) {
    opcode = header.opcode
    coding = isCompressed ? .deflated : .plain
    flags = isCompressed ? .compressed : []
    if header.isMasked { flags.insert(.masked) }
    maskingKey = header.maskingKey ?? .zero
    announcedLength = header.payloadLength
    // What RSV1 means without permessage-deflate nobody knows, so that the bytes need not be text.
    isText = header.opcode == .text && (isCompressed || !header.rsv1)
  }

  /// Goes on with a continuation frame.
  mutating func extend(_ header: FrameHeader) {
    frames &+= 1
    announcedLength =
      announcedLength.addingReportingOverflow(header.payloadLength).overflow
      ? .max : announcedLength &+ header.payloadLength
  }

  /// Takes the next run of the payload, unmasked and inflated; false where it stops being UTF-8.
  mutating func take(_ bytes: RawSpan, _ range: Range<Int>, limit: Int) -> Bool {
    payloadLength &+= UInt64(range.count)
    let wanted = min(range.count, limit - kept.count)
    if wanted > 0 {
      bytes.extracting(range.lowerBound..<range.lowerBound + wanted).withUnsafeBytes { kept.append(contentsOf: $0) }
    }
    guard isText, !validator.accept(bytes, range) else { return true }
    markInvalid()
    return false
  }

  /// Whether bytes that come now need to be looked at.
  func needsBytes(limit: Int) -> Bool { coding == .plain && (isText || kept.count < limit) }

  /// Whether its frames' payloads are not its own.
  var isCompressed: Bool { flags.contains(.compressed) }

  /// Counts bytes of the wire that are not looked at.
  mutating func pass(_ length: UInt64) {
    wireLength &+= length
    if !isCompressed { payloadLength &+= length }
  }

  /// Notes that bytes of the wire are missing from here on.
  mutating func lose(_ length: UInt64, _ flag: Message.Flags) {
    flags.insert(flag)
    pass(length)
    if isCompressed, !flags.contains(.opaque) { flags.insert(.lengthUnknown) }
    coding = .skipped
    isText = false
  }

  /// Notes that the payload can't be inflated: only its length on the wire is known.
  mutating func makeOpaque() {
    coding = .skipped
    flags.insert(.opaque)
    flags.remove(.invalidUTF8)
    kept = []
    isText = false
  }

  mutating func markInvalid() {
    isText = false
    flags.insert(.invalidUTF8)
  }

  /// The message, its kept bytes put into the scratch buffer.
  mutating func message(_ scratch: inout Scratch) -> Message {
    Message(
      opcode: opcode, flags: flags, closeCode: closeCode, maskingKey: maskingKey, frames: frames,
      payloadLength: flags.contains(.opaque) ? wireLength : payloadLength, wireLength: wireLength,
      payload: scratch.show(&kept))
  }
}
