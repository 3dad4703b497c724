import Foundation
import TestSupport

/// An event, as a program has noted it or as it was decoded: the same where both are right.
struct NotedEvent: Hashable, CustomStringConvertible {
  /// Socket.IO's namespace; empty for a message of a plain WebSocket.
  var namespace: String
  var event: String
  /// Its arguments as JSON with sorted keys, binary ones as their length.
  var arguments: String

  init(namespace: String?, event: String, arguments: Any) {
    self.namespace = namespace ?? ""
    self.event = event
    let data = try? JSONSerialization.data(withJSONObject: arguments, options: [.sortedKeys, .fragmentsAllowed])
    self.arguments = String(decoding: data ?? Data(), as: UTF8.self)
  }

  var description: String { "\(namespace) \(event) \(arguments.prefix(80))" }
}

/// One direction of a conversation: its session id, or what else the programs call it by.
struct Side: Hashable {
  var conversation: String
  var direction: String
}

/// What programs have noted, by who noted it.
struct Journal {
  private(set) var events: [String: [Side: [NotedEvent]]] = [:]

  /// Reads all journals of a folder.
  init(folder: TemporaryFolder) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
      let path = folder.path + "/" + name
      if name.hasSuffix(".jsonl") {
        for line in Data(try contents(of: path)).split(separator: UInt8(ascii: "\n")) {
          note(try JSONSerialization.jsonObject(with: line), in: name)
        }
      } else if name.hasSuffix(".journal.json") {
        let records = try JSONSerialization.jsonObject(with: Data(try contents(of: path))) as? [Any]
        for record in records ?? [] { note(record, in: name) }
      }
    }
  }

  private mutating func note(_ record: Any, in name: String) {
    guard let record = record as? [String: Any], let event = record["event"] as? String,
      let direction = record["direction"] as? String, let arguments = record["arguments"]
    else { return }
    let side = Side(conversation: record["conversation"] as? String ?? "", direction: direction)
    let namespace = record["namespace"] as? String
    events[name, default: [:]][side, default: []].append(
      NotedEvent(namespace: namespace, event: event, arguments: arguments))
  }
}
