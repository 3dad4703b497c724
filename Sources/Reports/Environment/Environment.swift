import Analysis
import Diagnosis

/// What the peers said about themselves.
package struct Environment: Sendable {
  package var browser: String?
  package var operatingSystem: String?
  package var proxy: String?
  package var server: String?
  package var clientLibrary: String?
  /// Settings by the names of the server's options, in milliseconds and bytes as those are written.
  package var settings: [(name: String, value: EvidenceValue)] = []

  package init() {}

  /// Puts into words what the heads, the sessions' handshakes and the captures tell.
  package init(_ facts: EnvironmentFacts, sessions: some Sequence<SessionSummary>, captures: [CaptureInfo]) {
    browser = Environment.list(facts.browsers)
    operatingSystem = Environment.list(facts.operatingSystems)
    proxy = Environment.list(facts.proxyNames.map(\.value))
    server = Environment.list(facts.serverNames.map(\.value))
    clientLibrary = Environment.list(facts.clientNames)
    let seen = HandshakeValues(sessions)
    settings = Environment.handshakeSettings(seen) + Environment.observedSettings(facts, seen)
    guard !settings.isEmpty || facts.hasOpenings else { return }
    settings += Environment.places(facts, captures)
  }

  /// Names that a line of a report can bear.
  private static let mostNamed = 4

  /// Several values as one text; `nil` for none.
  static func list(_ values: [String]) -> String? {
    var seen: Set<String> = []
    let values = values.filter { seen.insert($0).inserted }
    guard !values.isEmpty else { return nil }
    let shown = values.prefix(mostNamed).joined(separator: ", ")
    return values.count > mostNamed ? "\(shown) and \(values.count - mostNamed) more" : shown
  }
}
