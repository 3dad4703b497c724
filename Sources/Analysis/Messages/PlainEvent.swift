import Packets
import SocketIO
import WebSocket

/// An event of the main namespace that came from the server whole, in one frame and one packet, and asks for nothing:
/// what a stream consists of.
struct PlainEvent {
  var name: NameID
  var at: PacketReference
  var connection: Int
  var session: Int?
  var leg: Leg
  /// Of the payload, in bytes.
  var length: Int
}

extension MessageRecord {
  /// The message that an event is; the payload is still to be set.
  init(_ event: PlainEvent, name: String, sid: String?) {
    self.init(
      at: event.at, firstPacket: event.at, connection: event.connection, leg: event.leg, sid: sid,
      session: event.session, direction: .serverToClient, transport: .webSocket, opcode: .text, length: event.length,
      frames: 1, isCompressed: false, isComplete: true, closeCode: nil, engineType: .message,
      socket: .init(type: .event, namespace: "/", event: name, ackID: nil, attachments: 0), payload: [])
  }
}
