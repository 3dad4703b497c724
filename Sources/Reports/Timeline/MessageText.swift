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
    if !message.isComplete { parts.append("(cut short)") }
    text = parts.joined(separator: " ")
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

  /// The beginning of a text, an event's name left out; nothing of binary data.
  private static func preview(of message: MessageRecord) -> String {
    let isPlain = message.engineType == nil && message.socket == nil
    guard message.opcode != "binary", message.opcode != "close", !message.payload.isEmpty else {
      return isPlain ? "" : Quantity.bytes(message.length)
    }
    let isWhole = message.payload.count == message.length || message.isShape
    var shown = message.payload[...]
    if let event = message.socket?.event {
      shown = data(of: event, in: shown, isWhole: isWhole)
    } else if message.engineType != nil {
      shown = shown.drop { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }
    let isCut = !isWhole || message.isShape || shown.count > previewLimit
    let text = Sanitizer.visible(utf8: UTF8Reading.withoutCutTail(Array(shown.prefix(previewLimit))))
    let mark = message.isShape && shown.count <= previewLimit ? " " : "… "
    return isCut ? text + mark + Quantity.bytes(message.length) : text
  }

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
