import Packets
import SocketIO
import WebSocket

/// What stands in the place of a message's texts, where they are not to be shown.
package struct MessageTexts {
  /// `nil` where the message's own may stand.
  package var namespace: String?
  package var event: String?

  package init() {}
}

/// One message as a timeline shows it.
package struct MessageRecord: Sendable {
  package var at: PacketReference
  package var firstPacket: PacketReference
  package var connection: Int
  package var leg: Leg
  package var sid: String?
  /// The session's number in this run, by which it is told apart faster than by its name.
  package var session: Int?
  package var direction: Direction
  package var transport: Transport
  /// Of a packet of long-polling what a WebSocket would have: text or binary.
  package var opcode: Opcode
  /// Unmasked and inflated, in bytes.
  package var length: Int
  package var frames: Int
  package var isCompressed: Bool
  package var isComplete: Bool
  /// Why it was not decoded, or not to its end, although the capture has all of it.
  package var undecoded: Undecoded?
  package var closeCode: Int?
  package var engineType: EngineIOPacketType?
  package var socket: SocketFacts?
  /// The first bytes, as many as the payload limit allows.
  package var payload: [UInt8]
  /// Whether `payload` is the message's shape, its texts replaced by their lengths, and not its bytes.
  package var isShape = false
  /// The SHA-256 of the whole payload, where it was wanted and all of it could be read.
  package var payloadSHA256: [UInt8]?

  package init(
    at: PacketReference, firstPacket: PacketReference, connection: Int, leg: Leg, sid: String?, session: Int? = nil,
    direction: Direction, transport: Transport, opcode: Opcode, length: Int, frames: Int, isCompressed: Bool,
    isComplete: Bool, closeCode: Int?, engineType: EngineIOPacketType?, socket: SocketFacts?, payload: [UInt8]
  ) {
    self.at = at
    self.firstPacket = firstPacket
    self.connection = connection
    self.leg = leg
    self.sid = sid
    self.session = session
    self.direction = direction
    self.transport = transport
    self.opcode = opcode
    self.length = length
    self.frames = frames
    self.isCompressed = isCompressed
    self.isComplete = isComplete
    self.closeCode = closeCode
    self.engineType = engineType
    self.socket = socket
    self.payload = payload
  }

  /// A record that is still to become a message.
  package static let blank = MessageRecord(
    at: .none, firstPacket: .none, connection: 0, leg: .only, sid: nil, direction: .clientToServer,
    transport: .unknown, opcode: .text, length: 0, frames: 0, isCompressed: false, isComplete: false, closeCode: nil,
    engineType: nil, socket: nil, payload: [])

  /// The reason of a Close frame, as far as it was kept; `nil` where there is none.
  package var closeReason: [UInt8]? {
    opcode == .close && payload.count > 2 ? Array(payload.dropFirst(2)) : nil
  }

  /// Why a compressed payload stayed unknown.
  package enum Undecoded: String, BitwiseCopyable, Sendable {
    /// It refers to earlier messages that the capture does not have; `length` is that on the wire.
    case unknownDictionary = "unknown-dictionary"
    /// It is not DEFLATE; `length` is that on the wire.
    case badDeflate = "bad-deflate"
    /// Inflation stopped at one of its limits; `length` is the least that it can be.
    case inflationLimit = "inflation-limit"
  }

  /// The Socket.IO packet in it.
  package struct SocketFacts: Sendable {
    package var type: SocketPacketType
    package var namespace: String
    package var event: String?
    package var ackID: UInt64?
    package var attachments: Int
    /// The arguments of a MessagePack packet as text for people; those of others stand in the payload.
    package var arguments: String?

    package init(
      type: SocketPacketType, namespace: String, event: String?, ackID: UInt64?, attachments: Int,
      arguments: String? = nil
    ) {
      self.type = type
      self.namespace = namespace
      self.event = event
      self.ackID = ackID
      self.attachments = attachments
      self.arguments = arguments
    }
  }
}
