import Redaction
import Reports

extension Redactor {
  /// The report without what is nobody else's business; messages, where it holds some, included.
  mutating func redact(_ report: Report) -> Report {
    learn(sessions: report.sessions, connections: report.connections)
    var clean = report
    for index in clean.captures.indices { clean.captures[index].path = CapturePath.name(clean.captures[index].path) }
    for index in clean.connections.indices { clean.connections[index] = redact(clean.connections[index]) }
    for index in clean.sessions.indices { clean.sessions[index] = redact(clean.sessions[index]) }
    for index in clean.streams.indices { clean.streams[index] = redact(clean.streams[index]) }
    for index in clean.findings.indices { clean.findings[index] = redact(clean.findings[index]) }
    for index in clean.messages.indices { clean.messages[index] = redact(clean.messages[index]) }
    return clean
  }
}

/// How captures are called in what leaves the house.
enum CapturePath {
  /// The file's name without its folders, which name people and customers.
  static func name(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return path }
    let name = path[path.index(after: slash)...]
    return name.isEmpty ? path : String(name)
  }
}
