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
    var parts = MessageText.kind(of: message)
    if run > 1 {
      parts.append("× \(Quantity.count(run)) in one packet")
    } else {
      if let ack = message.socket?.ackID { parts.append("ack \(ack)") }
      if let count = message.socket?.attachments, count > 0 { parts.append(Quantity.count(count, "attachment")) }
      let preview = MessageText.preview(of: message)
      if !preview.isEmpty { parts.append(" " + preview) }
    }
    if let undecoded = message.undecoded {
      parts.append(MessageText.words(undecoded))
    } else if !message.isComplete {
      parts.append("(cut short)")
    }
    text = parts.joined(separator: " ")
  }

  private static func words(_ undecoded: MessageRecord.Undecoded) -> String {
    switch undecoded {
    case .unknownDictionary: "compressed (its dictionary, earlier messages, is not in the capture)"
    case .badDeflate: "compressed (not DEFLATE)"
    case .inflationLimit: "or more (inflated up to a limit)"
    }
  }

  private static func kind(of message: MessageRecord) -> [String] {
    var parts: [String] = []
    if let type = message.engineType { parts.append(WireName.engine(type)) }
    if let socket = message.socket {
      parts.append(WireName.socket(socket.type))
      if socket.namespace != "/" { parts.append(Sanitizer.visible(socket.namespace)) }
      if let event = socket.event { parts.append(DisplayWidth.cut(Sanitizer.visible(event), to: 40)) }
    }
    if !parts.isEmpty { return parts }
    if message.opcode == "close" { return ["close \(message.closeCode.map(String.init) ?? "without a code")"] }
    return ["\(Sanitizer.visible(message.opcode)) \(Quantity.bytes(message.length))"]
  }

  /// The beginning of a text, of a Close frame's reason, or of what a MessagePack packet carries; nothing of other binary
  /// data.
  private static func preview(of message: MessageRecord) -> String {
    if let arguments = message.socket?.arguments { return cut(arguments) }
    if let reason = message.closeReason { return cut(Sanitizer.visible(utf8: UTF8Reading.withoutCutTail(reason))) }
    let isPlain = message.engineType == nil && message.socket == nil
    // A packet of the MessagePack parser in base64.
    if message.socket != nil, message.payload.first.map(isDigit) == false { return Quantity.bytes(message.length) }
    guard message.opcode != "binary", message.opcode != "close", !message.payload.isEmpty else {
      return isPlain ? "" : Quantity.bytes(message.length)
    }
    let isWhole = message.payload.count == message.length || message.isShape
    let shown = data(of: message, isWhole: isWhole)
    let isCut = !isWhole || message.isShape || shown.count > previewLimit
    let text = Sanitizer.visible(utf8: UTF8Reading.withoutCutTail(Array(shown.prefix(previewLimit))))
    let mark = message.isShape && shown.count <= previewLimit ? " " : "… "
    return isCut ? text + mark + Quantity.bytes(message.length) : text
  }

  private static func cut(_ text: String) -> String {
    text.count > previewLimit ? Sanitizer.visible(String(text.prefix(previewLimit))) + "…" : Sanitizer.visible(text)
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
    let name = Array("[\"\(event)\"".utf8)
    guard let bracket = payload.firstIndex(of: UInt8(ascii: "[")), payload[bracket...].starts(with: name) else {
      return payload
    }
    var rest = payload[(bracket + name.count)...]
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
  static func engine(_ type: String) -> String { name(type, among: engine) }

  /// `connectError` as `4 CONNECT_ERROR`.
  static func socket(_ type: String) -> String { name(type, among: socket) }

  private static func name(_ type: String, among names: [String]) -> String {
    let folded = folded(type)
    guard let digit = names.firstIndex(where: { self.folded($0) == folded }) else { return Sanitizer.visible(type) }
    return "\(digit) \(names[digit])"
  }

  private static func folded(_ name: String) -> String { name.lowercased().filter { $0 != "_" } }
}
