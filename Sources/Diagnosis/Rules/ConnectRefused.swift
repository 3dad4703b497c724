import Analysis
import Packets

/// A SYN is answered by a reset: nothing listens on the port, or a firewall rejects.
struct ConnectRefused: Rule {
  static let entry = CatalogueEntry(
    "connect-refused",
    summary: "A TCP connection was refused: the SYN was answered by RST.",
    proof: "The RST comes from the address and port that the SYN went to, and acknowledges it. One is enough.",
    causes: "The server process is not running, listens on another port or only on 127.0.0.1, or a firewall rejects.",
    remedy: """
      Start the server, or look why it ended (`docker ps -a`, `docker logs`); check what listens: `ss -ltnp 'sport = :8080'`.
      In a container the server must listen on 0.0.0.0, not on 127.0.0.1. In nginx, check the address of the upstream.
      """,
    mistakenFor: "connect-timeout, where nothing answers at all: a refusal is quick, a dropped SYN is repeated.")

  private var groups: [Endpoint: [ConnectionSummary]] = [:]

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .connectionClosed(let connection) = event, connection.tcp.refused != nil else { return }
    groups[connection.server, default: []].append(connection)
  }

  func conclude(in scene: Scene) -> [Finding] {
    groups.values.map { finding($0.sorted { $0.start.time < $1.start.time }, scene) }
  }

  private func finding(_ connections: [ConnectionSummary], _ scene: Scene) -> Finding {
    let first = connections[0]
    let refusals = connections.compactMap(\.tcp.refused)
    let clients = Set(connections.map(\.client.address)).count
    var finding = Finding(
      "connect-refused", .error, .certain, blame: .server, connections: connections.map(\.id), at: first.start,
      packets: connections.flatMap { $0.tcp.syn + [$0.tcp.refused].compactMap { $0 } },
      title: "\(first.server) refuses connections: nothing listens there",
      detail: """
        \(counted(connections.count, "connection")) from \(clients == 1 ? "\(first.client.address)" : "\(clients) hosts") \
        got RST in answer to the SYN (\(scene.place(first.start))).
        """,
      evidence: [("refused", .count(refusals.count)), ("clients", .count(clients)), ("threshold", .count(1))],
      remedy: """
        Start the server on \(first.server), or correct the address that its clients use.
        Check what listens there: ss -ltnp 'sport = :\(first.server.port)'   (in a container: on 0.0.0.0, not 127.0.0.1)
        """)
    finding.until = refusals.max { $0.time < $1.time }
    finding.count = connections.count
    finding.endpoints = (first.client, first.server)
    return finding
  }
}
