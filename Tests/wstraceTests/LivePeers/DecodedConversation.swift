import Foundation

/// The events of a JSON document with a timeline, in the form of the journals.
struct DecodedConversation {
  private(set) var events: [Side: [NotedEvent]] = [:]
  /// The plain WebSockets' messages, by the key of their handshake's connection.
  private(set) var messages: [Side: [NotedEvent]] = [:]
  let document: [String: Any]

  /// Headers whose attachments are still coming.
  private struct Header {
    var namespace: String
    var name: String
    var arguments: Any
    var attachments: Int
    var lengths: [Int] = []
  }

  init(_ document: [String: Any]) {
    self.document = document
    var open: [Side: Header] = [:]
    let front = Set(connections.filter { $0["leg"] as? String != "upstream" }.compactMap { $0["id"] as? Int })
    for message in document["messages"] as? [[String: Any]] ?? [] {
      guard let connection = message["connection"] as? Int, front.contains(connection),
        let direction = message["direction"] as? String
      else { continue }
      if let sid = message["sid"] as? String {
        take(message, Side(conversation: sid, direction: direction), &open)
      } else {
        takePlain(message, Side(conversation: "\(connection)", direction: direction))
      }
    }
  }

  var connections: [[String: Any]] { document["connections"] as? [[String: Any]] ?? [] }
  var sessions: [[String: Any]] { document["sessions"] as? [[String: Any]] ?? [] }
  var findings: [[String: Any]] { document["findings"] as? [[String: Any]] ?? [] }

  private mutating func take(_ message: [String: Any], _ side: Side, _ open: inout [Side: Header]) {
    let payload = message["payload"] as? String ?? ""
    if message["opcode"] as? String == "binary" {
      open[side]?.lengths.append(message["length"] as? Int ?? -1)
    } else if payload.hasPrefix("b") {
      // Long-polling writes an attachment as base64.
      open[side]?.lengths.append(Data(base64Encoded: String(payload.dropFirst()))?.count ?? -1)
    } else if let packet = message["socketIO"] as? [String: Any], let name = packet["event"] as? String {
      // An event's array begins at the first bracket: neither a namespace nor an ack id has one.
      let array = payload.firstIndex(of: "[").map { String(payload[$0...]) } ?? "[]"
      let parts = (try? JSONSerialization.jsonObject(with: Data(array.utf8))) as? [Any] ?? []
      open[side] = Header(
        namespace: packet["namespace"] as? String ?? "", name: name, arguments: Array(parts.dropFirst()),
        attachments: packet["attachments"] as? Int ?? 0)
    }
    if let header = open[side], header.lengths.count == header.attachments {
      open[side] = nil
      events[side, default: []].append(
        NotedEvent(
          namespace: header.namespace, event: header.name, arguments: filled(header.arguments, header.lengths)))
    }
  }

  private mutating func takePlain(_ message: [String: Any], _ side: Side) {
    guard let opcode = message["opcode"] as? String, opcode == "text" || opcode == "binary" else { return }
    let argument: Any = opcode == "text" ? message["payload"] ?? "" : ["bytes": message["length"]]
    messages[side, default: []].append(NotedEvent(namespace: nil, event: opcode, arguments: [argument]))
  }

  /// A value with each placeholder replaced by its attachment's length.
  private func filled(_ value: Any, _ lengths: [Int]) -> Any {
    if let object = value as? [String: Any] {
      if object["_placeholder"] as? Bool == true, let number = object["num"] as? Int {
        return ["bytes": lengths.indices.contains(number) ? lengths[number] : -1]
      }
      return object.mapValues { filled($0, lengths) }
    }
    return (value as? [Any])?.map { filled($0, lengths) } ?? value
  }
}
