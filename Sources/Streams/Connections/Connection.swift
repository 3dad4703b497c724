import Packets

/// A TCP connection as far as it was captured: a copy of its state at one moment.
package struct Connection: Sendable {
  let state: ConnectionState
  /// What is rare about each direction.
  package let facts: Directional<DirectionFacts>

  /// What each side sends, under the direction in which it sends.
  package var halves: Directional<HalfConnection> { state.halves }

  /// The client, or the sender of the first packet while `roleEvidence` is `none`.
  package var client: Endpoint { endpoint(isLow: state.status.contains(.isLowClient)) }
  package var server: Endpoint { endpoint(isLow: !state.status.contains(.isLowClient)) }
  /// What tells client from server.
  package var roleEvidence: RoleEvidence { state.roles }
  /// The VLANs of the connection's packets.
  package var vlans: VLANStack { state.key.vlan }

  /// The first packet.
  package var first: PacketReference { state.opened }
  /// The time of the first packet.
  package var start: Timestamp { state.opened.time }
  /// The time of the latest packet, copies excepted.
  package var latest: Timestamp { state.latest }

  /// The first SYN.
  package var syn: PacketReference? {
    guard halves.clientToServer.hasSYN else { return nil }
    return facts.clientToServer.syn ?? state.opened
  }
  /// The first SYN-ACK.
  package var synAck: PacketReference? { halves.serverToClient.hasSYN ? state.synAck : nil }
  /// How many SYNs (or SYN-ACKs, from the server) were captured, the repeated ones included.
  package func synCount(_ direction: Direction) -> Int {
    halves[direction].hasSYN ? 1 + Int(facts[direction].repeatedSYNs) : 0
  }
  /// Whether the connection was under way when the capture began.
  package var isJoinedMidStream: Bool { !halves.clientToServer.hasSYN && !halves.serverToClient.hasSYN }
  /// Whether a reset ended it.
  package var isReset: Bool { state.status.contains(.isReset) }
  /// Whether a reset or two acknowledged FINs ended it, so that only late packets are waited for.
  package var isOver: Bool { state.status.contains(.isLingering) }

  /// From the SYN to the acknowledgement of the SYN-ACK, in microseconds' resolution.
  package var handshakeRoundTrip: Interval? { RoundTrip.interval(state.handshakeMicroseconds) }

  private func endpoint(isLow: Bool) -> Endpoint {
    isLow
      ? Endpoint(address: state.key.low, port: state.key.lowPort)
      : Endpoint(address: state.key.high, port: state.key.highPort)
  }
}
