import Analysis
import Packets

/// Writes and reads messages as bytes, for a temporary file that only this run reads.
struct MessageCoder {
  /// The session's name of the message before: most have the same.
  private var latestSid: String?

  /// Appends a message: its length, then its fields.
  mutating func encode(_ message: MessageRecord, into bytes: inout [UInt8]) {
    let start = bytes.count
    bytes += [0, 0, 0, 0]
    encode(message.at, into: &bytes)
    encode(message.firstPacket, into: &bytes)
    encode(UInt64(message.connection), into: &bytes)
    encode(message.leg.rawValue, into: &bytes)
    encode(message.sid, into: &bytes)
    bytes.append(message.direction == .clientToServer ? 0 : 1)
    encode(message.transport.rawValue, into: &bytes)
    encode(message.opcode, into: &bytes)
    encode(UInt64(message.length), into: &bytes)
    encode(UInt64(message.frames), into: &bytes)
    bytes.append((message.isCompressed ? 1 : 0) | (message.isComplete ? 2 : 0) | (message.isShape ? 4 : 0))
    encode(UInt64(message.closeCode.map { $0 + 1 } ?? 0), into: &bytes)
    encode(message.undecoded?.rawValue, into: &bytes)
    encode(message.engineType, into: &bytes)
    encode(message.socket, into: &bytes)
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
    let (at, firstPacket) = (reader.reference(), reader.reference())
    let connection = Int(reader.number())
    let leg = Leg(rawValue: reader.text()) ?? .only
    let sid = reader.optionalText(reusing: latestSid)
    latestSid = sid
    let direction: Direction = reader.byte() == 0 ? .clientToServer : .serverToClient
    let transport = Transport(rawValue: reader.text()) ?? .unknown
    let opcode = reader.text()
    let (size, frames, flags) = (Int(reader.number()), Int(reader.number()), reader.byte())
    let closeCode = reader.number()
    let undecoded = reader.optionalText(reusing: nil).flatMap(MessageRecord.Undecoded.init)
    let engineType = reader.optionalText(reusing: nil)
    let socket = reader.socket()
    var message = MessageRecord(
      at: at, firstPacket: firstPacket, connection: connection, leg: leg, sid: sid, direction: direction,
      transport: transport, opcode: opcode, length: size, frames: frames, isCompressed: flags & 1 != 0,
      isComplete: flags & 2 != 0, closeCode: closeCode > 0 ? Int(closeCode) - 1 : nil, engineType: engineType,
      socket: socket, payload: reader.bytes(Int(reader.number())))
    message.undecoded = undecoded
    message.isShape = flags & 4 != 0
    return message
  }

  private func encode(_ reference: PacketReference, into bytes: inout [UInt8]) {
    encode(UInt64(bitPattern: reference.time.nanoseconds), into: &bytes)
    encode(UInt64(reference.capture), into: &bytes)
    encode(UInt64(reference.number), into: &bytes)
  }

  private func encode(_ socket: MessageRecord.SocketFacts?, into bytes: inout [UInt8]) {
    bytes.append(socket == nil ? 0 : 1)
    guard let socket else { return }
    encode(socket.type, into: &bytes)
    encode(socket.namespace, into: &bytes)
    encode(socket.event, into: &bytes)
    bytes.append(socket.ackID == nil ? 0 : 1)
    encode(socket.ackID ?? 0, into: &bytes)
    encode(UInt64(socket.attachments), into: &bytes)
    encode(socket.arguments, into: &bytes)
  }

  private func encode(_ text: String?, into bytes: inout [UInt8]) {
    bytes.append(text == nil ? 0 : 1)
    if let text { encode(text, into: &bytes) }
  }

  private func encode(_ text: String, into bytes: inout [UInt8]) {
    encode(UInt64(text.utf8.count), into: &bytes)
    bytes += text.utf8
  }

  private func encode(_ value: UInt64, into bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}

/// Takes one field after the other; the bytes are this program's own.
private struct FieldReader {
  let bytes: [UInt8]
  var offset: Int

  mutating func byte() -> UInt8 {
    offset += 1
    return bytes[offset - 1]
  }

  mutating func number() -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = byte()
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    offset += count
    return Array(bytes[offset - count..<offset])
  }

  mutating func text() -> String {
    let count = Int(number())
    offset += count
    return String(decoding: bytes[offset - count..<offset], as: UTF8.self)
  }

  mutating func optionalText(reusing latest: String?) -> String? {
    guard byte() == 1 else { return nil }
    let start = offset
    let count = Int(number())
    if let latest, latest.utf8.elementsEqual(bytes[offset..<offset + count]) {
      offset += count
      return latest
    }
    offset = start
    return text()
  }

  mutating func reference() -> PacketReference {
    let time = Timestamp(nanoseconds: Int64(bitPattern: number()))
    let capture = Int(number())
    return PacketReference(capture: capture, number: Int(number()), time: time)
  }

  mutating func socket() -> MessageRecord.SocketFacts? {
    guard byte() == 1 else { return nil }
    let (type, namespace, event) = (text(), text(), optionalText(reusing: nil))
    let hasAck = byte() == 1
    let ack = number()
    return MessageRecord.SocketFacts(
      type: type, namespace: namespace, event: event, ackID: hasAck ? ack : nil, attachments: Int(number()),
      arguments: optionalText(reusing: nil))
  }
}
