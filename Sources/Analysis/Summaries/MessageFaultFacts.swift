import Packets

/// A message, or an event's attachments, of which the end never came.
package struct IncompleteMessage: Sendable {
  package var place: ConnectionPlace
  package var direction: Direction
  package var kind: Kind
  /// The packet in which it began.
  package var began: PacketReference
  /// The last packet that brought bytes of it.
  package var last: PacketReference
  /// The Close frame, FIN or RST that ended the connection first; `nil` where the capture ended first.
  package var ended: PacketReference?
  package var endedBy: Direction?
  /// Whether that was a Close frame with no code of an error: a side that left by its own will.
  package var isGoodbye: Bool
  package var observedUntil: PacketReference

  /// What is incomplete.
  package enum Kind: Sendable {
    /// A frame was cut: bytes of its message that came, and that its frames announced, where the header is whole.
    case frame(received: UInt64, announced: UInt64?)
    /// Frames came, and not the final one.
    case fragments(frames: Int, received: UInt64)
    /// Binary attachments of an event or ack; `interrupted` where another packet took their place.
    case attachments(received: Int, expected: Int, interrupted: Bool)
  }
}

/// A message longer than its receiver accepts, and the refusal.
package struct OversizeMessage: Sendable {
  package var place: ConnectionPlace
  package var direction: Direction
  /// Bytes, as announced or as they came; `nil` where the capture does not show the message.
  package var length: UInt64?
  /// `maxPayload` of the session's handshake.
  package var limit: Int?
  /// The packet in which the message began.
  package var began: PacketReference
  package var refused: PacketReference
  package var refusal: Refusal

  /// How it was refused.
  package enum Refusal: Sendable {
    /// A Close frame with code 1009.
    case close
    /// A Close frame with another code, or none, within a second: python-engineio closes so.
    case otherClose(code: Int?)
    /// The connection ended without a word within a second.
    case ended
    /// An HTTP status: 413, or python-engineio's 400; from a server that calls itself so.
    case status(Int, server: String?, isEmpty: Bool)
  }
}

extension OversizeMessage {
  /// A long-polling request that was answered with 413; `nil` for any other.
  package init?(_ request: RequestSummary, on connection: ConnectionSummary) {
    guard request.status == 413, let began = request.request ?? request.answer, let refused = request.answer else {
      return nil
    }
    self.init(
      place: ConnectionPlace(
        connection: connection.id, client: connection.client, server: connection.server, leg: connection.leg,
        sid: connection.sid, key: nil),
      direction: .clientToServer, length: request.length.map { UInt64(max(0, $0)) }, limit: nil, began: began,
      refused: refused, refusal: .status(413, server: request.server, isEmpty: (request.refusal ?? "").isEmpty))
  }
}
