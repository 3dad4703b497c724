import Bytes

/// What a step of the decoder has come to.
enum Progress {
  /// Something to tell.
  case event(Event)
  /// Nothing to tell, and there is more to do.
  case onward
  /// Nothing to do until more bytes come.
  case wait
}

extension MessageDecoder {
  /// Goes on from whatever state there is, step by step, to the next event or the span's end.
  mutating func advance(_ bytes: RawSpan, from offset: inout Int, scratch: inout Scratch) -> Event? {
    if offset == bytes.byteCount, phase == .betweenFrames { return nil }
    let assembly = openAssembly()
    while true {
      if let rule = assembly.unsaid.removeFirst() { return .violation(assembly.violation(rule)) }
      if !assembly.abandoned.isEmpty {
        var lost = assembly.abandoned.removeFirst()
        return .message(lost.message(&scratch))
      }
      let progress =
        switch phase {
        case .betweenFrames, .insideHeader: readHeader(assembly, bytes, &offset)
        case .insideFrame: readFrame(assembly, bytes, &offset, &scratch)
        case .searching: search(assembly, bytes, &offset)
        case .desynchronized: skip(assembly, bytes, &offset)
        }
      switch progress {
      case .event(let event): return event
      case .onward: continue
      case .wait: return nil
      }
    }
  }

  /// Collects a header and begins its frame.
  private mutating func readHeader(_ assembly: Assembly, _ bytes: RawSpan, _ offset: inout Int) -> Progress {
    let start = offset
    guard let header = nextHeader(assembly, bytes, &offset) else {
      phase = assembly.headerBytes.isEmpty ? .betweenFrames : .insideHeader
      return .wait
    }
    // "HT", the beginning of an HTTP response, is also that of a Close frame with RSV1 and without FIN, which nobody sends.
    if header.firstByte == UInt8(ascii: "H"), header.payloadLength == UInt64(UInt8(ascii: "T")), !header.isMasked {
      offset = start
      return lose(assembly, .http)
    }
    begin(assembly, header)
    return .onward
  }

  /// The next header, read at once or, where a segment's end has cut it, byte by byte.
  private func nextHeader(_ assembly: Assembly, _ bytes: RawSpan, _ offset: inout Int) -> FrameHeader? {
    if assembly.headerBytes.isEmpty, let header = try? FrameHeader(parsing: bytes, at: offset) {
      offset += header.headerLength
      return header
    }
    while offset < bytes.byteCount {
      assembly.headerBytes.append(bytes.byte(at: offset))
      offset += 1
      let held = assembly.headerBytes
      if let header = try? FrameHeader(parsing: held.span.bytes) {
        assembly.headerBytes.removeAll(keepingCapacity: true)
        return header
      }
    }
    return nil
  }

  /// Begins a frame: what its header breaks, and what its payload belongs to.
  private mutating func begin(_ assembly: Assembly, _ header: FrameHeader) {
    assembly.unsaid = violations(of: header, isMessageOpen: assembly.data != nil)
    if header.isLengthMSBSet {
      assembly.abandon([])
      assembly.frame = OpenFrame(header, role: .nothing)
      _ = lose(assembly, .payloadLength(header.payloadLength))
      return
    }
    var role = OpenFrame.Role.data
    switch header.opcode {
    case let opcode where opcode.isReserved: role = .nothing
    case .continuation:
      if assembly.data != nil {
        assembly.data?.extend(header)
      } else if isJoining {
        var joined = OpenMessage(header, isCompressed: false)
        joined.flags.insert(.lost)
        assembly.data = joined
      } else {
        role = .nothing
      }
    case .text, .binary: beginMessage(assembly, header)
    default:
      assembly.control = OpenMessage(header, isCompressed: false)
      role = .control
    }
    assembly.frame = OpenFrame(header, role: role)
    isMessageOpen = assembly.data != nil
    phase = .insideFrame
  }

  /// Begins a data message, and gives up one that is still open.
  private mutating func beginMessage(_ assembly: Assembly, _ header: FrameHeader) {
    if assembly.data != nil {
      if assembly.data?.coding == .deflated { assembly.decompression.loseHistory() }
      assembly.abandon([])
    }
    isJoining = false
    let isCompressed = header.rsv1 && agreement.allowsRSV1
    assembly.data = OpenMessage(header, isCompressed: isCompressed)
    if isCompressed, !agreement.keepsWindow { assembly.decompression.forgetWindow() }
  }

  /// The rules that a header breaks by itself or by its place.
  private func violations(of header: FrameHeader, isMessageOpen: Bool) -> ViolationSet {
    var found: ViolationSet = []
    let opcode = header.opcode
    if opcode.isReserved { found.insert(.reservedOpcode) }
    if header.rsv2 || header.rsv3 { found.insert(.rsvBits) }
    if header.rsv1 {
      if opcode == .continuation, agreement.allowsRSV1 {
        found.insert(.rsv1OnContinuation)
      } else if opcode.isControl || opcode.isReserved || !agreement.allowsRSV1 {
        found.insert(.rsvBits)
      }
    }
    if opcode.isControl, !opcode.isReserved {
      if !header.isFinal { found.insert(.controlFragmented) }
      if header.payloadLength > 125 { found.insert(.controlTooLong) }
    } else if !opcode.isReserved {
      if opcode == .continuation, !isMessageOpen, !isJoining { found.insert(.unexpectedContinuation) }
      if opcode != .continuation, isMessageOpen { found.insert(.interleavedDataFrame) }
      if hasClosed { found.insert(.dataAfterClose) }
    }
    if header.isMasked != masks {
      found.insert(header.isMasked ? .maskedServerFrame : .unmaskedClientFrame)
    }
    if !header.isLengthMinimal { found.insert(.lengthNotMinimal) }
    if header.isLengthMSBSet { found.insert(.lengthMSBSet) }
    return found
  }

  /// Gives the place up for good.
  private mutating func lose(_ assembly: Assembly, _ reason: Desynchronization) -> Progress {
    if assembly.frame == nil { assembly.abandon([]) }
    assembly.unsaidDesynchronization = reason
    assembly.skipped = 0
    isMessageOpen = false
    phase = .desynchronized
    return .onward
  }

  /// Says once that the place is lost, then passes over everything.
  private func skip(_ assembly: Assembly, _ bytes: RawSpan, _ offset: inout Int) -> Progress {
    if let reason = assembly.unsaidDesynchronization {
      assembly.unsaidDesynchronization = nil
      return .event(.desynchronized(reason))
    }
    assembly.skipped &+= UInt64(bytes.byteCount - offset)
    offset = bytes.byteCount
    return .wait
  }
}
