import Analysis
import Bytes
import Packets
import WebSocket

extension Redactor {
  /// A message with its shape in the place of its text.
  package mutating func redact(_ message: MessageRecord) -> MessageRecord {
    var redacted = message
    var shape = ByteBuffer()
    let texts = redact(message, shape: &shape)
    redacted.sid = message.sid.map(Shape.shortened)
    if let namespace = texts.namespace { redacted.socket?.namespace = namespace }
    redacted.socket?.event = texts.event
    redacted.socket?.arguments = nil
    // A short text can be found again by trying.
    redacted.payloadSHA256 = nil
    redacted.payload = shape.take()
    redacted.isShape = true
    return redacted
  }

  /// Gives what stands in the place of a message's texts, and appends the shape of its payload to the caller's bytes.
  ///
  /// All else of the message stays, but for the arguments and the hash, which are not to be shown, and the session's name (``shortened(_:)``).
  package mutating func redact(_ message: MessageRecord, shape: inout ByteBuffer) -> MessageTexts {
    writeShape(of: message, to: &shape)
    var texts = MessageTexts()
    guard let socket = message.socket else { return texts }
    if socket.namespace != "/" { texts.namespace = target(socket.namespace) }
    texts.event = socket.event.map { isKnownName($0) ? $0 : "‹name of \($0.count) chars›" }
    return texts
  }

  /// Whether an event's name may stand; most messages have the name of the one before.
  private mutating func isKnownName(_ event: String) -> Bool {
    if event == latestEvent { return true }
    guard Shape.isEventName(event.utf8Span.span.bytes) else { return false }
    latestEvent = event
    return true
  }

  private mutating func writeShape(of message: MessageRecord, to shape: inout ByteBuffer) {
    switch message.opcode {
    case .text: writeText(of: message, to: &shape)
    case .close:
      shape.append(message.payload.prefix(2))
      shape.append(closeReason(message))
    default: if !message.payload.isEmpty { removals.count(.binaryMessage) }
    }
  }

  private mutating func closeReason(_ message: MessageRecord) -> String {
    guard message.payload.count > 2 else { return "" }
    return text(String(decoding: message.payload.dropFirst(2), as: UTF8.self))
  }

  private mutating func writeText(of message: MessageRecord, to shape: inout ByteBuffer) {
    let bytes = message.payload
    guard !bytes.isEmpty else { return }
    guard message.engineType != nil else { return writePlain(message, to: &shape) }
    let parts = PacketText(bytes, in: bytes.indices, isFromClient: message.direction == .clientToServer)
    if parts.query.isEmpty {
      shape.append(bytes[parts.head])
    } else {
      removals.count(.queryValue)
      shape.append(bytes[parts.head.lowerBound..<parts.query.lowerBound])
      shape.append(marker.mark(String(decoding: bytes[parts.query], as: UTF8.self), "query"))
      shape.append(",")
    }
    let removed = Shape(marker).append(bytes.span.bytes, in: parts.body, parts.content, to: &shape)
    count(removed, parts.content)
  }

  private mutating func count(_ removed: Int, _ content: Shape.Content) {
    guard removed > 0 else { return }
    removals.count(content == .credentials ? .authPayload : content == .handshake ? .identifier : .messageText)
  }

  /// A message of a protocol that is not Engine.IO: JSON keeps its names, anything else only its length.
  private mutating func writePlain(_ message: MessageRecord, to shape: inout ByteBuffer) {
    let bytes = message.payload
    removals.count(.messageText)
    if bytes[0] == UInt8(ascii: "{") || bytes[0] == UInt8(ascii: "[") {
      _ = Shape(marker).append(bytes.span.bytes, in: bytes.indices, .data, to: &shape)
    } else if bytes.count == message.length {
      shape.append("‹\(Shape.length(bytes.span.bytes)) chars›")
    } else {
      shape.append("‹\(message.length) bytes›")
    }
  }
}
