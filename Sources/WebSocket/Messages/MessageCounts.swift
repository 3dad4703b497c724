/// How many messages of each kind a direction has carried to their end.
package struct MessageCounts: Equatable, Sendable {
  package var text: UInt32
  package var binary: UInt32
  package var ping: UInt32
  package var pong: UInt32
  package var close: UInt32
  /// Payload bytes of all of them, unmasked and inflated.
  package var bytes: UInt64
}
