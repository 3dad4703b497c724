/// The type of a Socket.IO packet, named as in protocol 5.
package enum SocketPacketType: UInt8, BitwiseCopyable, Hashable, Sendable, CaseIterable {
  case connect = 0
  case disconnect = 1
  case event = 2
  case ack = 3
  /// Up to protocol 4 this is ERROR, whose data is a string.
  case connectError = 4
  case binaryEvent = 5
  case binaryAck = 6

  /// The type that an ASCII digit stands for; `nil` for every other byte.
  @inlinable
  package init?(digit: UInt8) { self.init(rawValue: digit &- 0x30) }

  /// The name of the type in the protocol document.
  package var name: StaticString {
    switch self {
    case .connect: "CONNECT"
    case .disconnect: "DISCONNECT"
    case .event: "EVENT"
    case .ack: "ACK"
    case .connectError: "CONNECT_ERROR"
    case .binaryEvent: "BINARY_EVENT"
    case .binaryAck: "BINARY_ACK"
    }
  }

  /// Whether this is an event, with or without attachments.
  @inlinable
  package var isEvent: Bool { self == .event || self == .binaryEvent }

  /// Whether this is an acknowledgement, with or without attachments.
  @inlinable
  package var isAck: Bool { self == .ack || self == .binaryAck }

  /// Whether binary attachments may follow.
  @inlinable
  package var isBinary: Bool { self == .binaryEvent || self == .binaryAck }
}
