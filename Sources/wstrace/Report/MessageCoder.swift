import Analysis
import Packets

/// Writes and reads messages as bytes, for a temporary file that only this run reads from its beginning to its end.
///
/// Names of protocols and events come again and again: they are written once and then called by their number; a session is
/// written when it is not that of the connection's message before; times and packets as their distance from those before.
struct MessageCoder {
  private var words = WordTable()
  /// The session's name that each connection's messages had last.
  private var sids: [String?] = []
  private var latest = PacketReference(capture: 0, number: 0, time: Timestamp(nanoseconds: 0))

  private struct Flags: OptionSet {
    var rawValue: UInt8

    static let compressed = Flags(rawValue: 1)
    static let complete = Flags(rawValue: 2)
    static let shape = Flags(rawValue: 4)
    static let fromServer = Flags(rawValue: 8)
    /// All of it stood in one packet.
    static let onePacket = Flags(rawValue: 16)
    static let socket = Flags(rawValue: 32)
    static let engine = Flags(rawValue: 64)
    static let sameSession = Flags(rawValue: 128)
  }

  /// Appends a message: its length in four bytes, then its fields.
  mutating func encode(_ message: MessageRecord, into bytes: inout [UInt8]) {
    let start = bytes.count
    for _ in 0..<4 { bytes.append(0) }
    let isSameSession = remember(message.sid, of: message.connection)
    bytes.append(flags(of: message, isSameSession: isSameSession).rawValue)
    encode(message.at, into: &bytes)
    if message.firstPacket != message.at { encode(message.firstPacket, into: &bytes) }
    encode(UInt64(message.connection), into: &bytes)
    if !isSameSession { FieldReader.append(message.sid, to: &bytes) }
    words.encode(message.leg.rawValue, into: &bytes)
    words.encode(message.transport.rawValue, into: &bytes)
    words.encode(message.opcode, into: &bytes)
    if let type = message.engineType { words.encode(type, into: &bytes) }
    if let socket = message.socket { encode(socket, into: &bytes) }
    encode(UInt64(message.closeCode.map { $0 + 1 } ?? 0), into: &bytes)
    encode(UInt64(message.length), into: &bytes)
    encode(UInt64(message.frames), into: &bytes)
    FieldReader.append(message.undecoded?.rawValue, to: &bytes)
    encode(UInt64(message.payload.count), into: &bytes)
    bytes += message.payload
    let length = UInt32(clamping: bytes.count - start)
    for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index))) }
  }

  /// Reads the next message; `nil` where its bytes are not all there.
  mutating func decode(_ bytes: [UInt8], from offset: inout Int) -> MessageRecord? {
    guard offset + 4 <= bytes.count else { return nil }
    var length = 0
    for index in (0..<4).reversed() { length = length << 8 | Int(bytes[offset + index]) }
    guard length >= 4, offset + length <= bytes.count else { return nil }
    var reader = FieldReader(bytes: bytes, offset: offset + 4)
    offset += length
    return decode(&reader)
  }

  private mutating func decode(_ reader: inout FieldReader) -> MessageRecord {
    let flags = Flags(rawValue: reader.byte())
    let at = reference(&reader)
    let firstPacket = flags.contains(.onePacket) ? at : reference(&reader)
    let connection = Int(reader.number())
    if !flags.contains(.sameSession) { _ = remember(reader.optionalText(), of: connection) }
    // None was written as long as there was none.
    let sid = connection < sids.count ? sids[connection] : nil
    let leg = Leg(rawValue: words.word(&reader)) ?? .only
    let transport = Transport(rawValue: words.word(&reader)) ?? .unknown
    let opcode = words.word(&reader)
    let engineType = flags.contains(.engine) ? words.word(&reader) : nil
    let socket = flags.contains(.socket) ? self.socket(&reader) : nil
    let closeCode = Int(reader.number())
    let (size, frames) = (Int(reader.number()), Int(reader.number()))
    let undecoded = reader.optionalText().flatMap(MessageRecord.Undecoded.init)
    var message = MessageRecord(
      at: at, firstPacket: firstPacket, connection: connection, leg: leg, sid: sid,
      direction: flags.contains(.fromServer) ? .serverToClient : .clientToServer, transport: transport,
      opcode: opcode, length: size, frames: frames, isCompressed: flags.contains(.compressed),
      isComplete: flags.contains(.complete), closeCode: closeCode > 0 ? closeCode - 1 : nil,
      engineType: engineType, socket: socket, payload: reader.bytes(Int(reader.number())))
    message.undecoded = undecoded
    message.isShape = flags.contains(.shape)
    return message
  }

  private func flags(of message: MessageRecord, isSameSession: Bool) -> Flags {
    var flags = Flags()
    if message.isCompressed { flags.insert(.compressed) }
    if message.isComplete { flags.insert(.complete) }
    if message.isShape { flags.insert(.shape) }
    if message.direction == .serverToClient { flags.insert(.fromServer) }
    if message.firstPacket == message.at { flags.insert(.onePacket) }
    if message.socket != nil { flags.insert(.socket) }
    if message.engineType != nil { flags.insert(.engine) }
    if isSameSession { flags.insert(.sameSession) }
    return flags
  }

  /// Notes a connection's session; true where it is the one that is known.
  private mutating func remember(_ sid: String?, of connection: Int) -> Bool {
    if sid == nil, sids.count <= connection { return true }
    while sids.count <= connection { sids.append(nil) }
    if sids[connection] == sid { return true }
    sids[connection] = sid
    return false
  }

  private mutating func encode(_ reference: PacketReference, into bytes: inout [UInt8]) {
    encode(signed: reference.time.nanoseconds &- latest.time.nanoseconds, into: &bytes)
    encode(UInt64(reference.capture), into: &bytes)
    encode(signed: Int64(reference.number &- latest.number), into: &bytes)
    latest = reference
  }

  private mutating func reference(_ reader: inout FieldReader) -> PacketReference {
    let time = Timestamp(nanoseconds: latest.time.nanoseconds &+ reader.signed())
    let capture = Int(reader.number())
    latest = PacketReference(capture: capture, number: latest.number &+ Int(reader.signed()), time: time)
    return latest
  }

  private mutating func encode(_ socket: MessageRecord.SocketFacts, into bytes: inout [UInt8]) {
    words.encode(socket.type, into: &bytes)
    words.encode(socket.namespace, into: &bytes)
    words.encode(socket.event, into: &bytes)
    bytes.append(socket.ackID == nil ? 0 : 1)
    if let ack = socket.ackID { encode(ack, into: &bytes) }
    encode(UInt64(socket.attachments), into: &bytes)
    FieldReader.append(socket.arguments, to: &bytes)
  }

  private mutating func socket(_ reader: inout FieldReader) -> MessageRecord.SocketFacts {
    let (type, namespace, event) = (words.word(&reader), words.word(&reader), words.optional(&reader))
    let ack = reader.byte() == 1 ? reader.number() : nil
    return MessageRecord.SocketFacts(
      type: type, namespace: namespace, event: event, ackID: ack, attachments: Int(reader.number()),
      arguments: reader.optionalText())
  }

  private func encode(signed value: Int64, into bytes: inout [UInt8]) {
    encode(UInt64(bitPattern: value << 1 ^ value >> 63), into: &bytes)
  }

  private func encode(_ value: UInt64, into bytes: inout [UInt8]) { FieldReader.append(value, to: &bytes) }
}
