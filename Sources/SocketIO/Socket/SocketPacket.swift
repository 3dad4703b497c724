import Bytes

/// The head of one Socket.IO packet (socket.io-protocol 3 to 5, "Packet encoding").
///
/// `<type>[<attachments>-][<namespace>,][<ack id>][<JSON payload>]`. All ranges are offsets in the bytes that it was
/// parsed from. Of the payload only the first element and the last byte are looked at.
package struct SocketPacket: Equatable, Sendable {
  package let type: SocketPacketType
  /// Whether `event` has JSON escapes, so that its bytes are not its text.
  package private(set) var eventHasEscapes = false
  /// What is wrong with the payload.
  package private(set) var malformation: SocketMalformation?
  /// The number of binary messages that follow, as far as the peer says so.
  package var attachments: Int { Int(attachmentCount) }
  /// The namespace without its query string; `nil` means `/`.
  package private(set) var namespace: Range<Int>? {
    get { namespaceRange.range }
    set { namespaceRange = newValue.map { PacketRange($0) } ?? .none }
  }
  /// What follows the `?` of the namespace (protocol 4 and before).
  package private(set) var namespaceQuery: Range<Int>? {
    get { namespaceQueryRange.range }
    set { namespaceQueryRange = newValue.map { PacketRange($0) } ?? .none }
  }
  package private(set) var ackID: UInt64?
  /// An event's name, between its quotes; a number where the name is one.
  ///
  /// `nil` also where a preview ends before it.
  package private(set) var event: Range<Int>? {
    get { eventRange.range }
    set { eventRange = newValue.map { PacketRange($0) } ?? .none }
  }
  /// The JSON payload.
  package private(set) var data: Range<Int> {
    get { dataRange.range ?? 0..<0 }
    set { dataRange = PacketRange(newValue) }
  }
  /// What follows an event's name and comma, or an acknowledgement's bracket, up to the closing bracket.
  package private(set) var arguments: Range<Int> {
    get { argumentsRange.range ?? 0..<0 }
    set { argumentsRange = PacketRange(newValue) }
  }

  private var attachmentCount: Int32 = 0
  private var namespaceRange = PacketRange.none
  private var namespaceQueryRange = PacketRange.none
  private var eventRange = PacketRange.none
  private var dataRange: PacketRange
  private var argumentsRange: PacketRange

  /// Reads the packet that an Engine.IO message holds.
  ///
  /// `isWhole` is false where `range` is only the beginning of a longer message.
  /// - Throws: `.short` where the bytes end inside the head, `.invalid` for what no receiver accepts: a wrong type
  ///   digit, or attachments that are not a number followed by `-`.
  package init(parsing bytes: RawSpan, in range: Range<Int>, isWhole: Bool = true) throws(ParseError) {
    let start = range.lowerBound
    let end = range.upperBound
    guard start >= 0, end <= bytes.byteCount, start < end else { throw .short(.socketIO, needed: 1, available: 0) }
    guard end <= PacketRange.limit else { throw ParseError(.socketIO, .limit("message length", PacketRange.limit)) }
    guard let type = SocketPacketType(digit: bytes.byte(at: start)) else {
      throw ParseError(.socketIO, .invalid("packet type"))
    }
    self.type = type
    dataRange = PacketRange(end..<end)
    argumentsRange = dataRange
    var cursor = start + 1
    if type.isBinary {
      attachmentCount = try Self.attachments(bytes, start: start, &cursor, end, isWhole)
    }
    if cursor < end, bytes.byte(at: cursor) == UInt8(ascii: "/") {
      try readNamespace(bytes, start: start, &cursor, end, isWhole)
    }
    readAckID(bytes, &cursor, end)
    cursor = Self.skipSpace(bytes, cursor, end)
    data = cursor..<end
    arguments = data
    readPayload(bytes, isWhole)
  }

  /// The event's name as text.
  package func eventName(in bytes: RawSpan) -> String? {
    event.map { JSONValue(.string, $0, hasEscapes: eventHasEscapes).string(in: bytes) }
  }

  /// The namespace as text, `/` where the packet names none.
  package func namespaceName(in bytes: RawSpan) -> String {
    namespace.map { bytes.text(in: $0) } ?? "/"
  }

  /// The value of a key of the first argument, where that is an object.
  package func value(forKey key: StaticString, in bytes: RawSpan) -> JSONValue? {
    var scanner = JSONScanner(arguments)
    return scanner.value(forKey: key, in: bytes)
  }

  private static func attachments(
    _ bytes: RawSpan, start: Int, _ cursor: inout Int, _ end: Int, _ isWhole: Bool
  ) throws(ParseError) -> Int32 {
    let first = cursor
    var count = 0
    while cursor < end {
      let digit = bytes.byte(at: cursor) &- 0x30
      guard digit <= 9 else { break }
      count = min(count * 10 + Int(digit), Int(Int32.max))
      cursor += 1
    }
    if cursor == end, !isWhole { throw .short(.socketIO, needed: end - start + 1, available: end - start) }
    // Node's parser takes "5-" for no attachments, because Number("") is 0.
    guard cursor < end, bytes.byte(at: cursor) == UInt8(ascii: "-"), cursor - first <= 19 else {
      throw ParseError(.socketIO, .invalid("attachments"))
    }
    cursor += 1
    return Int32(truncatingIfNeeded: count)
  }

  /// `/<name>[?<query>],`; without a comma the namespace reaches to the packet's end.
  private mutating func readNamespace(
    _ bytes: RawSpan, start: Int, _ cursor: inout Int, _ end: Int, _ isWhole: Bool
  ) throws(ParseError) {
    let first = cursor
    var query: Int?
    while cursor < end {
      let byte = bytes.byte(at: cursor)
      if byte == UInt8(ascii: ",") { break }
      if byte == UInt8(ascii: "?"), query == nil { query = cursor }
      cursor += 1
    }
    if cursor == end, !isWhole { throw .short(.socketIO, needed: end - start + 1, available: end - start) }
    let nameEnd = query ?? cursor
    // "/" alone, as in "2/,[…]", is the main namespace.
    if nameEnd - first > 1 { namespace = first..<nameEnd }
    if let query { namespaceQuery = query + 1..<cursor }
    if cursor < end { cursor += 1 }
  }

  private mutating func readAckID(_ bytes: RawSpan, _ cursor: inout Int, _ end: Int) {
    var id: UInt64 = 0
    let first = cursor
    while cursor < end {
      let digit = bytes.byte(at: cursor) &- 0x30
      guard digit <= 9 else { break }
      let (product, overflow) = id.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      id = overflow || carry ? .max : sum
      cursor += 1
    }
    if cursor > first { ackID = id }
  }

  @inline(__always)
  fileprivate static func skipSpace(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Int {
    var cursor = start
    while cursor < end {
      let byte = bytes.byte(at: cursor)
      guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { break }
      cursor += 1
    }
    return cursor
  }
}

// MARK: - Payload

extension SocketPacket {
  private mutating func readPayload(_ bytes: RawSpan, _ isWhole: Bool) {
    guard !data.isEmpty else {
      if isWhole, type.isEvent || type.isAck { malformation = .missingPayload }
      return
    }
    let first = bytes.byte(at: data.lowerBound)
    switch type {
    case .event, .binaryEvent, .ack, .binaryAck:
      guard first == UInt8(ascii: "[") else { return malformation = .payloadNotArray }
      readArguments(bytes, isWhole)
      if type.isEvent { readEvent(bytes, isWhole) }
    case .connect:
      guard first == UInt8(ascii: "{") else { return malformation = .payloadNotObject }
      if isWhole { checkEnd(bytes, UInt8(ascii: "}")) }
    case .connectError:
      guard first == UInt8(ascii: "{") || first == UInt8(ascii: "\"") else { return malformation = .payloadNotObject }
      if isWhole { checkEnd(bytes, first == UInt8(ascii: "{") ? UInt8(ascii: "}") : first) }
    case .disconnect:
      malformation = .unexpectedPayload
    }
  }

  /// Takes the brackets off an array.
  private mutating func readArguments(_ bytes: RawSpan, _ isWhole: Bool) {
    var end = data.upperBound
    if isWhole, let last = checkEnd(bytes, UInt8(ascii: "]")) { end = last }
    arguments = data.lowerBound + 1..<max(data.lowerBound + 1, end)
  }

  /// The offset of the payload's last byte, which should be its closing bracket or quote.
  @discardableResult
  private mutating func checkEnd(_ bytes: RawSpan, _ closing: UInt8) -> Int? {
    var last = data.upperBound - 1
    while last > data.lowerBound, bytes.byte(at: last) <= 0x20 { last -= 1 }
    if last > data.lowerBound, bytes.byte(at: last) == closing { return last }
    malformation = .unterminatedPayload
    return nil
  }

  /// Finds the name, the array's first element, and moves `arguments` behind its comma.
  private mutating func readEvent(_ bytes: RawSpan, _ isWhole: Bool) {
    let end = arguments.upperBound
    var cursor = Self.skipSpace(bytes, arguments.lowerBound, end)
    guard cursor < end else {
      if isWhole, malformation == nil { malformation = .missingEventName }
      return
    }
    let first = bytes.byte(at: cursor)
    let start: Int
    if first == UInt8(ascii: "\"") {
      start = cursor + 1
      guard let quote = closingQuote(bytes, start, end) else {
        if isWhole, malformation == nil { malformation = .unterminatedPayload }
        arguments = end..<end
        return
      }
      event = start..<quote
      cursor = quote + 1
      if isReserved(bytes, start..<quote) { malformation = .reservedEventName }
    } else if first &- 0x30 <= 9 || first == UInt8(ascii: "-") {
      start = cursor
      while cursor < end, !Self.endsNumber(bytes.byte(at: cursor)) { cursor += 1 }
      // A number that a preview cuts short is not known.
      if isWhole || cursor < end { event = start..<cursor }
    } else {
      malformation = .missingEventName
      return
    }
    cursor = Self.skipSpace(bytes, cursor, end)
    if cursor < end, bytes.byte(at: cursor) == UInt8(ascii: ",") { cursor += 1 }
    arguments = cursor..<end
  }

  @inline(__always)
  private mutating func closingQuote(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Int? {
    var cursor = start
    while cursor < end {
      let byte = bytes.byte(at: cursor)
      if byte == UInt8(ascii: "\"") { return cursor }
      if byte == UInt8(ascii: "\\") {
        eventHasEscapes = true
        cursor += 1
      }
      cursor += 1
    }
    return nil
  }

  private static func endsNumber(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte <= 0x20
  }

  /// Whether a name is one of socket.io-parser's `RESERVED_EVENTS`.
  private func isReserved(_ bytes: RawSpan, _ name: Range<Int>) -> Bool {
    let count = name.count
    guard (7...14).contains(count), !eventHasEscapes else { return false }
    let text: StaticString
    switch (bytes.byte(at: name.lowerBound), count) {
    case (UInt8(ascii: "c"), 7): text = "connect"
    case (UInt8(ascii: "c"), 13): text = "connect_error"
    case (UInt8(ascii: "d"), 10): text = "disconnect"
    case (UInt8(ascii: "d"), 13): text = "disconnecting"
    case (UInt8(ascii: "n"), 11): text = "newListener"
    case (UInt8(ascii: "r"), 14): text = "removeListener"
    default: return false
    }
    return bytes.starts(with: text, at: name.lowerBound)
  }
}
