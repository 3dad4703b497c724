import Packets

/// WebSocket frames and messages; what the client sends is masked.
extension Conversation {
  /// Sends a frame in segments of its own; returns the indices of its packets.
  @discardableResult
  package mutating func send(
    _ direction: Direction, frame: FrameBuilder, after interval: Interval = .milliseconds(1)
  ) -> Range<Int> {
    send(direction, frames: [frame], after: interval)
  }

  /// Sends several frames back to back, in one segment where they fit; returns the indices of its packets.
  @discardableResult
  package mutating func send(
    _ direction: Direction, frames: [FrameBuilder], after interval: Interval = .milliseconds(1)
  ) -> Range<Int> {
    send(direction, bytes: Self.wireBytes(of: frames, direction), after: interval)
  }

  /// Sends a text message in one frame; returns the indices of its packets.
  @discardableResult
  package mutating func send(
    _ direction: Direction, text: String, after interval: Interval = .milliseconds(1)
  ) -> Range<Int> {
    send(direction, frame: .text(text), after: interval)
  }

  /// Sends a binary message in one frame; returns the indices of its packets.
  @discardableResult
  package mutating func send(
    _ direction: Direction, binary payload: [UInt8], after interval: Interval = .milliseconds(1)
  ) -> Range<Int> {
    send(direction, frame: .binary(payload), after: interval)
  }

  /// Close frames both ways and the end of TCP, which the server begins.
  ///
  /// Without a close code the frames are empty, as Engine.IO sends them.
  package mutating func close(
    by direction: Direction = .clientToServer, code: UInt16? = nil, reason: String = "",
    after interval: Interval = .milliseconds(1)
  ) {
    send(direction, frame: .close(code, reason: reason), after: interval)
    send(direction.reversed, frame: .close(code))
    finish(by: .serverToClient)
  }

  /// The bytes of frames as their sender puts them on the wire: the client's masked unless they bear a key already.
  package static func wireBytes(of frames: [FrameBuilder], _ direction: Direction) -> [UInt8] {
    frames.flatMap { frame in
      direction == .clientToServer && frame.maskingKey == nil ? frame.masked().bytes : frame.bytes
    }
  }
}
