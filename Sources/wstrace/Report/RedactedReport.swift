import Redaction
import Reports

extension Report {
  /// The report without what is nobody else's business; messages, where it holds some, included.
  func redacted(by redactor: inout Redactor) -> Report {
    redactor.learn(sessions: sessions, connections: connections)
    var clean = self
    for index in clean.captures.indices {
      clean.captures[index].path = CapturePath.name(clean.captures[index].path)
    }
    for index in clean.connections.indices { clean.connections[index] = redactor.redact(clean.connections[index]) }
    for index in clean.sessions.indices { clean.sessions[index] = redactor.redact(clean.sessions[index]) }
    for index in clean.streams.indices { clean.streams[index] = redactor.redact(clean.streams[index]) }
    for index in clean.findings.indices { clean.findings[index] = redactor.redact(clean.findings[index]) }
    for index in clean.messages.indices { clean.messages[index] = redactor.redact(clean.messages[index]) }
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
