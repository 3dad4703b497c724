import Packets

/// What happened on a connection, in the order of the streams.
///
/// A slot is the connection's place in its table. Where no reference is given, the event belongs to the packet that was
/// passed in last.
package enum StreamEvent: Equatable, Sendable {
  /// A connection's first packet.
  case opened(Int32)
  /// In-order payload in the bytes of the packet that was passed in last.
  case data(Int32, Direction, Range<Int>)
  /// Payload of an earlier packet that came out of order and is in order now.
  case buffered(Int32, Direction, StoredSegment)
  /// In-order payload that was on the wire but beyond the capture's snap length: no loss of the network or the capture.
  case truncated(Int32, Direction, length: Int, PacketReference)
  /// Payload that the capture does not have, although the receiver got it (or a limit forced the decision).
  case gap(Int32, Direction, Gap)
  /// The end of a direction, after all its payload; without a reference where only its acknowledgement was captured.
  case fin(Int32, Direction, PacketReference?)
  /// A reset that its receiver believed.
  case reset(Int32, by: Direction, ResetKind)
  /// Client and server are known better than before; `swapped` where they had been taken for each other.
  case rolesSettled(Int32, RoleEvidence, swapped: Bool)
  /// Something about the direction's health; the direction is that of the packet which showed it.
  case health(Int32, Direction, HealthEvent)
  /// Two copies of the same sequence numbers differ; the first copy stays.
  case conflict(Int32, Direction, Conflict)
  /// A limit was reached, and something is given up.
  case limitReached(StreamLimits.Name, slot: Int32)
  /// The connection's last event; its slot can be read until the table is called again.
  case closed(Int32, CloseReason)
}

/// A piece of payload that came out of order, or a part of it.
package struct StoredSegment: Equatable, Sendable {
  package var bytes: [UInt8]
  /// The packet in which the bytes came.
  package var reference: PacketReference
}

/// A hole in a direction's payload.
package struct Gap: Equatable, Sendable {
  /// Missing bytes.
  package var length: Int
  package var cause: Cause
  /// The acknowledgement that shows that the receiver has the bytes.
  package var acknowledgement: PacketReference?

  /// Why a hole is no longer waited for.
  package enum Cause: Equatable, Sendable {
    /// The receiver acknowledged the bytes, and the capture never showed them.
    case acknowledged
    /// The capture has no packet of the receiver, and the bytes did not come in time.
    case receiverUnseen
    /// A limit left no room to wait.
    case limit(StreamLimits.Name)
  }
}

/// Copies of the same sequence numbers with different bytes.
package struct Conflict: Equatable, Sendable {
  /// How many bytes were compared and found to differ as a whole: the copies' common length.
  package var length: Int
  /// The packet whose copy stays.
  package var first: PacketReference
}

/// What a reset ended.
package enum ResetKind: Equatable, Sendable {
  /// A handshake: the reset answers a SYN (RFC 9293 section 3.10.7.1).
  case refused
  /// An established connection.
  case aborted
}

/// What shows which side is the client, the weakest first.
package enum RoleEvidence: UInt8, BitwiseCopyable, Comparable, Sendable {
  /// Nothing yet: the first sender is taken for the client.
  case none
  /// The server's port is a followed one.
  case port
  /// What the sides say: a request, a mask bit.
  case application
  /// A SYN-ACK or SYN.
  case handshake

  package static func < (a: RoleEvidence, b: RoleEvidence) -> Bool { a.rawValue < b.rawValue }
}

/// Why a connection is over.
package enum CloseReason: Equatable, Sendable {
  /// Both sides' FINs were acknowledged.
  case finished
  case reset
  /// A new connection took the addresses and ports.
  case replaced
  /// Silent for longer than the limits allow.
  case idle
  /// The limit of connections made it give way.
  case limit
  /// Still open when the capture ended.
  case endOfCapture
}
