import Analysis
import Packets

extension Redactor {
  /// A message with its shape in the place of its text.
  package mutating func redact(_ message: MessageRecord) -> MessageRecord {
    var redacted = message
    redact(&redacted)
    return redacted
  }

  /// Puts a message's shape in the place of its text.
  package mutating func redact(_ message: inout MessageRecord) {
    message.sid = message.sid.map(Shape.shortened)
    if let namespace = message.socket?.namespace, namespace != "/" {
      message.socket?.namespace = scrubber.target(namespace, &removals)
    }
    if let event = message.socket?.event, !isKnownName(event) {
      message.socket?.event = "‹name of \(event.count) chars›"
    }
    message.socket?.arguments = nil
    // A short text can be found again by trying.
    message.payloadSHA256 = nil
    message.payload = payload(of: message)
    message.isShape = true
  }

  /// Whether an event's name may stand; most messages have the name of the one before.
  private mutating func isKnownName(_ event: String) -> Bool {
    if event == latestEvent { return true }
    guard Shape.isEventName(event.utf8Span.span.bytes) else { return false }
    latestEvent = event
    return true
  }

  private mutating func payload(of message: MessageRecord) -> [UInt8] {
    switch message.opcode {
    case "text": return text(of: message)
    case "close": return Array(message.payload.prefix(2)) + Array(closeReason(message).utf8)
    default:
      if !message.payload.isEmpty { removals.count(.binaryMessage) }
      return []
    }
  }

  private mutating func closeReason(_ message: MessageRecord) -> String {
    guard message.payload.count > 2 else { return "" }
    return text(String(decoding: message.payload.dropFirst(2), as: UTF8.self))
  }

  private mutating func text(of message: MessageRecord) -> [UInt8] {
    let bytes = message.payload
    guard !bytes.isEmpty else { return [] }
    let shape = Shape(marker)
    guard message.engineType != nil else { return plain(bytes, of: message) }
    let parts = PacketText(bytes, in: bytes.indices, isFromClient: message.direction == .clientToServer)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    text += bytes[parts.head]
    if !parts.query.isEmpty {
      removals.count(.queryValue)
      let query = String(decoding: bytes[parts.query], as: UTF8.self)
      text =
        Array(bytes[parts.head.lowerBound..<parts.query.lowerBound]) + Array((marker.mark(query, "query") + ",").utf8)
    }
    let removed = shape.append(bytes.span.bytes, in: parts.body, parts.content, to: &text)
    count(removed, parts.content)
    return text
  }

  private mutating func count(_ removed: Int, _ content: Shape.Content) {
    guard removed > 0 else { return }
    removals.count(content == .credentials ? .authPayload : content == .handshake ? .identifier : .messageText)
  }

  /// A message of a protocol that is not Engine.IO: JSON keeps its names, anything else only its length.
  private mutating func plain(_ bytes: [UInt8], of message: MessageRecord) -> [UInt8] {
    removals.count(.messageText)
    if bytes[0] == UInt8(ascii: "{") || bytes[0] == UInt8(ascii: "[") {
      return Array(Shape(marker).json(bytes, in: bytes.indices, .data).utf8)
    }
    let isWhole = bytes.count == message.length
    return Array((isWhole ? "‹\(Shape.length(bytes.span.bytes)) chars›" : "‹\(message.length) bytes›").utf8)
  }
}
