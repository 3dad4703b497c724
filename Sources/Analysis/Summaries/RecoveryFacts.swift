import Packets

/// What a session shows of Socket.IO's connection state recovery.
package struct RecoveryFacts: BitwiseCopyable, Sendable, Equatable {
  /// The server's first answer to a CONNECT, where a `pid` would have been.
  package var answered: PacketReference?
  /// The server gave a `pid`: recovery is enabled there.
  package var isOffered = false
  /// The client asked to go on with an earlier session.
  package var isAsked = false
  /// The server went on with it: it answered with the same `pid`.
  package var isRecovered = false
}
