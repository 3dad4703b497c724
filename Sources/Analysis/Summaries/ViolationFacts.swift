import Packets

/// A rule of a protocol that one side of a connection broke, with how often it did.
///
/// It is told when it is seen first, and again with the final count when the connection or session ends.
package struct ViolationFacts: Sendable {
  package var place: ConnectionPlace
  package var direction: Direction
  package var rule: BrokenRule
  /// What stands on the wire instead: the RSV bits, the opcode, the length, the close code; else 0.
  package var value: UInt64
  /// Whether peers put up with it.
  package var isTolerated: Bool
  package var first: PacketReference
  package var last: PacketReference
  package var count: Int
  /// Whether client and server were told apart by a guess, so that masking may look wrong on both sides.
  package var rolesInferred: Bool
}

/// A rule by its name in reports, with the document that has it.
package struct BrokenRule: Hashable, Sendable {
  package var name: String
  package var section: String

  package static func == (a: BrokenRule, b: BrokenRule) -> Bool { a.name == b.name }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }

  static let engine = "Engine.IO protocol, \"Protocol\""
  static let socket = "Socket.IO protocol, \"Packet encoding\""

  static let packetType = BrokenRule(name: "engineio-packet-type", section: engine)
  static let payload = BrokenRule(name: "engineio-payload", section: engine)
  static let payloadRevision = BrokenRule(name: "engineio-payload-revision", section: engine)
  static let handshake = BrokenRule(name: "engineio-handshake", section: engine)
  static let heartbeatDirection = BrokenRule(
    name: "engineio-heartbeat-direction", section: "Engine.IO protocol, \"Heartbeat\"")
  static let unexpectedPacket = BrokenRule(name: "engineio-unexpected-packet", section: engine)
  static let socketPacket = BrokenRule(name: "socketio-packet", section: socket)
  static let unexpectedBinary = BrokenRule(name: "socketio-unexpected-binary", section: socket)
  static let notConnected = BrokenRule(
    name: "socketio-not-connected", section: "Socket.IO protocol, \"Connection to a namespace\"")
  static let connectWithoutSID = BrokenRule(
    name: "socketio-connect-without-sid", section: "Socket.IO protocol, \"Connection to a namespace\"")
  static let missingPayload = BrokenRule(name: "socketio-missing-payload", section: socket)
  static let unexpectedPayload = BrokenRule(name: "socketio-unexpected-payload", section: socket)
  static let payloadNotArray = BrokenRule(name: "socketio-payload-not-array", section: socket)
  static let payloadNotObject = BrokenRule(name: "socketio-payload-not-object", section: socket)
  static let missingEventName = BrokenRule(name: "socketio-missing-event-name", section: socket)
  static let reservedEventName = BrokenRule(name: "socketio-reserved-event-name", section: socket)
  static let unterminatedPayload = BrokenRule(name: "socketio-unterminated-payload", section: socket)
}
