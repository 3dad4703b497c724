import Packets

/// What TCP did to a connection at one moment, for a picture of it.
package struct TransportMark: Sendable {
  package var at: PacketReference
  package var connection: Int
  package var direction: Direction
  package var kind: Kind

  /// What happened.
  package enum Kind: UInt8, Sendable, CaseIterable {
    case retransmission
    /// A retransmission after its timer ran out: the data waited for it.
    case retransmissionTimeout
    case zeroWindow
    case windowOpened
    case fin
    case reset
    /// Bytes that the capture does not have.
    case hole
  }

  package init(at: PacketReference, connection: Int, direction: Direction, kind: Kind) {
    self.at = at
    self.connection = connection
    self.direction = direction
    self.kind = kind
  }
}
