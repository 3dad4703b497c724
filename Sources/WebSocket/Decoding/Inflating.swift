import Bytes

/// What a sender takes off the end of a compressed message (RFC 7692 section 7.2.1).
///
/// "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload of the message."
private let strippedTail: [UInt8] = [0x00, 0x00, 0xff, 0xff]

/// How many bytes are unmasked before they are inflated, so that few are unmasked again when the output is full.
private let deflatedRunLength = 16 << 10

extension MessageDecoder {
  /// Inflates the next run of a compressed payload.
  func inflatePayload(
    _ assembly: Assembly, _ frame: OpenFrame, _ bytes: RawSpan, _ offset: inout Int, _ scratch: inout Scratch
  ) -> Progress {
    var run = Int(min(frame.remaining, UInt64(bytes.byteCount - offset)))
    guard run > 0 || frame.hasMoreOutput else { return .wait }
    let inflater = assembly.decompression.inflater(&scratch)
    scratch.shrink()
    let step: Inflater.Step
    if let key = frame.header.maskingKey {
      run = min(run, deflatedRunLength)
      if scratch.deflated.isEmpty { scratch.deflated = [UInt8](repeating: 0, count: deflatedRunLength) }
      key.unmask(bytes, offset..<offset + run, position: frame.maskPosition, into: &scratch.deflated)
      let unmasked = scratch.deflated
      step = inflater.step(unmasked.span.bytes.extracting(0..<run), into: &scratch.bytes)
    } else {
      step = inflater.step(bytes.extracting(offset..<offset + run), into: &scratch.bytes)
    }
    offset += step.consumed
    consume(assembly, step.consumed)
    return absorb(assembly, step, &scratch)
  }

  /// Inflates the tail that the sender took off, and sees whether the message ends with it.
  func flush(_ assembly: Assembly, fed: Int, _ scratch: inout Scratch) -> Progress {
    // Neither a message of no bytes at all nor one whose last block has BFINAL has lost its tail; the former is not
    // what RFC 7692 section 7.2.3.6 makes of an empty message, but every zlib takes it for one.
    guard let message = assembly.data, message.coding == .deflated, message.wireLength > 0, !message.hasDeflateEnded
    else {
      assembly.frame?.stage = .ending
      return .onward
    }
    let inflater = assembly.decompression.inflater(&scratch)
    scratch.shrink()
    let step = inflater.step(strippedTail.span.bytes.extracting(fed..<strippedTail.count), into: &scratch.bytes)
    assembly.frame?.stage = .flushing(fed: fed + step.consumed)
    if step.status == .needsInput {
      assembly.frame?.stage = .ending
      if !inflater.isAtBlockBoundary {
        spoil(assembly)
        return .onward
      }
    }
    return absorb(assembly, step, &scratch)
  }

  /// Takes what a step has inflated, and what it says of the data.
  private func absorb(_ assembly: Assembly, _ step: Inflater.Step, _ scratch: inout Scratch) -> Progress {
    let limit = Int(limits.payload)
    // A text that is not UTF-8 is told at its end: what is not DEFLATE inflates to such before it shows.
    _ = assembly.data?.take(scratch.bytes.span.bytes, 0..<step.produced, limit: limit)
    assembly.decompression.extendHistory(by: step.produced)
    assembly.data?.hasDeflateEnded = step.status == .streamEnd
    assembly.frame?.hasMoreOutput = step.status == .outputFull
    switch step.status {
    case .needsInput, .outputFull: break
    case .streamEnd: assembly.decompression.inflater?.restart()
    case .malformed:
      spoil(assembly)
      return .onward
    }
    if let reached = reachedLimit(assembly) {
      forgo(assembly)
      return .event(reached)
    }
    return wantsPieces && step.produced > 0 ? .event(.piece(.scratch(0..<step.produced))) : .onward
  }

  /// Gives up a message that can't be inflated; a fault of the peer where all that it may refer to was seen.
  private func spoil(_ assembly: Assembly) {
    assembly.data?.makeOpaque()
    if assembly.decompression.isHistoryPartial {
      assembly.data?.flags.insert(.dictionaryUnknown)
    } else {
      assembly.unsaid.insert(.badDeflate)
    }
    assembly.frame?.hasMoreOutput = false
    assembly.decompression.loseHistory()
  }

  /// Stops inflating a message that is longer than the limits allow.
  private func forgo(_ assembly: Assembly) {
    assembly.data?.coding = .skipped
    assembly.data?.isText = false
    assembly.data?.flags.insert(.lengthUnknown)
    assembly.frame?.hasMoreOutput = false
    assembly.decompression.loseHistory()
  }

  /// The limit that a compressed message has reached.
  private func reachedLimit(_ assembly: Assembly) -> Event? {
    guard let message = assembly.data else { return nil }
    let length = message.payloadLength
    if length > UInt64(limits.inflatedLength) {
      return .limit(.inflatedLength, value: UInt64(limits.inflatedLength))
    }
    if length > UInt64(limits.inflationAllowance),
      length / UInt64(max(1, limits.inflationRatio)) > message.wireLength
    {
      return .limit(.inflationRatio, value: UInt64(limits.inflationRatio))
    }
    return nil
  }
}

extension Decompression {
  /// The inflater, a spare one or a new one where there is none.
  mutating func inflater(_ scratch: inout Scratch) -> Inflater {
    if let inflater { return inflater }
    let taken = scratch.spareInflater ?? Inflater()
    scratch.spareInflater = nil
    taken.reset()
    inflater = taken
    return taken
  }

  /// Begins a message that refers to nothing before it.
  mutating func forgetWindow() {
    inflater?.reset()
    isHistoryPartial = false
    historyLength = 0
  }
}
