import Analysis
import Packets

extension RecordWriter {
  /// Whether a record is a message: other HTTP is in a timeline for people only.
  static func isMessage(_ record: MessageRecord) -> Bool {
    record.transport == .webSocket || record.transport == .polling
  }

  /// An object of `messages`.
  package mutating func write(_ message: MessageRecord, type: StaticString? = nil) {
    begin(type)
    time("at", message.at)
    json.key("packet")
    packet(message.at)
    json.key("packets")
    json.beginArray()
    packet(message.firstPacket)
    if message.firstPacket != message.at { packet(message.at) }
    json.endArray()
    json.field("connection", message.connection)
    json.field("sid", message.sid)
    json.key("direction")
    json.separate()
    json.literal("\"")
    json.literal(message.direction.jsonName)
    json.literal("\"")
    json.field("transport", message.transport.rawValue)
    json.field("opcode", RecordWriter.opcodes.contains(message.opcode) ? message.opcode : nil)
    json.field("length", message.length)
    json.field("frames", message.frames)
    json.field("compressed", message.isCompressed)
    json.field("closeCode", message.closeCode)
    if let reason = message.closeReason {
      json.key("closeReason")
      json.string(utf8: reason)
    }
    writeLayers(of: message)
    writePayload(of: message)
    if let hash = message.payloadSHA256 { json.field("payloadSHA256", hexadecimal(hash)) }
    if !message.isComplete { json.field("complete", false) }
    if let undecoded = message.undecoded { json.field("undecoded", undecoded.rawValue) }
    json.endObject()
  }

  /// What a message's `opcode` can be.
  private static let opcodes = ["text", "binary", "ping", "pong", "close"]

  private mutating func writeLayers(of message: MessageRecord) {
    json.key("engineIO")
    if let type = message.engineType {
      json.beginObject()
      json.field("type", type)
      json.endObject()
    } else {
      json.null()
    }
    json.key("socketIO")
    guard let socket = message.socket else { return json.null() }
    json.beginObject()
    json.field("type", socket.type)
    json.field("namespace", socket.namespace)
    json.field("event", socket.event)
    json.key("ack")
    if let ack = socket.ackID { json.number(ack) } else { json.null() }
    json.field("attachments", socket.attachments)
    if let arguments = socket.arguments { json.field("arguments", arguments) }
    json.endObject()
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Text as a string, all else in Base64; nothing where nothing was kept of a payload that is not empty.
  private mutating func writePayload(of message: MessageRecord) {
    if message.payload.isEmpty, message.length > 0 { return }
    if message.opcode == "text" {
      let isCut = message.payload.count < message.length && !message.isShape
      json.key("payload")
      json.string(utf8: isCut ? UTF8Reading.withoutCutTail(message.payload) : message.payload)
    } else {
      json.key("payloadBase64")
      json.base64(message.payload)
    }
  }
}
