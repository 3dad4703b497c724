import Analysis
import Bytes
import SocketIO
import WebSocket

/// What a message is, in one line: its types as digit and name, its event, the beginning of its payload.
package struct MessageText: Sendable {
  /// The payload's bytes that a line shows, before it is cut to the terminal's width.
  private static let previewLimit = 200

  package let text: String

  /// - Parameters:
  ///   - message: the message, or the first of a run.
  ///   - run: how many equal events the packet carries.
  package init(_ message: borrowing MessageRecord, run: Int = 1) {
    var buffer = TextBuffer()
    MessageText.write(message, run: run, to: &buffer)
    text = buffer.takeText()
  }

  /// Appends the line.
  static func write(_ message: borrowing MessageRecord, run: Int, to text: inout TextBuffer) {
    writeKind(of: message, to: &text)
    if run > 1 {
      text.append(" × ")
      text.append(Quantity.count(run))
      text.append(" in one packet")
    } else {
      if let socket = message.socket { writeCounts(of: socket, to: &text) }
      writePreview(of: message, to: &text)
    }
    if let undecoded = message.undecoded {
      text.append(words(undecoded))
    } else if !message.isComplete {
      text.append(" (cut short)")
    }
  }

  private static func words(_ undecoded: MessageRecord.Undecoded) -> StaticString {
    switch undecoded {
    case .unknownDictionary: " compressed (its dictionary, earlier messages, is not in the capture)"
    case .badDeflate: " compressed (not DEFLATE)"
    case .inflationLimit: " or more (inflated up to a limit)"
    }
  }

  private static func writeKind(of message: borrowing MessageRecord, to text: inout TextBuffer) {
    if let type = message.engineType { write(digit: type.rawValue, type.name, to: &text) }
    if let socket = message.socket {
      if message.engineType != nil { text.append(" ") }
      write(digit: socket.type.rawValue, socket.type.name, to: &text)
      if socket.namespace != "/" { text.append(" " + Sanitizer.visible(socket.namespace)) }
      if let event = socket.event {
        text.append(" ")
        write(event: event, to: &text)
      }
    }
    if message.engineType != nil || message.socket != nil { return }
    if message.opcode == .close {
      text.append("close \(message.closeCode.map(String.init) ?? "without a code")")
    } else {
      text.append("\(message.opcode) ")
      text.append(size: message.length)
    }
  }

  /// A packet's type as it stands on the wire, and as the protocol's document calls it: `4 message`.
  private static func write(digit: UInt8, _ name: StaticString, to text: inout TextBuffer) {
    text.append(Int(digit))
    text.append(" ")
    text.append(name)
  }

  private static func write(event: String, to text: inout TextBuffer) {
    if isPlain(event.utf8Span.span) { return text.append(event) }
    text.append(DisplayWidth.cut(Sanitizer.visible(event), to: 40))
  }

  /// Whether a name is short and shown as it is.
  private static func isPlain(_ name: Span<UInt8>) -> Bool {
    guard name.count <= 40 else { return false }
    for index in name.indices where !(0x20..<0x7f ~= name[index]) { return false }
    return true
  }

  private static func writeCounts(of socket: MessageRecord.SocketFacts, to text: inout TextBuffer) {
    if let ack = socket.ackID { text.append(" ack \(ack)") }
    if socket.attachments > 0 { text.append(" " + Quantity.count(socket.attachments, "attachment")) }
  }

  /// The beginning of a text, of a Close frame's reason, or of what a MessagePack packet carries; nothing of other binary
  /// data.
  private static func writePreview(of message: borrowing MessageRecord, to text: inout TextBuffer) {
    if let arguments = message.socket?.arguments { return write(told: Array(arguments.utf8).span, to: &text) }
    if let reason = message.closeReason { return write(told: reason.span, to: &text) }
    let payload = message.payload.span
    let isPlain = message.engineType == nil && message.socket == nil
    // A packet of the MessagePack parser in base64.
    let isEncoded = message.socket != nil && !payload.isEmpty && !isDigit(payload[0])
    guard !isEncoded, message.opcode != .binary, message.opcode != .close, !payload.isEmpty else {
      if isPlain, !isEncoded { return }
      text.append("  ")
      return text.append(size: message.length)
    }
    let isWhole = payload.count == message.length || message.isShape
    let (query, data) = untold(of: message, isWhole: isWhole)
    if query.isEmpty { return write(payload.extracting(data), of: message, isWhole: isWhole, to: &text) }
    // A namespace's query is told nowhere else.
    let both = message.payload[query] + [UInt8(ascii: " ")] + message.payload[data]
    write(both.span, of: message, isWhole: isWhole, to: &text)
  }

  private static func write(
    _ shown: Span<UInt8>, of message: borrowing MessageRecord, isWhole: Bool, to text: inout TextBuffer
  ) {
    let isLong = shown.count > previewLimit
    let isCut = !isWhole || message.isShape || isLong
    if shown.isEmpty, !isCut { return }
    text.append("  ")
    text.append(visible: shown, limit: previewLimit)
    guard isCut else { return }
    text.append(message.isShape && !isLong ? " " : "… ")
    text.append(size: message.length)
  }

  /// The beginning of what a part of the message says.
  private static func write(told bytes: Span<UInt8>, to text: inout TextBuffer) {
    text.append("  ")
    text.append(visible: bytes, limit: previewLimit)
    if bytes.count > previewLimit { text.append("…") }
  }

  /// Where the payload says what the line has not told already: the namespace's query, and all but the types, the
  /// namespace, the ack id and the event's name.
  private static func untold(
    of message: borrowing MessageRecord, isWhole: Bool
  ) -> (query: Range<Int>, data: Range<Int>) {
    let payload = message.payload.span
    let end = payload.count
    guard message.engineType != nil else { return (0..<0, 0..<end) }
    guard let socket = message.socket else { return (0..<0, (isDigit(payload[0]) ? 1 : 0)..<end) }
    var offset = endOfDigits(payload, from: 0)
    if offset < end, payload[offset] == UInt8(ascii: "-") { offset += 1 }
    var query = 0..<0
    if offset < end, payload[offset] == UInt8(ascii: "/") {
      let comma = firstOffset(of: UInt8(ascii: ","), payload, from: offset)
      let question = firstOffset(of: UInt8(ascii: "?"), payload, from: offset) ?? end
      guard let comma else { return (0..<0, question..<end) }
      query = min(question, comma)..<comma
      offset = comma + 1
    }
    offset = endOfDigits(payload, from: offset)
    let data = socket.event.map { rest(after: $0, payload, offset..<end, isWhole: isWhole) }
    return (query, data ?? offset..<end)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  private static func endOfDigits(_ bytes: Span<UInt8>, from start: Int) -> Int {
    var offset = start
    while offset < bytes.count, isDigit(bytes[offset]) { offset += 1 }
    return offset
  }

  private static func firstOffset(of byte: UInt8, _ bytes: Span<UInt8>, from start: Int) -> Int? {
    bytes.bytes.firstOffset(of: byte, from: start)
  }

  /// What follows the name in `["name",…]`; all of it where the name is written with escapes.
  private static func rest(
    after event: String, _ bytes: Span<UInt8>, _ range: Range<Int>, isWhole: Bool
  ) -> Range<Int> {
    let quote = UInt8(ascii: "\"")
    guard let bracket = firstOffset(of: UInt8(ascii: "["), bytes, from: range.lowerBound) else { return range }
    let name = event.utf8Span.span
    let start = bracket + 2
    var (offset, end) = (start + name.count, range.upperBound)
    guard offset < end, bytes[bracket + 1] == quote, bytes[offset] == quote,
      bytes.extracting(start..<offset).bytes.isEqual(to: name.bytes)
    else { return range }
    offset += 1
    if offset < end, bytes[offset] == UInt8(ascii: ",") { offset += 1 }
    if isWhole, end > offset, bytes[end - 1] == UInt8(ascii: "]") { end -= 1 }
    return offset..<end
  }
}
