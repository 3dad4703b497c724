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
  /// The session that each connection's messages had last, as it was written; -1 for none.
  private var sessions: [Int] = []
  /// The same session's name, as it was read.
  private var sids: [String?] = []
  /// By an event's number in the analysis, its name's number among the words; 0 where it is not known.
  private var eventWords: [UInt8] = []
  private static let hashLength = 32
  /// How the names of sessions that are read are to be called.
  private let rename: (String) -> String

  /// - Parameter rename: how the names of sessions that are read are to be called; asked once for each that was written.
  package init(renaming rename: @escaping (String) -> String = { $0 }) { self.rename = rename }

  /// The fields that every message has, kept short: a message is hardly longer than they are.
  private struct Head: BitwiseCopyable {
    /// In bytes, all of it.
    var total: UInt32 = 0
    var payload: UInt32
    var at: PacketReference
    var length: Int
    var connection: UInt32
    /// -1 for none.
    var session: Int32
    var frames: UInt32
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

  /// What is so, and which fields follow the head, in this order.
  private struct Flags: OptionSet, BitwiseCopyable {
    var rawValue: UInt16

    static let compressed = Flags(rawValue: 1)
    static let complete = Flags(rawValue: 2)
    static let shape = Flags(rawValue: 4)
    static let firstPacket = Flags(rawValue: 8)
    static let closeCode = Flags(rawValue: 16)
    static let ackID = Flags(rawValue: 32)
    static let sid = Flags(rawValue: 64)
    static let arguments = Flags(rawValue: 128)
    static let hash = Flags(rawValue: 256)
  }

  /// Appends a message: its fields, and the payload last.
  ///
  /// - Parameters:
  ///   - message: the message, whose own payload is not looked at.
  ///   - texts: what stands in the place of the message's texts, where it is redacted.
  ///   - sid: what the session is called, where it is not what the message says; asked for where it is written.
  ///   - payload: what is kept of the payload, or its shape.
  ///   - bytes: where the fields go.
  package mutating func encode(
    _ message: MessageRecord, _ texts: MessageTexts? = nil, sid: @autoclosure () -> String?,
    payload: UnsafeRawBufferPointer, into bytes: inout ByteBuffer
  ) {
    let start = bytes.count
    var flags = flags(of: message)
    if texts != nil {
      flags.insert(.shape)
      flags.subtract([.arguments, .hash])
    }
    if isNew(message.session, of: message.connection) { flags.insert(.sid) }
    bytes.append(
      value: Head(
        payload: UInt32(clamping: payload.count), at: message.at, length: message.length,
        connection: UInt32(truncatingIfNeeded: message.connection),
        session: Int32(truncatingIfNeeded: message.session ?? -1),
        frames: UInt32(clamping: message.frames), attachments: Int32(clamping: message.socket?.attachments ?? 0),
        flags: flags, leg: message.leg, transport: message.transport, direction: message.direction,
        opcode: message.opcode, undecoded: message.undecoded, engineType: message.engineType,
        socketType: message.socket?.type))
    if flags.contains(.firstPacket) { bytes.append(value: message.firstPacket) }
    if flags.contains(.closeCode) { bytes.append(value: message.closeCode) }
    if flags.contains(.ackID) { bytes.append(value: message.socket?.ackID) }
    if flags.contains(.sid) { FieldReader.append(sid(), to: &bytes) }
    if let socket = message.socket {
      words.encode(texts?.namespace ?? socket.namespace, into: &bytes)
      words.encode(texts.map(\.event) ?? socket.event, into: &bytes)
    }
    if flags.contains(.arguments) { FieldReader.append(message.socket?.arguments, to: &bytes) }
    if flags.contains(.hash), let hash = message.payloadSHA256 { bytes.append(hash) }
    bytes.append(payload)
    bytes.store(UInt32(clamping: bytes.count - start), at: start)
  }

  /// Appends an event as the message that it is; names are asked for where they are written.
  mutating func encode(
    _ event: PlainEvent, name: @autoclosure () -> String, sid: @autoclosure () -> String?,
    payload: UnsafeRawBufferPointer, into bytes: inout ByteBuffer
  ) {
    let start = bytes.count
    let isNew = isNew(event.session, of: event.connection)
    bytes.append(
      value: Head(
        payload: UInt32(clamping: payload.count), at: event.at, length: event.length,
        connection: UInt32(truncatingIfNeeded: event.connection),
        session: Int32(truncatingIfNeeded: event.session ?? -1),
        frames: 1, attachments: 0, flags: isNew ? [.complete, .sid] : .complete, leg: event.leg,
        transport: .webSocket, direction: .serverToClient, opcode: .text, engineType: .message, socketType: .event))
    if isNew { FieldReader.append(sid(), to: &bytes) }
    words.encode("/", into: &bytes)
    let index = Int(event.name.rawValue)
    if index < eventWords.count, eventWords[index] > 0 {
      bytes.append(eventWords[index])
    } else {
      let name = name()
      words.encode(name, into: &bytes)
      while eventWords.count <= index { eventWords.append(0) }
      eventWords[index] = words.number(of: name) ?? 0
    }
    bytes.append(payload)
    bytes.store(UInt32(clamping: bytes.count - start), at: start)
  }

  /// Reads the next message into a record, which is best the same for all of them: what it holds already is not made anew.
  ///
  /// - Parameters:
  ///   - bytes: what was written, or the beginning of it.
  ///   - offset: where the message begins; where it ends, then.
  ///   - message: what becomes the message.
  /// - Returns: whether the bytes had all of it; nothing has happened where not.
  package mutating func decode(
    _ bytes: UnsafeRawBufferPointer, from offset: inout Int, into message: inout MessageRecord
  ) -> Bool {
    guard offset + MemoryLayout<Head>.size <= bytes.count else { return false }
    let head = bytes.loadUnaligned(fromByteOffset: offset, as: Head.self)
    guard offset + Int(head.total) <= bytes.count else { return false }
    var reader = FieldReader(bytes: bytes, offset: offset + MemoryLayout<Head>.size)
    offset += Int(head.total)
    let flags = head.flags
    take(head, into: &message)
    if flags.contains(.firstPacket) { message.firstPacket = reader.value(PacketReference.self) }
    message.closeCode = flags.contains(.closeCode) ? reader.value(Int?.self) : nil
    let ackID = flags.contains(.ackID) ? reader.value(UInt64?.self) : nil
    if flags.contains(.sid) { learn(reader.optionalText().map(rename), of: message.connection) }
    // None was written as long as there was none.
    message.sid = message.connection < sids.count ? sids[message.connection] : nil
    if let type = head.socketType {
      // In its place: a new one would cost more than all else of the message.
      if message.socket == nil {
        message.socket = .init(type: type, namespace: "", event: nil, ackID: nil, attachments: 0)
      }
      message.socket?.type = type
      message.socket?.namespace = words.word(&reader)
      message.socket?.event = words.optional(&reader)
      message.socket?.ackID = ackID
      message.socket?.attachments = Int(head.attachments)
      message.socket?.arguments = flags.contains(.arguments) ? reader.optionalText() : nil
    } else {
      message.socket = nil
    }
    message.payloadSHA256 = flags.contains(.hash) ? reader.bytes(MessageCoder.hashLength) : nil
    read(Int(head.payload), &reader, into: &message.payload)
    return true
  }

  /// Puts a payload in the place of the one before.
  ///
  /// Its memory is used again where it is not far too large: who keeps a copy of the message keeps that memory, and the next
  /// payload gets as much. Lengths between those of short messages are not far apart.
  private func read(_ count: Int, _ reader: inout FieldReader, into payload: inout [UInt8]) {
    if payload.capacity > 2 * count + 256 { payload = [] } else { payload.removeAll(keepingCapacity: true) }
    reader.append(count, to: &payload)
  }

  private func take(_ head: Head, into message: inout MessageRecord) {
    message.at = head.at
    message.firstPacket = head.at
    message.connection = Int(head.connection)
    message.leg = head.leg
    message.session = head.session >= 0 ? Int(head.session) : nil
    message.direction = head.direction
    message.transport = head.transport
    message.opcode = head.opcode
    message.length = head.length
    message.frames = Int(head.frames)
    message.isCompressed = head.flags.contains(.compressed)
    message.isComplete = head.flags.contains(.complete)
    message.undecoded = head.undecoded
    message.engineType = head.engineType
    message.isShape = head.flags.contains(.shape)
  }

  private func flags(of message: MessageRecord) -> Flags {
    var flags = Flags()
    if message.isCompressed { flags.insert(.compressed) }
    if message.isComplete { flags.insert(.complete) }
    if message.isShape { flags.insert(.shape) }
    if message.firstPacket != message.at { flags.insert(.firstPacket) }
    if message.closeCode != nil { flags.insert(.closeCode) }
    if message.socket?.ackID != nil { flags.insert(.ackID) }
    if message.socket?.arguments != nil { flags.insert(.arguments) }
    if message.payloadSHA256?.count == MessageCoder.hashLength { flags.insert(.hash) }
    return flags
  }

  /// Notes a connection's session; true where it is not the one that is known.
  private mutating func isNew(_ session: Int?, of connection: Int) -> Bool {
    let session = session ?? -1
    if session < 0, sessions.count <= connection { return false }
    while sessions.count <= connection { sessions.append(-1) }
    if sessions[connection] == session { return false }
    sessions[connection] = session
    return true
  }

  private mutating func learn(_ sid: String?, of connection: Int) {
    while sids.count <= connection { sids.append(nil) }
    sids[connection] = sid
  }
}
