import Packets

/// The settings that a team believes it runs (`--expect`); what is `nil` is not judged.
package struct Expectations: Sendable, Equatable {
  /// Engine.IO's heartbeat, as the server's options have it.
  package var pingInterval: Interval?
  package var pingTimeout: Interval?
  /// `maxHttpBufferSize` of the server, which its handshake calls `maxPayload`, in bytes.
  package var maxPayload: Int?
  /// Engine.IO's names of transports: `polling`, `websocket`, `webtransport`.
  package var transports: [String]?
  package var allowEIO3: Bool?
  package var connectionStateRecovery: Bool?
  package var perMessageDeflate: Bool?
  package var path: String?
  package var ports: [Int]?
  /// Whether the proxy passes `Upgrade` and `Connection` on.
  package var proxyKeepsUpgradeHeaders: Bool?
  /// The beginning of what they call themselves: `nginx/1.22`, `uvicorn`.
  package var proxy: String?
  package var server: String?

  package init() {}
}
