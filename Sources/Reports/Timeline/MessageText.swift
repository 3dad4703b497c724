import Analysis

/// What a message is, in one line: its types as digit and name, its event, the beginning of its payload.
package struct MessageText: Sendable {
  /// The payload's bytes that a line shows, before it is cut to the terminal's width.
  private static let previewLimit = 200

  package let text: String

  /// - Parameters:
  ///   - message: the message, or the first of a run.
  ///   - run: how many equal events the packet carries.
  package init(_ message: MessageRecord, run: Int = 1) {
    var buffer = TextBuffer()
    MessageText.write(message, run: run, to: &buffer)
    text = String(decoding: buffer.bytes, as: UTF8.self)
  }

  /// Appends the line.
  static func write(_ message: MessageRecord, run: Int, to text: inout TextBuffer) {
    writeKind(of: message, to: &text)
    if run > 1 {
      text.append(" × \(Quantity.count(run)) in one packet")
    } else {
      if let ack = message.socket?.ackID { text.append(" ack \(ack)") }
      if let count = message.socket?.attachments, count > 0 { text.append(" " + Quantity.count(count, "attachment")) }
      writePreview(of: message, to: &text)
    }
    if let undecoded = message.undecoded {
      text.append(words(undecoded))
    } else if !message.isComplete {
      text.append(" (cut short)")
    }
  }

  private static func words(_ undecoded: MessageRecord.Undecoded) -> String {
    switch undecoded {
    case .unknownDictionary: " compressed (its dictionary, earlier messages, is not in the capture)"
    case .badDeflate: " compressed (not DEFLATE)"
    case .inflationLimit: " or more (inflated up to a limit)"
    }
  }

  private static func writeKind(of message: MessageRecord, to text: inout TextBuffer) {
    if let type = message.engineType { WireName.writeEngine(type, to: &text) }
    if let socket = message.socket {
      if message.engineType != nil { text.append(" ") }
      WireName.writeSocket(socket.type, to: &text)
      if socket.namespace != "/" { text.append(" " + Sanitizer.visible(socket.namespace)) }
      if let event = socket.event {
        text.append(" ")
        write(event: event, to: &text)
      }
    }
    if message.engineType != nil || message.socket != nil { return }
    if message.opcode == "close" {
      text.append("close \(message.closeCode.map(String.init) ?? "without a code")")
    } else {
      text.append("\(Sanitizer.visible(message.opcode)) \(Quantity.bytes(message.length))")
    }
  }

  private static func write(event: String, to text: inout TextBuffer) {
    let isPlain = event.utf8.count <= 40 && event.utf8.allSatisfy { 0x20..<0x7f ~= $0 }
    text.append(isPlain ? event : DisplayWidth.cut(Sanitizer.visible(event), to: 40))
  }

  /// The beginning of a text, of a Close frame's reason, or of what a MessagePack packet carries; nothing of other binary
  /// data.
  private static func writePreview(of message: MessageRecord, to text: inout TextBuffer) {
    if let arguments = message.socket?.arguments { return write(told: Array(arguments.utf8), to: &text) }
    if let reason = message.closeReason { return write(told: UTF8Reading.withoutCutTail(reason[...]), to: &text) }
    let isPlain = message.engineType == nil && message.socket == nil
    // A packet of the MessagePack parser in base64.
    if message.socket != nil, message.payload.first.map(isDigit) == false {
      return text.append("  " + Quantity.bytes(message.length))
    }
    guard message.opcode != "binary", message.opcode != "close", !message.payload.isEmpty else {
      if !isPlain { text.append("  " + Quantity.bytes(message.length)) }
      return
    }
    let isWhole = message.payload.count == message.length || message.isShape
    let shown = data(of: message, isWhole: isWhole)
    let isCut = !isWhole || message.isShape || shown.count > previewLimit
    if shown.isEmpty, !isCut { return }
    text.append("  ")
    text.append(visible: UTF8Reading.withoutCutTail(shown.prefix(previewLimit)))
    guard isCut else { return }
    text.append(message.isShape && shown.count <= previewLimit ? " " : "… ")
    text.append(Quantity.bytes(message.length))
  }

  /// The beginning of what a part of the message says.
  private static func write(told bytes: some Collection<UInt8>, to text: inout TextBuffer) {
    text.append("  ")
    text.append(visible: UTF8Reading.withoutCutTail(Array(bytes.prefix(previewLimit))[...]))
    if bytes.count > previewLimit { text.append("…") }
  }

  /// What the line has not told already: the payload without the types, the namespace, the ack id and the event's name.
  private static func data(of message: MessageRecord, isWhole: Bool) -> ArraySlice<UInt8> {
    guard message.engineType != nil else { return message.payload[...] }
    guard let socket = message.socket else {
      return message.payload.first.map(isDigit) == true ? message.payload.dropFirst() : message.payload[...]
    }
    var rest = message.payload.drop(while: isDigit)
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    if rest.first == UInt8(ascii: "/"), let comma = rest.firstIndex(of: UInt8(ascii: ",")) {
      // Its query is told nowhere else.
      let query = rest[..<comma].drop { $0 != UInt8(ascii: "?") }
      let data = rest[(comma + 1)...].drop(while: isDigit)
      rest = query.isEmpty ? data : query + [UInt8(ascii: " ")] + data
    } else if rest.first == UInt8(ascii: "/") {
      rest = rest.drop { $0 != UInt8(ascii: "?") }
    } else {
      rest = rest.drop(while: isDigit)
    }
    return socket.event.map { data(of: $0, in: rest, isWhole: isWhole) } ?? rest
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  /// What follows the name in `["name",…]`; all of it where the name is written with escapes.
  private static func data(of event: String, in payload: ArraySlice<UInt8>, isWhole: Bool) -> ArraySlice<UInt8> {
    guard let bracket = payload.firstIndex(of: UInt8(ascii: "[")) else { return payload }
    let quote = UInt8(ascii: "\"")
    var rest = payload[(bracket + 1)...]
    guard rest.first == quote, rest.dropFirst().starts(with: event.utf8) else { return payload }
    rest = rest.dropFirst(1 + event.utf8.count)
    guard rest.first == quote else { return payload }
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: ",") { rest = rest.dropFirst() }
    if isWhole, rest.last == UInt8(ascii: "]") { rest = rest.dropLast() }
    return rest
  }
}

/// The types of packets as they stand on the wire: a digit, and the name that the protocol's document gives it.
enum WireName {
  private static let engine = ["open", "close", "ping", "pong", "message", "upgrade", "noop"]
  private static let socket = [
    "CONNECT", "DISCONNECT", "EVENT", "ACK", "CONNECT_ERROR", "BINARY_EVENT", "BINARY_ACK",
  ]

  /// `message` as `4 message`.
  static func writeEngine(_ type: String, to text: inout TextBuffer) { write(type, among: engine, to: &text) }

  /// `EVENT` as `2 EVENT`.
  static func writeSocket(_ type: String, to text: inout TextBuffer) { write(type, among: socket, to: &text) }

  private static func write(_ type: String, among names: [String], to text: inout TextBuffer) {
    guard let digit = names.firstIndex(of: type) else { return text.append(Sanitizer.visible(type)) }
    text.append(digit)
    text.append(" ")
    text.append(names[digit])
  }
}
