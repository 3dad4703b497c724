import Bytes
import SocketIO

extension Session {
  /// What a timeline says about an Engine.IO packet; `nil` where it carries no packet of Socket.IO.
  static func facts(_ packet: EnginePacket, _ bytes: RawSpan, isWhole: Bool) -> MessageRecord.SocketFacts? {
    guard packet.type == .message else { return nil }
    if packet.isBinary { return messagePackFacts(packet, bytes, isWhole: isWhole) }
    guard let packet = try? SocketPacket(parsing: bytes, in: packet.data, isWhole: isWhole)
    else { return nil }
    return MessageRecord.SocketFacts(
      type: packet.type.text, namespace: packet.namespaceName(in: bytes), event: packet.eventName(in: bytes),
      ackID: packet.ackID, attachments: packet.attachments)
  }

  private static func messagePackFacts(
    _ packet: EnginePacket, _ bytes: RawSpan, isWhole: Bool
  ) -> MessageRecord.SocketFacts? {
    guard packet.encoding == .binary, MessagePackPacket.isLikely(bytes.extracting(packet.data)),
      let packet = try? MessagePackPacket(parsing: bytes, in: packet.data, isWhole: isWhole)
    else { return nil }
    return MessageRecord.SocketFacts(
      type: packet.type.text, namespace: packet.namespaceName(in: bytes), event: packet.eventName(in: bytes),
      ackID: packet.ackID, attachments: 0)
  }
}

extension SocketPacketType {
  /// The name of the type in the protocol document.
  var text: String {
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
}

extension EngineIOPacketType {
  /// The name of the type in the protocol document.
  var text: String {
    switch self {
    case .open: "open"
    case .close: "close"
    case .ping: "ping"
    case .pong: "pong"
    case .message: "message"
    case .upgrade: "upgrade"
    case .noop: "noop"
    }
  }
}
