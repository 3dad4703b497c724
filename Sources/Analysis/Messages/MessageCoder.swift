import Bytes
import Packets
import SocketIO
import WebSocket

/// Writes and reads messages as bytes, for another thread or for a temporary file: what only this run reads, all of it in
/// the order in which it was written.
///
/// What has a fixed size is copied as it is in memory. Names of events and namespaces come again and again: they are
/// written once and then called by their number; a session is written when it is not that of the connection's message
/// before.
package struct MessageCoder {
  private var words = WordTable()
  /// The session's name that each connection's messages had last.
  private var sids: [String?] = []
  private static let hashLength = 32

  package init() {}

  /// The fields of a fixed size.
  private struct Head: BitwiseCopyable {
    /// In bytes, all of it.
    var total: UInt32 = 0
    var payload: UInt32
    var at: PacketReference
    var firstPacket: PacketReference
    var connection: Int
    var length: Int
    var frames: Int
    var closeCode: Int?
    var ackID: UInt64?
    var attachments: Int32
    var flags: Flags
    var leg: Leg
    var transport: Transport
    var direction: Direction
    var opcode: Opcode
    var undecoded: MessageRecord.Undecoded?
    var engineType: EngineIOPacketType?
    var socketType: SocketPacketType?
  }

  private struct Flags: OptionSet, BitwiseCopyable {
    var rawValue: UInt8

    static let compressed = Flags(rawValue: 1)
    static let complete = Flags(rawValue: 2)
    static let shape = Flags(rawValue: 4)
    static let sameSession = Flags(rawValue: 8)
    static let arguments = Flags(rawValue: 16)
    static let hash = Flags(rawValue: 32)
  }

  /// Appends a message: its fields, and the payload last.
  ///
  /// - Parameters:
  ///   - message: the message, whose own payload is not looked at.
  ///   - texts: what stands in the place of the message's texts, where it is redacted.
  ///   - payload: what is kept of the payload, or its shape.
  ///   - bytes: where the fields go.
  package mutating func encode(
    _ message: MessageRecord, _ texts: MessageTexts? = nil, payload: UnsafeRawBufferPointer,
    into bytes: inout ByteBuffer
  ) {
    let start = bytes.count
    let sid = texts.map(\.sid) ?? message.sid
    var flags: Flags = remember(sid, of: message.connection) ? .sameSession : []
    if message.isCompressed { flags.insert(.compressed) }
    if message.isComplete { flags.insert(.complete) }
    if message.isShape || texts != nil { flags.insert(.shape) }
    let arguments = texts == nil ? message.socket?.arguments : nil
    if arguments != nil { flags.insert(.arguments) }
    if texts == nil, message.payloadSHA256?.count == MessageCoder.hashLength { flags.insert(.hash) }
    bytes.append(
      value: Head(
        payload: UInt32(clamping: payload.count), at: message.at, firstPacket: message.firstPacket,
        connection: message.connection, length: message.length, frames: message.frames, closeCode: message.closeCode,
        ackID: message.socket?.ackID, attachments: Int32(clamping: message.socket?.attachments ?? 0), flags: flags,
        leg: message.leg, transport: message.transport, direction: message.direction, opcode: message.opcode,
        undecoded: message.undecoded, engineType: message.engineType, socketType: message.socket?.type))
    if !flags.contains(.sameSession) { FieldReader.append(sid, to: &bytes) }
    if let socket = message.socket {
      words.encode(texts?.namespace ?? socket.namespace, into: &bytes)
      words.encode(texts.map(\.event) ?? socket.event, into: &bytes)
    }
    if arguments != nil { FieldReader.append(arguments, to: &bytes) }
    if flags.contains(.hash), let hash = message.payloadSHA256 { bytes.append(hash) }
    bytes.append(payload)
    bytes.store(UInt32(clamping: bytes.count - start), at: start)
  }

  /// Reads the next message; `nil` where its bytes are not all there.
  package mutating func decode(_ bytes: UnsafeRawBufferPointer, from offset: inout Int) -> MessageRecord? {
    guard offset + MemoryLayout<Head>.size <= bytes.count else { return nil }
    let head = bytes.loadUnaligned(fromByteOffset: offset, as: Head.self)
    guard offset + Int(head.total) <= bytes.count else { return nil }
    var reader = FieldReader(bytes: bytes, offset: offset + MemoryLayout<Head>.size)
    offset += Int(head.total)
    if !head.flags.contains(.sameSession) { _ = remember(reader.optionalText(), of: head.connection) }
    // None was written as long as there was none.
    let sid = head.connection < sids.count ? sids[head.connection] : nil
    let socket = head.socketType.map { type in
      MessageRecord.SocketFacts(
        type: type, namespace: words.word(&reader), event: words.optional(&reader), ackID: head.ackID,
        attachments: Int(head.attachments),
        arguments: head.flags.contains(.arguments) ? reader.optionalText() : nil)
    }
    var message = MessageRecord(
      at: head.at, firstPacket: head.firstPacket, connection: head.connection, leg: head.leg, sid: sid,
      direction: head.direction, transport: head.transport, opcode: head.opcode, length: head.length,
      frames: head.frames, isCompressed: head.flags.contains(.compressed),
      isComplete: head.flags.contains(.complete), closeCode: head.closeCode, engineType: head.engineType,
      socket: socket, payload: [])
    if head.flags.contains(.hash) { message.payloadSHA256 = reader.bytes(MessageCoder.hashLength) }
    message.payload = reader.bytes(Int(head.payload))
    message.undecoded = head.undecoded
    message.isShape = head.flags.contains(.shape)
    return message
  }

  /// Notes a connection's session; true where it is the one that is known.
  private mutating func remember(_ sid: String?, of connection: Int) -> Bool {
    if sid == nil, sids.count <= connection { return true }
    while sids.count <= connection { sids.append(nil) }
    if sids[connection] == sid { return true }
    sids[connection] = sid
    return false
  }
}
