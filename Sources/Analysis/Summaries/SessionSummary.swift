import Packets

/// An Engine.IO session over all its transports and legs.
package typealias SessionSummary = CopyOnWrite<SessionFacts>

/// The fields of a ``SessionSummary``.
package struct SessionFacts: Sendable {
  package var sid: String?
  package var engineIO: Int
  package var transports: [Transport]
  package var upgraded: Bool
  /// Whether the server's handshake offered an upgrade to WebSocket.
  package var offersWebSocket: Bool
  package var connections: [Int]
  package var client: Endpoint
  /// Seconds, as the server's handshake said them.
  package var pingInterval: Double?
  package var pingTimeout: Double?
  package var maxPayload: Int?
  package var start: PacketReference
  package var end: PacketReference
  package var heartbeats: Int
  package var namespaces: [String]
  package var closedBy: Direction?
  package var closeReason: String?
  package var events: Directional<[(name: String, count: Int)]>
  package var acks: Directional<Int>
  package var recovery = RecoveryFacts()
}
