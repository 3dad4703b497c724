/// How many messages of each kind a direction has carried to their end.
package struct MessageCounts: Equatable, Sendable {
  /// Text messages.
  package var text: UInt32
  /// Binary messages.
  package var binary: UInt32
  /// Pings.
  package var ping: UInt32
  /// Pongs, asked for or not.
  package var pong: UInt32
  /// Close frames.
  package var close: UInt32
  /// Payload bytes of all of them, unmasked and inflated.
  package var bytes: UInt64
}
