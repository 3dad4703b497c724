/// What a decoder has found.
package enum Event: Equatable, Sendable {
  /// The next run of a data message's payload, unmasked and inflated; said only while pieces are wanted.
  ///
  /// The runs of a message that then turns out opaque or incomplete are not its whole payload.
  case piece(PayloadLocation)
  /// A message that has ended, or one whose end can't come any more.
  case message(Message)
  /// A rule was broken; said for each occurrence, before the message that broke it.
  case violation(Violation)
  /// A limit was reached; what the message still has to come is not inflated.
  case limit(WebSocketLimits.Name, value: UInt64)
  /// The decoder has lost its place for good and reads no further.
  case desynchronized(Desynchronization)
  /// The decoder has found a run of frames again after a hole, or at the start of a capture.
  case resynchronized(skipped: UInt64)
}

/// Why a direction's frames can't be told apart any more.
package enum Desynchronization: Equatable, Sendable {
  /// A frame announces 2^63 bytes or more, which leaves no place for a next frame.
  case payloadLength(UInt64)
  /// An HTTP message stands where a frame should begin.
  case http
}

/// A message, or the header of a frame, whose end has not come yet.
package struct PendingMessage: Equatable, Sendable {
  /// The message's opcode; `nil` while the first byte of its header has not come.
  package var opcode: Opcode?
  /// Frames begun, the current one included.
  package var frames: UInt32
  /// Payload bytes on the wire that its frames have announced so far; `nil` while the current header is cut.
  package var announcedLength: UInt64?
  /// Payload bytes on the wire that have come.
  package var receivedLength: UInt64
  /// Bytes of the current frame's header, where the header itself is cut; else 0.
  package var headerBytes: Int
  /// Whether the current frame is the last one, so that `announcedLength` is that of the whole message.
  package var isFinalFrame: Bool
}
