import Analysis
import Diagnosis
import Redaction
import Reports

extension Redactor {
  /// The report without what is nobody else's business; of messages, each is redacted by itself.
  mutating func redact(_ report: Report) -> Report {
    learn(sessions: report.sessions, connections: report.connections)
    var clean = report
    for index in clean.captures.indices { clean.captures[index].path = CapturePath.name(clean.captures[index].path) }
    for index in clean.connections.indices { clean.connections[index] = redact(clean.connections[index]) }
    for index in clean.sessions.indices { clean.sessions[index] = redact(clean.sessions[index]) }
    for index in clean.streams.indices { clean.streams[index] = redact(clean.streams[index]) }
    for index in clean.findings.indices { clean.findings[index] = redact(clean.findings[index]) }
    clean.environment = redact(clean.environment)
    return clean
  }

  /// Names, hosts and paths as the peers sent them, without what is secret in them.
  private mutating func redact(_ environment: Environment) -> Environment {
    var clean = environment
    for path in [\Environment.browser, \.operatingSystem, \.proxy, \.server, \.clientLibrary] {
      clean[keyPath: path] = clean[keyPath: path].map { text($0) }
    }
    for index in clean.settings.indices {
      if case .text(let value) = clean.settings[index].value { clean.settings[index].value = .text(text(value)) }
    }
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
