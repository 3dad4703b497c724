import Packets

/// Which connection a fact is about, between whom, and what it belongs to.
package struct ConnectionPlace: Sendable {
  package var connection: Int
  package var client: Endpoint
  package var server: Endpoint
  package var leg: Leg
  package var sid: String?
  /// The Sec-WebSocket-Key, which tells the legs of one WebSocket.
  package var key: String?
}
