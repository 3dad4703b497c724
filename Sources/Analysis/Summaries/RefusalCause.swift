/// Why a long-polling request went wrong, as far as more than its status tells.
package enum RefusalCause: String, BitwiseCopyable, Sendable {
  /// The session had moved to a WebSocket before.
  case transportMismatch = "transport-mismatch"
  /// A cache gave the answer, which is another poll's.
  case cachedAnswer = "cached-answer"
  /// The server closed an idle connection in the moment in which the request was sent on it.
  case keepAliveRace = "keep-alive-race"
  /// A poll was ended before the server's ping would have answered it.
  case cutByProxy = "cut-by-proxy"
  /// The request's payload is longer than the handshake allowed.
  case oversize
  /// The client had said goodbye: whatever becomes of its open poll, nobody waits for it.
  case afterGoodbye = "after-goodbye"
}
