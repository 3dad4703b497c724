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

extension UpgradeAttempt {
  /// Where it was seen.
  package var place: ConnectionPlace {
    ConnectionPlace(connection: connection, client: client, server: server, leg: leg, sid: sid, key: key)
  }
}

extension WebSocketEnd {
  /// Where it was seen.
  package var place: ConnectionPlace {
    ConnectionPlace(connection: connection, client: client, server: server, leg: leg, sid: sid, key: key)
  }
}
