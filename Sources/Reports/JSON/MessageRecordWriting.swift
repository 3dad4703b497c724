import Analysis
import Bytes
import Packets
import SocketIO
import WebSocket

extension RecordWriter {
  /// Whether a record is a message: other HTTP is in a timeline for people only.
  static func isMessage(_ record: borrowing MessageRecord) -> Bool {
    record.transport == .webSocket || record.transport == .polling
  }

  /// An object of `messages`.
  package mutating func write(_ message: borrowing MessageRecord, type: StaticString? = nil) {
    begin(type)
    time("at", message.at)
    json.joined(",\"packet\":")
    packet(message.at)
    json.joined(",\"packets\":[")
    packet(message.firstPacket)
    if message.firstPacket != message.at { packet(message.at) }
    json.joined("],\"connection\":")
    json.number(message.connection)
    json.joined(",\"sid\":")
    if let sid = message.sid { json.string(sid) } else { json.null() }
    json.joined(
      message.direction == .clientToServer
        ? ",\"direction\":\"clientToServer\",\"transport\":" : ",\"direction\":\"serverToClient\",\"transport\":")
    json.word(message.transport.rawValue)
    json.joined(",\"opcode\":")
    if let opcode = message.opcode.messageName { json.word(opcode) } else { json.null() }
    json.joined(",\"length\":")
    json.number(message.length)
    if latestLayers.areThose(of: message) {
      json.append(latestLayers.text)
    } else {
      let start = json.count
      writeLayers(of: message)
      json.bytes.withBytes { latestLayers.keep(UnsafeRawBufferPointer(rebasing: $0[start...]), of: message) }
    }
    writePayload(of: message)
    if let hash = message.payloadSHA256 { json.field("payloadSHA256", hexadecimal(hash)) }
    if !message.isComplete { json.field("complete", false) }
    if let undecoded = message.undecoded { json.field("undecoded", undecoded.rawValue) }
    json.endObject()
  }

  private mutating func writeLayers(of message: borrowing MessageRecord) {
    json.joined(",\"frames\":")
    json.number(message.frames)
    json.joined(message.isCompressed ? ",\"compressed\":true,\"closeCode\":" : ",\"compressed\":false,\"closeCode\":")
    if let code = message.closeCode { json.number(code) } else { json.null() }
    if let reason = message.closeReason {
      json.joined(",\"closeReason\":")
      json.string(utf8: reason)
    }
    if let type = message.engineType {
      json.joined(",\"engineIO\":{\"type\":")
      json.word(type.name)
      json.joined("},\"socketIO\":")
    } else {
      json.joined(",\"engineIO\":null,\"socketIO\":")
    }
    guard let socket = message.socket else { return json.null() }
    json.joined("{\"type\":")
    json.word(socket.type.name)
    json.joined(",\"namespace\":")
    json.string(socket.namespace)
    json.joined(",\"event\":")
    if let event = socket.event { json.string(event) } else { json.null() }
    json.joined(",\"ack\":")
    if let ack = socket.ackID { json.number(ack) } else { json.null() }
    json.joined(",\"attachments\":")
    json.number(socket.attachments)
    if let arguments = socket.arguments {
      json.joined(",\"arguments\":")
      json.string(arguments)
    }
    json.endObject()
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Text as a string, all else in Base64; nothing where nothing was kept of a payload that is not empty.
  private mutating func writePayload(of message: borrowing MessageRecord) {
    if message.payload.isEmpty, message.length > 0 { return }
    if message.opcode == .text {
      let isCut = message.payload.count < message.length && !message.isShape
      let payload = message.payload.span
      json.joined(",\"payload\":")
      json.string(
        utf8: isCut ? payload.extracting(first: UTF8Reading.lengthWithoutCutTail(payload)) : payload)
    } else {
      json.joined(",\"payloadBase64\":")
      json.base64(message.payload)
    }
  }
}

/// What a message's object says between its length and its payload: of the protocols' layers.
///
/// Most messages have the same as the one before, in two fifths of their text.
struct MessageLayers: ~Copyable {
  /// The members as they stand in the document, the comma before them included; a value follows another one.
  private(set) var text = ByteBuffer()
  private var frames = 0
  private var isCompressed = false
  private var engineType: EngineIOPacketType?
  private var socketType: SocketPacketType?
  private var namespace: String?
  private var event: String?

  /// Keeps the members of a message, where others are likely to have the same.
  mutating func keep(_ bytes: UnsafeRawBufferPointer, of message: borrowing MessageRecord) {
    text.removeAll()
    guard MessageLayers.isOrdinary(message) else { return }
    text.append(bytes)
    frames = message.frames
    isCompressed = message.isCompressed
    engineType = message.engineType
    socketType = message.socket?.type
    namespace = message.socket?.namespace
    event = message.socket?.event
  }

  /// Whether a message's members are those that are kept.
  func areThose(of message: borrowing MessageRecord) -> Bool {
    !text.isEmpty && frames == message.frames && isCompressed == message.isCompressed
      && engineType == message.engineType && socketType == message.socket?.type && event == message.socket?.event
      && namespace == message.socket?.namespace && MessageLayers.isOrdinary(message)
  }

  /// Whether it has no member that is its own.
  private static func isOrdinary(_ message: borrowing MessageRecord) -> Bool {
    message.opcode != .close && message.closeCode == nil && message.socket?.ackID == nil
      && message.socket?.arguments == nil && message.socket?.attachments ?? 0 == 0
  }
}

extension Opcode {
  /// What a message's `opcode` is called; none where a reserved one began it.
  fileprivate var messageName: StaticString? {
    switch self {
    case .text: "text"
    case .binary: "binary"
    case .ping: "ping"
    case .pong: "pong"
    case .close: "close"
    default: nil
    }
  }
}
