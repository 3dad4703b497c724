import Bytes

/// A Socket.IO packet of socket.io-msgpack-parser: one binary message, a map of `type`, `data`, `options`, `id`, `nsp`.
///
/// Its attachments are in it. All ranges are offsets in the bytes that it was parsed from.
package struct MessagePackPacket: Equatable, Sendable {
  package var type: SocketPacketType
  /// The namespace; `nil` where it is `/`, or beyond a preview.
  package var namespace: Range<Int>?
  package var ackID: UInt64?
  /// An event's name, without its string header; no escapes.
  package var event: Range<Int>?
  /// The value of `data`, as MessagePack; `nil` where there is none, or a preview ends in it.
  package var data: MessagePackValue?
  /// What is wrong with it; the receiver says "invalid payload" and closes the connection.
  package var malformation: SocketMalformation?

  /// Whether a binary message begins like a packet: a small map whose first key is one of a packet's.
  package static func isLikely(_ bytes: RawSpan) -> Bool {
    guard bytes.byteCount >= 2, 0x82...0x87 ~= bytes.byte(at: 0) else { return false }
    let keys: [StaticString] = ["type", "data", "options", "nsp", "id"]
    return keys.contains { key in
      bytes.byte(at: 1) == 0xa0 | UInt8(key.utf8CodeUnitCount) && bytes.starts(with: key, at: 2)
    }
  }

  /// Reads a packet, or what the first bytes of a long one tell.
  /// - Throws: `.short` where a whole message ends early, or a preview before its type; `.invalid` where it is not a
  ///   map, or has no type from 0 to 6.
  package init(parsing bytes: RawSpan, in range: Range<Int>, isWhole: Bool = true) throws(ParseError) {
    var members = Members()
    do {
      try members.read(bytes, range)
    } catch {
      guard !isWhole, case .short = error.reason, members.type != nil else { throw error }
    }
    guard let number = members.type, let raw = UInt8(exactly: number), let type = SocketPacketType(rawValue: raw) else {
      throw ParseError(.msgpack, .invalid("packet type"))
    }
    self.type = type
    namespace = members.namespace.flatMap { $0.count > 1 ? $0 : nil }
    ackID = members.id
    data = members.data
    event = type.isEvent ? members.event : nil
    malformation = members.isComplete ? members.malformation(for: type) : nil
  }

  /// The event's name as text.
  package func eventName(in bytes: RawSpan) -> String? { event.map { bytes.text(in: $0) } }

  /// The namespace as text, `/` where the packet names none.
  package func namespaceName(in bytes: RawSpan) -> String { namespace.map { bytes.text(in: $0) } ?? "/" }
}

/// What is found while a packet's map is read.
private struct Members {
  var type: Int64?
  var namespace: Range<Int>?
  var id: UInt64?
  var data: MessagePackValue?
  /// The first element of `data`, where it is a string or a number.
  var event: Range<Int>?
  var isComplete = false

  mutating func read(_ bytes: RawSpan, _ range: Range<Int>) throws(ParseError) {
    var reader = MessagePackReader(range)
    for _ in 0..<(try reader.enterMap(in: bytes)) {
      let key = try reader.value(in: bytes)
      if isKey(key, "data", bytes) {
        readEvent(bytes, reader.offset..<range.upperBound)
        let value = try reader.value(in: bytes)
        // The encoder writes JavaScript's undefined as an extension.
        if value.kind != .null, value.kind != .extension { data = value }
        continue
      }
      let value = try reader.value(in: bytes)
      if isKey(key, "type", bytes) { type = value.integer }
      if isKey(key, "nsp", bytes), value.kind == .string { namespace = value.range }
      if isKey(key, "id", bytes), let integer = value.integer, integer >= 0 { id = UInt64(integer) }
    }
    isComplete = true
  }

  /// Looks at the array's first element, which a preview may show although it cuts the array.
  private mutating func readEvent(_ bytes: RawSpan, _ range: Range<Int>) {
    var reader = MessagePackReader(range)
    guard let count = try? reader.enterArray(in: bytes), count > 0, let name = try? reader.value(in: bytes) else {
      return
    }
    if name.kind == .string || name.kind == .integer { event = name.range }
  }

  private func isKey(_ key: MessagePackValue, _ name: StaticString, _ bytes: RawSpan) -> Bool {
    key.kind == .string && key.range.count == name.utf8CodeUnitCount
      && bytes.starts(with: name, at: key.range.lowerBound)
  }

  func malformation(for type: SocketPacketType) -> SocketMalformation? {
    switch type {
    case .connect: data == nil || data?.kind == .map ? nil : .payloadNotObject
    case .disconnect: data == nil ? nil : .unexpectedPayload
    case .connectError: data?.kind == .map || data?.kind == .string ? nil : .payloadNotObject
    case .event, .binaryEvent:
      data == nil ? .missingPayload : data?.kind != .array ? .payloadNotArray : event == nil ? .missingEventName : nil
    case .ack, .binaryAck: data == nil ? .missingPayload : data?.kind == .array ? nil : .payloadNotArray
    }
  }
}

extension MessagePackPacket {
  /// What it carries beside an event's name, as text for people: `1.5,{"a":‹2 bytes›}`; `nil` where that is nothing.
  package func argumentsText(in bytes: RawSpan, limit: Int) -> String? {
    guard let data else { return nil }
    guard type.isEvent || type.isAck, data.kind == .array else {
      return MessagePackText.of(data, in: bytes, limit: limit)
    }
    var reader = MessagePackReader(data.range)
    guard var left = try? reader.enterArray(in: bytes) else { return nil }
    if event != nil, left > 0 {
      _ = try? reader.value(in: bytes)
      left -= 1
    }
    var texts: [String] = []
    var room = limit
    while left > 0, room > 0, let value = try? reader.value(in: bytes) {
      let text = MessagePackText.of(value, in: bytes, limit: room)
      texts.append(text)
      room -= text.utf8.count
      left -= 1
    }
    if left > 0 { texts.append("…") }
    return texts.isEmpty ? nil : texts.joined(separator: ",")
  }

  /// What a CONNECT_ERROR says: the `message` of its data, or the data itself where it is a string.
  package func errorMessage(in bytes: RawSpan) -> String? {
    guard let data, type == .connectError else { return nil }
    if data.kind == .string { return bytes.text(in: data.range) }
    var reader = MessagePackReader(data.range)
    guard let count = try? reader.enterMap(in: bytes) else { return nil }
    for _ in 0..<count {
      guard let key = try? reader.value(in: bytes), let value = try? reader.value(in: bytes) else { return nil }
      if key.kind == .string, value.kind == .string, bytes.text(in: key.range) == "message" {
        return bytes.text(in: value.range)
      }
    }
    return nil
  }
}
