import Bytes
import Packets

/// Makes messages of one direction's bytes after the upgrade (RFC 6455 sections 5 and 6, RFC 7692).
///
/// Call `next` with each span of in-order bytes until it answers `nil`, and `receive` for bytes that are missing. A small
/// message that lies in one span goes through without a copy or an allocation; everything else is kept in an object
/// that exists while it is needed. For this object's sake a copy of a decoder must not be used beside the original.
package struct MessageDecoder {
  /// Where in the stream of frames the next byte stands.
  @usableFromInline enum Phase: BitwiseCopyable {
    case betweenFrames, insideHeader, insideFrame, searching, desynchronized
  }

  /// Frames that have passed, by kind.
  package internal(set) var frames = FrameCounts()
  /// Text and binary messages that have ended, and the payload bytes of all messages.
  @usableFromInline var texts: UInt32 = 0
  var binaries: UInt32 = 0
  @usableFromInline var payloadBytes: UInt64 = 0
  @usableFromInline let limits: WebSocketLimits
  var assembly: Assembly?
  var agreement: Decompression.Agreement
  /// Whether the sender must mask: a client must, a server must not (RFC 6455 section 5.1).
  @usableFromInline let masks: Bool
  @usableFromInline var phase: Phase
  /// Whether a data message has begun and not ended between two frames.
  @usableFromInline var isMessageOpen = false
  /// Whether the sender has sent its Close frame.
  package internal(set) var hasClosed = false
  /// Whether a continuation may come whose beginning was not seen.
  var isJoining: Bool
  /// Whether each run of a data message's payload is an event, for those who hash or scan whole payloads.
  package var wantsPieces = false

  /// Makes a decoder for one direction of a connection.
  ///
  /// - Parameters:
  ///   - direction: Tells whether frames must be masked, and which deflate parameters hold.
  ///   - deflate: What the handshake agreed on; `nil` where permessage-deflate was not.
  ///   - limits: How much is kept and inflated.
  ///   - isMidStream: Whether the stream's beginning was not captured: the decoder first looks for a run of frames, and
  ///     takes RSV1 for compression whatever `deflate` says.
  package init(
    direction: Direction, deflate: DeflateParameters?, limits: WebSocketLimits = WebSocketLimits(),
    isMidStream: Bool = false
  ) {
    masks = direction == .clientToServer
    self.limits = limits
    agreement = Decompression.Agreement(deflate, direction)
    phase = isMidStream ? .searching : .betweenFrames
    isJoining = isMidStream
    if isMidStream {
      if agreement == .none { agreement = .unknown }
      let assembly = Assembly()
      assembly.decompression.loseHistory()
      self.assembly = assembly
    }
  }

  /// Messages that have ended, by kind, and their payload bytes, unmasked and inflated.
  package var messages: MessageCounts {
    MessageCounts(
      text: texts, binary: binaries, ping: frames.ping, pong: frames.pong, close: frames.close, bytes: payloadBytes)
  }

  /// Whether the place in the stream is known.
  package var isSynchronized: Bool { phase != .searching && phase != .desynchronized }

  /// Bytes passed over since the place was lost.
  package var skippedBytes: UInt64 { assembly?.skipped ?? 0 }

  /// Reads on from an offset, which it moves, and gives the next event; `nil` where it needs more bytes.
  ///
  /// After `nil` the offset is the span's end. What an event locates in `bytes` or `scratch` is there until the next
  /// call.
  package mutating func next(_ bytes: RawSpan, from offset: inout Int, scratch: inout Scratch) -> Event? {
    if phase == .betweenFrames {
      if offset == bytes.byteCount { return nil }
      if let event = wholeMessage(bytes, from: &offset, scratch: &scratch) { return event }
    }
    return advance(bytes, from: &offset, scratch: &scratch)
  }

  /// The object for what is open, made where there is none.
  mutating func openAssembly() -> Assembly {
    if let assembly { return assembly }
    let made = Assembly()
    assembly = made
    return made
  }
}

extension Decompression.Agreement {
  /// What the parameters say of a direction's compression.
  init(_ parameters: DeflateParameters?, _ direction: Direction) {
    guard let parameters else {
      self = .none
      return
    }
    switch direction {
    case .clientToServer:
      self = parameters.clientNoContextTakeover ? .noTakeover : .takeover(bits: parameters.clientMaxWindowBits)
    case .serverToClient:
      self = parameters.serverNoContextTakeover ? .noTakeover : .takeover(bits: parameters.serverMaxWindowBits)
    }
  }
}
