/// Where the parts of an Engine.IO packet's text stand: `42/admin,7["token",…]`.
///
/// Engine.IO packet types are one digit; a message's content is a Socket.IO packet: type, attachments and `-`,
/// namespace up to a comma, ack id, JSON (socket.io-protocol, "Packet encoding").
struct PacketText {
  /// Everything before the JSON but the namespace's query.
  var head: Range<Int>
  /// A namespace's query, which may carry a token.
  var query: Range<Int>
  var body: Range<Int>
  var content: Shape.Content
  /// Whether there is a Socket.IO packet or a handshake, and not only text.
  var isKnown: Bool

  /// Finds the parts of a text.
  ///
  /// - Parameters:
  ///   - bytes: bytes that hold the packet.
  ///   - range: the packet, from its type on.
  ///   - isFromClient: a client's CONNECT carries its credentials.
  init(_ bytes: [UInt8], in range: Range<Int>, isFromClient: Bool) {
    let start = range.lowerBound
    head = start..<start
    query = start..<start
    body = range
    content = .data
    isKnown = false
    guard let type = range.isEmpty ? nil : bytes[start], UInt8(ascii: "0")...UInt8(ascii: "6") ~= type else { return }
    switch type {
    case UInt8(ascii: "0"):
      set(start..<start + 1, start + 1..<range.upperBound, .handshake)
    case UInt8(ascii: "4"): socket(bytes, range, isFromClient: isFromClient)
    default:
      let isProbe = bytes[range].dropFirst().elementsEqual("probe".utf8)
      let end = isProbe ? range.upperBound : start + 1
      set(start..<end, end..<range.upperBound, .data)
    }
  }

  private mutating func set(_ head: Range<Int>, _ body: Range<Int>, _ content: Shape.Content) {
    self.head = head
    self.body = body
    self.content = content
    query = head.upperBound..<head.upperBound
    isKnown = true
  }

  private mutating func socket(_ bytes: [UInt8], _ range: Range<Int>, isFromClient: Bool) {
    var offset = range.lowerBound + 1
    let end = range.upperBound
    guard offset < end, UInt8(ascii: "0")...UInt8(ascii: "6") ~= bytes[offset] else {
      // A message that is no Socket.IO packet: all of it is the application's.
      return set(range.lowerBound..<offset, offset..<end, .data)
    }
    let type = bytes[offset] - UInt8(ascii: "0")
    offset += 1
    while offset < end, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[offset] || bytes[offset] == UInt8(ascii: "-") {
      offset += 1
    }
    var question: Int?
    if offset < end, bytes[offset] == UInt8(ascii: "/") {
      while offset < end, bytes[offset] != UInt8(ascii: ",") {
        if bytes[offset] == UInt8(ascii: "?"), question == nil { question = offset + 1 }
        offset += 1
      }
      let nameEnd = offset
      if offset < end { offset += 1 }
      while offset < end, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[offset] { offset += 1 }
      set(range.lowerBound..<offset, offset..<end, PacketText.content(type, isFromClient: isFromClient))
      if let question { query = question..<nameEnd }
      return
    }
    set(range.lowerBound..<offset, offset..<end, PacketText.content(type, isFromClient: isFromClient))
  }

  private static func content(_ type: UInt8, isFromClient: Bool) -> Shape.Content {
    switch type {
    case 0: isFromClient ? .credentials : .handshake
    case 2, 5: .event
    default: .data
    }
  }
}
