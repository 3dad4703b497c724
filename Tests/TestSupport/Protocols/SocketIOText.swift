/// Engine.IO 4 and Socket.IO 5 packets as the text of a WebSocket message or of a long-polling payload.
package enum SocketIOText {
  /// The Engine.IO `open` packet; times in milliseconds.
  package static func open(
    sid: String, pingInterval: Int = 25_000, pingTimeout: Int = 20_000, upgrades: [String] = [],
    maxPayload: Int = 1_000_000
  ) -> String {
    let list = upgrades.map { "\"\($0)\"" }.joined(separator: ",")
    return "0{\"sid\":\"\(sid)\",\"upgrades\":[\(list)],\"pingInterval\":\(pingInterval),"
      + "\"pingTimeout\":\(pingTimeout),\"maxPayload\":\(maxPayload)}"
  }

  /// A client's CONNECT, with the JSON of its authentication payload where it has one.
  package static func connect(namespace: String = "/", authentication: String = "") -> String {
    "40" + prefix(namespace) + authentication
  }

  /// The server's answer to CONNECT.
  package static func connected(id: String, namespace: String = "/") -> String {
    "40" + prefix(namespace) + "{\"sid\":\"\(id)\"}"
  }

  /// The server's refusal of CONNECT.
  package static func connectError(_ message: String, namespace: String = "/") -> String {
    "44" + prefix(namespace) + "{\"message\":\"\(message)\"}"
  }

  /// DISCONNECT.
  package static func disconnect(namespace: String = "/") -> String { "41" + prefix(namespace) }

  /// An EVENT: its name and the JSON of its arguments, with an acknowledgement number where it asks for one.
  package static func event(
    _ name: String, _ arguments: String = "", ack: Int? = nil, namespace: String = "/"
  ) -> String {
    "42" + prefix(namespace) + number(ack) + "[\"\(name)\"" + (arguments.isEmpty ? "" : "," + arguments) + "]"
  }

  /// A BINARY_EVENT whose attachments follow as binary messages.
  package static func binaryEvent(
    _ name: String, attachments: Int, ack: Int? = nil, namespace: String = "/"
  ) -> String {
    let placeholders = (0..<attachments).map { ",{\"_placeholder\":true,\"num\":\($0)}" }.joined()
    return "45\(attachments)-" + prefix(namespace) + number(ack) + "[\"\(name)\"\(placeholders)]"
  }

  /// An ACK of an event, with the JSON of its arguments.
  package static func ack(_ id: Int, _ arguments: String = "", namespace: String = "/") -> String {
    "43" + prefix(namespace) + "\(id)[\(arguments)]"
  }

  /// The payload of a long-polling body: packets separated by the record separator (Engine.IO 4).
  package static func payload(_ packets: [String]) -> [UInt8] {
    Array(packets.joined(separator: "\u{1e}").utf8)
  }

  private static func prefix(_ namespace: String) -> String { namespace == "/" ? "" : namespace + "," }

  private static func number(_ id: Int?) -> String { id.map(String.init) ?? "" }
}
