import Bytes

extension MessageDecoder {
  /// Takes a frame one stage further.
  mutating func readFrame(
    _ assembly: Assembly, _ bytes: RawSpan, _ offset: inout Int, _ scratch: inout Scratch
  ) -> Progress {
    guard let frame = assembly.frame else {
      phase = .betweenFrames
      return .onward
    }
    switch frame.stage {
    case .payload:
      if frame.remaining == 0, !frame.hasMoreOutput {
        let isInflated = frame.role == .data && frame.header.isFinal && assembly.data?.coding == .deflated
        assembly.frame?.stage = isInflated ? .flushing(fed: 0) : .ending
        return .onward
      }
      if frame.role == .data, assembly.data?.coding == .deflated {
        return inflatePayload(assembly, frame, bytes, &offset, &scratch)
      }
      return readPlain(assembly, frame, bytes, &offset, &scratch)
    case .flushing(let fed):
      return flush(assembly, fed: fed, &scratch)
    case .ending:
      checkEnd(assembly, frame)
      assembly.frame?.stage = .ended
      return .onward
    case .ended:
      return end(assembly, frame, &scratch)
    }
  }

  /// Takes the next run of a payload that is not to be inflated.
  private func readPlain(
    _ assembly: Assembly, _ frame: OpenFrame, _ bytes: RawSpan, _ offset: inout Int, _ scratch: inout Scratch
  ) -> Progress {
    var run = Int(min(frame.remaining, UInt64(bytes.byteCount - offset)))
    guard run > 0 else { return .wait }
    let limit = keptLength(frame)
    let wantsPiece = wantsPieces && frame.role == .data && assembly.data?.coding == .plain
    guard wantsPiece || assembly.current?.needsBytes(limit: limit) == true else {
      assembly.frame?.received &+= UInt64(run)
      assembly.current?.pass(UInt64(run))
      offset += run
      return .onward
    }
    var piece = PayloadLocation.input(offset..<offset + run)
    var isValid = true
    if let key = frame.header.maskingKey {
      run = min(run, Scratch.runLength)
      scratch.shrink()
      key.unmask(bytes, offset..<offset + run, position: frame.maskPosition, into: &scratch.bytes)
      isValid = assembly.current?.take(scratch.bytes.span.bytes, 0..<run, limit: limit) ?? true
      piece = .scratch(0..<run)
    } else {
      isValid = assembly.current?.take(bytes, offset..<offset + run, limit: limit) ?? true
    }
    if !isValid { assembly.unsaid.insert(.invalidUTF8) }
    consume(assembly, run)
    offset += run
    return wantsPiece ? .event(.piece(piece)) : .onward
  }

  /// How many bytes of a frame's message are kept; a control frame's all, as far as it keeps to its limit.
  private func keptLength(_ frame: OpenFrame) -> Int {
    frame.role == .control ? max(125, Int(limits.payload)) : Int(limits.payload)
  }

  /// Counts payload bytes of the wire whose content was taken.
  func consume(_ assembly: Assembly, _ count: Int) {
    assembly.frame?.received &+= UInt64(count)
    assembly.current?.wireLength &+= UInt64(count)
  }

  /// Checks what only the end of a message shows.
  private func checkEnd(_ assembly: Assembly, _ frame: OpenFrame) {
    switch frame.role {
    case .data:
      guard frame.header.isFinal, let text = assembly.data else { return }
      if text.isText, !text.validator.isAtBoundary {
        assembly.data?.markInvalid()
        assembly.unsaid.insert(.invalidUTF8)
      } else if text.isCompressed, text.flags.contains(.invalidUTF8) {
        assembly.unsaid.insert(.invalidUTF8)
      }
    case .control:
      guard frame.header.opcode == .close, let close = assembly.control, close.coding == .plain else { return }
      checkClose(assembly, close)
    case .nothing: break
    }
  }

  /// Reads a Close frame's code and checks it and the reason (RFC 6455 section 5.5.1).
  private func checkClose(_ assembly: Assembly, _ close: OpenMessage) {
    let body = close.kept.span.bytes
    guard body.byteCount >= 2 else {
      if body.byteCount == 1 { assembly.unsaid.insert(.closePayloadLength1) }
      return
    }
    let code = CloseCode(rawValue: body.uint16(at: 0))
    assembly.control?.closeCode = code
    if code.standing == .forbidden || code.standing == .unregistered { assembly.unsaid.insert(.closeCodeInvalid) }
    var validator = UTF8Validator()
    let isWhole = UInt64(body.byteCount) == close.payloadLength
    if !validator.accept(body, 2..<body.byteCount) || isWhole && !validator.isAtBoundary {
      assembly.control?.markInvalid()
      assembly.unsaid.insert(.closeReasonUTF8)
    }
  }

  /// Counts a frame that has ended, and gives its message where it was the last one of it.
  private mutating func end(_ assembly: Assembly, _ frame: OpenFrame, _ scratch: inout Scratch) -> Progress {
    count(frame, isCompressed: frame.role == .data && assembly.data?.isCompressed == true)
    assembly.frame = nil
    phase = .betweenFrames
    switch frame.role {
    case .nothing: return .onward
    case .control:
      guard var ended = assembly.control else { return .onward }
      assembly.control = nil
      payloadBytes &+= ended.payloadLength
      if frame.header.opcode == .close { hasClosed = true }
      return .event(.message(ended.message(&scratch)))
    case .data:
      guard frame.header.isFinal, var ended = assembly.data else { return .onward }
      assembly.data = nil
      isMessageOpen = false
      isJoining = false
      count(ended)
      if !agreement.keepsWindow, scratch.spareInflater == nil {
        scratch.spareInflater = assembly.decompression.inflater
        assembly.decompression.inflater = nil
      }
      return .event(.message(ended.message(&scratch)))
    }
  }

  /// Counts a frame that has passed.
  mutating func count(_ frame: OpenFrame, isCompressed: Bool) {
    frames.count(frame.header.opcode, isMasked: frame.header.isMasked, isCompressed: isCompressed)
  }

  /// Counts a data message that has ended.
  mutating func count(_ message: OpenMessage) {
    if message.opcode == .text { texts &+= 1 } else if message.opcode == .binary { binaries &+= 1 }
    payloadBytes &+= message.flags.contains(.opaque) ? message.wireLength : message.payloadLength
  }
}
