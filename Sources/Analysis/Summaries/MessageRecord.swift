import Packets

/// One message as a timeline shows it.
package struct MessageRecord: Sendable {
  package var at: PacketReference
  package var firstPacket: PacketReference
  package var connection: Int
  package var leg: Leg
  package var sid: String?
  package var direction: Direction
  package var transport: Transport
  /// `text`, `binary`, `ping`, `pong`, `close`, or an HTTP record of a timeline.
  package var opcode: String
  /// Unmasked and inflated, in bytes.
  package var length: Int
  package var frames: Int
  package var isCompressed: Bool
  package var isComplete: Bool
  package var closeCode: Int?
  package var engineType: String?
  package var socket: SocketFacts?
  /// The first bytes, as many as the payload limit allows.
  package var payload: [UInt8]

  /// The Socket.IO packet in it.
  package struct SocketFacts: Sendable {
    package var type: String
    package var namespace: String
    package var event: String?
    package var ackID: UInt64?
    package var attachments: Int
  }
}
