extension MessageDecoder {
  /// Gives back what a quiet connection does not need: buffers, and zlib's state but for the window that was used.
  ///
  /// Does nothing while a frame or message is open.
  package mutating func releaseIdleState() {
    guard phase == .betweenFrames, !isMessageOpen, let assembly, assembly.unsaid.isEmpty, assembly.abandoned.isEmpty
    else { return }
    assembly.headerBytes = []
    guard agreement.allowsRSV1, agreement.keepsWindow else {
      self.assembly = nil
      return
    }
    assembly.decompression.inflater?.hibernate(windowBits: agreement.windowBits)
  }

  /// Whether no message or header has begun that has not ended: ``pending`` is `nil` for certain, which costs nothing to ask.
  @inlinable
  package var isBetweenMessages: Bool {
    @inline(__always) get { phase == .betweenFrames && !isMessageOpen }
  }

  /// The message or header that has begun and not ended.
  ///
  /// A data message goes before the control frame between its fragments. There is none in a direction that has lost its
  /// place.
  package var pending: PendingMessage? {
    guard isSynchronized, let assembly else { return nil }
    if phase == .insideHeader {
      let first = assembly.headerBytes.first
      return PendingMessage(
        opcode: assembly.data?.opcode ?? first.map { Opcode(rawValue: $0 & 0xf) },
        frames: (assembly.data?.frames ?? 0) + 1, announcedLength: nil,
        receivedLength: assembly.data?.wireLength ?? 0, headerBytes: assembly.headerBytes.count,
        isFinalFrame: first.map { $0 & 0x80 != 0 } ?? false)
    }
    guard let message = assembly.data ?? assembly.control else { return nil }
    return PendingMessage(
      opcode: message.opcode, frames: message.frames, announcedLength: message.announcedLength,
      receivedLength: message.wireLength, headerBytes: 0,
      isFinalFrame: assembly.data == nil || assembly.frame?.role == .data && assembly.frame?.header.isFinal == true)
  }
}
