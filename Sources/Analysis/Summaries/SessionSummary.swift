import Bytes
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

extension SessionFacts: Parceled {
  package static var blank: SessionFacts {
    SessionFacts(
      engineIO: 0, transports: [], upgraded: false, offersWebSocket: false, connections: [],
      client: Endpoint(address: IPAddress(high: 0, low: 0), port: 0), start: .none, end: .none, heartbeats: 0,
      namespaces: [], events: Directional(both: []), acks: Directional(both: 0))
  }

  package mutating func code(_ parcel: Parcel) {
    parcel.code(&sid)
    parcel.code(&engineIO)
    parcel.code(&transports)
    parcel.code(&upgraded)
    parcel.code(&offersWebSocket)
    parcel.code(&connections)
    parcel.code(&client)
    parcel.code(&pingInterval)
    parcel.code(&pingTimeout)
    parcel.code(&maxPayload)
    parcel.code(&start)
    parcel.code(&end)
    parcel.code(&heartbeats)
    parcel.code(&namespaces)
    parcel.code(&closedBy)
    parcel.code(&closeReason)
    code(&events.clientToServer, parcel)
    code(&events.serverToClient, parcel)
    parcel.code(&acks)
    parcel.code(&recovery)
  }

  private func code(_ events: inout [(name: String, count: Int)], _ parcel: Parcel) {
    var (names, counts) = (events.map(\.name), events.map(\.count))
    parcel.code(&names)
    parcel.code(&counts)
    if parcel.isUnpacking { events = Array(zip(names, counts)) }
  }
}
