import Foundation
import Testing

/// What the programs of the chat logged, and what a document of wstrace says of the same.
enum ChatCounts {
  /// The counts that a program logged at its end.
  static func logged(by program: RunningProgram) throws -> [String: Int] {
    let line = try #require(program.output.split(separator: "\n").last)
    return try #require(try json(String(line)) as? [String: Int])
  }

  static func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// Events of a name in all sessions.
  static func events(_ document: [String: Any], _ direction: String, _ name: String) -> Int {
    let sessions = document["sessions"] as? [[String: Any]] ?? []
    return sessions.reduce(0) { sum, session in
      let events = session["events"] as? [String: [String: Int]] ?? [:]
      return sum + (events[direction]?[name] ?? 0)
    }
  }

  /// Data messages on the WebSockets of a leg.
  static func messages(_ document: [String: Any], leg: String, _ direction: String) -> Int {
    let connections = document["connections"] as? [[String: Any]] ?? []
    return connections.filter { $0["leg"] as? String == leg }.reduce(0) { sum, connection in
      let messages = (connection["websocket"] as? [String: Any])?["messages"] as? [String: [String: Int]] ?? [:]
      return sum + (messages[direction]?["text"] ?? 0) + (messages[direction]?["binary"] ?? 0)
    }
  }

  /// A document without what a capture from an interface and one from a file tell differently.
  static func comparable(_ document: [String: Any]) throws -> String {
    var document = document
    document["captures"] = (document["captures"] as? [[String: Any]] ?? []).map { capture in
      capture.filter { !["path", "format", "packetsDropped"].contains($0.key) }
    }
    document["findings"] = (document["findings"] as? [[String: Any]] ?? []).filter { finding in
      (finding["evidence"] as? [String: Any])?["byClock"] as? Bool != true
    }
    return String(
      decoding: try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys, .prettyPrinted]),
      as: UTF8.self)
  }
}
