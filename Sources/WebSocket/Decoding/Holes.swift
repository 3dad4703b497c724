import Bytes

extension MessageDecoder {
  /// Goes on after bytes that the capture has missed.
  ///
  /// Within a payload of known length only that message suffers; elsewhere the decoder looks for a run of frames in what
  /// comes. Call `next` until `nil` before and after it, as always.
  package mutating func receive(gap length: Int, scratch: inout Scratch) -> Event? {
    receive(missing: length, .lost, &scratch)
  }

  /// Goes on after bytes that were on the wire, but beyond what the capture keeps of a packet.
  package mutating func receive(truncated length: Int, scratch: inout Scratch) -> Event? {
    receive(missing: length, .cut, &scratch)
  }

  private mutating func receive(missing length: Int, _ flag: Message.Flags, _ scratch: inout Scratch) -> Event? {
    guard length > 0 else { return nil }
    let assembly = openAssembly()
    let missing = UInt64(length)
    switch phase {
    case .searching: assembly.skipped &+= missing
    case .desynchronized: assembly.skipped &+= missing
    case .betweenFrames, .insideHeader: losePlace(assembly, after: missing, flag)
    case .insideFrame:
      guard let frame = assembly.frame else { break }
      let inside = min(missing, frame.remaining)
      lose(assembly, inside, flag)
      if missing > inside {
        passFrame(assembly, frame)
        losePlace(assembly, after: missing - inside, flag)
      }
    }
    var offset = 0
    return advance(RawSpan(), from: &offset, scratch: &scratch)
  }

  /// Notes bytes that are missing from the current frame's payload.
  private func lose(_ assembly: Assembly, _ length: UInt64, _ flag: Message.Flags) {
    assembly.frame?.received &+= length
    assembly.frame?.hasMoreOutput = false
    if assembly.current?.coding == .deflated { assembly.decompression.loseHistory() }
    assembly.current?.lose(length, flag)
  }

  /// Counts a frame that ends within the missing bytes, and gives up its message.
  private mutating func passFrame(_ assembly: Assembly, _ frame: OpenFrame) {
    count(frame, isCompressed: frame.role == .data && assembly.data?.isCompressed == true)
    if frame.header.opcode == .close { hasClosed = true }
    if frame.header.isFinal, let ended = assembly.current {
      assembly.abandoned.append(ended)
      assembly.current = nil
      if frame.role == .data { count(ended) } else { payloadBytes &+= ended.payloadLength }
    }
    assembly.frame = nil
  }

  /// Gives up what is open and begins to look for frames.
  private mutating func losePlace(_ assembly: Assembly, after missing: UInt64, _ flag: Message.Flags) {
    assembly.abandon(flag)
    assembly.skipped = missing
    if agreement.keepsWindow { assembly.decompression.loseHistory() }
    isMessageOpen = false
    isJoining = true
    phase = .searching
  }

  /// Looks for a plausible run of frames, and begins with its first.
  mutating func search(_ assembly: Assembly, _ bytes: RawSpan, _ offset: inout Int) -> Progress {
    guard offset < bytes.byteCount else { return .wait }
    let search = FrameSearch(masks: masks, allowsRSV1: agreement.allowsRSV1)
    guard let found = search.firstFrame(in: bytes, from: offset) else {
      assembly.skipped &+= UInt64(bytes.byteCount - offset)
      offset = bytes.byteCount
      return .wait
    }
    let skipped = assembly.skipped &+ UInt64(found - offset)
    offset = found
    assembly.skipped = 0
    phase = .betweenFrames
    return .event(.resynchronized(skipped: skipped))
  }
}
