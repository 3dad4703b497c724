import Bytes
import SocketIO

extension Session {
  /// What a timeline says about an Engine.IO packet; `nil` where it carries no packet of Socket.IO.
  static func facts(_ packet: EnginePacket, _ bytes: RawSpan, isWhole: Bool) -> MessageRecord.SocketFacts? {
    guard packet.type == .message else { return nil }
    if packet.isBinary { return withMessagePack(packet, bytes, isWhole: isWhole, MessageRecord.SocketFacts.init) }
    guard let packet = try? SocketPacket(parsing: bytes, in: packet.data, isWhole: isWhole)
    else { return nil }
    return MessageRecord.SocketFacts(
      type: packet.type, namespace: packet.namespaceName(in: bytes), event: packet.eventName(in: bytes),
      ackID: packet.ackID, attachments: packet.attachments)
  }

  /// Reads a binary message, bare or as base64, as a packet of the MessagePack parser; `nil` where it is none.
  static func withMessagePack<Result>(
    _ packet: EnginePacket, _ bytes: RawSpan, isWhole: Bool, _ body: (MessagePackPacket, RawSpan) -> Result
  ) -> Result? {
    if packet.encoding == .base64 {
      guard let decoded = Base64.decode(bytes, in: packet.data) else { return nil }
      return withMessagePack(decoded.span.bytes, in: 0..<decoded.count, isWhole: isWhole, body)
    }
    return withMessagePack(bytes, in: packet.data, isWhole: isWhole, body)
  }

  private static func withMessagePack<Result>(
    _ bytes: RawSpan, in range: Range<Int>, isWhole: Bool, _ body: (MessagePackPacket, RawSpan) -> Result
  ) -> Result? {
    guard MessagePackPacket.isLikely(bytes.extracting(range)),
      let packet = try? MessagePackPacket(parsing: bytes, in: range, isWhole: isWhole)
    else { return nil }
    return body(packet, bytes)
  }
}

extension MessageRecord.SocketFacts {
  /// The most text of a MessagePack packet's arguments that is kept, about what a line of a timeline shows.
  private static let longestArguments = 256

  /// What a packet of the MessagePack parser says.
  fileprivate init(_ packet: MessagePackPacket, _ bytes: RawSpan) {
    self.init(
      type: packet.type, namespace: packet.namespaceName(in: bytes), event: packet.eventName(in: bytes),
      ackID: packet.ackID, attachments: 0,
      arguments: packet.argumentsText(in: bytes, limit: Self.longestArguments))
  }
}
