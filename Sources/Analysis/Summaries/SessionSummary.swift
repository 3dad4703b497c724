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
  /// The server of the leg that reports speak of.
  package var server: Endpoint?
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
  /// When it was closed.
  package var closedAt: Timestamp?
  package var events: Directional<[(name: String, count: Int)]>
  package var acks: Directional<Int>
  package var recovery = RecoveryFacts()
  /// What few sessions have.
  var notes: SessionNotes?

  /// The fastest row of long-polling requests.
  package var fastestPolls: PollRow? { notes?.fastestPolls }
  /// How long the server took to acknowledge the client's events that asked for it, as the client saw it.
  package var ackTimes: GapQuantiles? { notes?.ackTimes }

  /// What is said of a session whose client ended a poll before its answer.
  static let pollAborted = "poll aborted"

  /// What is said of a session of which a side left its namespace.
  package static let namespaceLeft = "Socket.IO disconnect"

  /// Whether the server put its client out of a namespace, after which the client does not come back by itself.
  package var wasDisconnected: Bool { closedBy == .serverToClient && closeReason == SessionFacts.namespaceLeft }

  /// Whether its client left it by ending a poll before the answer.
  package var wasLeftInMidPoll: Bool { closeReason == SessionFacts.pollAborted }
}

/// What few sessions have, kept apart because a report holds very many of them.
final class SessionNotes: Sendable {
  let fastestPolls: PollRow?
  let ackTimes: GapQuantiles?

  /// `nil` where there is nothing to note.
  init?(fastestPolls: PollRow?, ackTimes: GapQuantiles?) {
    guard fastestPolls != nil || ackTimes != nil else { return nil }
    self.fastestPolls = fastestPolls
    self.ackTimes = ackTimes
  }
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
    parcel.code(&server)
    parcel.code(&pingInterval)
    parcel.code(&pingTimeout)
    parcel.code(&maxPayload)
    parcel.code(&start)
    parcel.code(&end)
    parcel.code(&heartbeats)
    parcel.code(&namespaces)
    parcel.code(&closedBy)
    parcel.code(&closeReason)
    parcel.code(&closedAt)
    code(&events.clientToServer, parcel)
    code(&events.serverToClient, parcel)
    parcel.code(&acks)
    parcel.code(&recovery)
    parcel.keep(&notes)
  }

  private func code(_ events: inout [(name: String, count: Int)], _ parcel: Parcel) {
    var (names, counts) = (events.map(\.name), events.map(\.count))
    parcel.code(&names)
    parcel.code(&counts)
    if parcel.isUnpacking { events = Array(zip(names, counts)) }
  }
}
