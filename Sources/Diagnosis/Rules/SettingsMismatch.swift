import Analysis
import Packets

/// The wire contradicts what `--expect` says is configured.
struct SettingsMismatch: Rule {
  /// Sessions and connections remembered: settings are the same on nearly all.
  static let mostRemembered = 4096

  static let entry = CatalogueEntry(
    "settings-mismatch",
    summary: "The wire contradicts what `--expect` says is configured.",
    proof: """
      A value of the server's handshake, a transport, a header or an answer that differs from the expectations file; one \
      finding for each setting, with what was expected, what was seen and the packet. What the capture does not show is \
      not judged.
      """,
    causes: """
      An option at the wrong place or misspelt (Socket.IO ignores unknown ones), an environment that overrides it, a \
      deployment that did not restart, a request that reaches another instance or port, an expectation that is out of date.
      """,
    remedy: """
      Look which process answered in the packet that is named, and set the option there; or correct the expectations file.
      """,
    mistakenFor: """
      Defaults of a version: pingTimeout is 20 s from Socket.IO 4 on and 5 s before, maxPayload is told from 4.2 on only.
      """)

  private var sessions: [SessionSummary] = []
  private var ends: [Int: (client: Endpoint, server: Endpoint)] = [:]
  private var stripped: [(connection: Int, request: PacketReference)] = []
  private var environment = EnvironmentFacts()

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .sessionClosed(let session) where sessions.count < SettingsMismatch.mostRemembered: sessions.append(session)
    case .connectionClosed(let connection): observe(connection)
    case .captureEnded(let facts): environment = facts.environment
    default: break
    }
  }

  private mutating func observe(_ connection: ConnectionSummary) {
    guard ends.count < SettingsMismatch.mostRemembered else { return }
    ends[connection.id] = (connection.client, connection.server)
    guard connection.leg == .upstream else { return }
    for request in connection.requests where request.asksForWebSocketTransport && !request.isUpgrade {
      if let at = request.request { stripped.append((connection.id, at)) }
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    guard scene.expectations != Expectations() else { return [] }
    let seen = SeenSettings(sessions: sessions, environment: environment, stripped: stripped)
    return seen.mismatches(with: scene.expectations).map { finding($0, scene) }
  }

  private func finding(_ mismatch: Mismatch, _ scene: Scene) -> Finding {
    let first = mismatch.places[0]
    var finding = Finding(
      "settings-mismatch", mismatch.severity, .certain, blame: mismatch.blame, connections: mismatch.connections,
      at: first.at, packets: mismatch.places.map(\.at),
      title: "\(mismatch.setting) is \(mismatch.seen), not \(mismatch.expected) as expected",
      detail: """
        \(mismatch.words) (first: \(scene.place(first.at))\
        \(mismatch.places.count > 1 ? ", \(counted(mismatch.places.count)) times altogether" : "")). \
        The expectations file says \(mismatch.setting): \(mismatch.expected).
        """,
      evidence: [
        ("setting", .text(mismatch.setting)), ("expected", .text(mismatch.expected)), ("seen", .text(mismatch.seen)),
      ],
      remedy: mismatch.remedy)
    finding.sid = first.sid
    finding.count = mismatch.places.count
    finding.endpoints = ends[first.connection]
    return finding
  }
}
