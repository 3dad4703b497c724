import Analysis
import Packets

/// A proxy speaks HTTP/1.0 to the server: WebSocket needs 1.1 (RFC 6455 section 4.1).
struct HTTP10Upstream: Rule {
  static let entry = CatalogueEntry(
    "http10-upstream",
    summary: "A proxy speaks HTTP/1.0 to the server, where WebSocket needs HTTP/1.1.",
    proof: """
      Socket.IO or upgrade requests with HTTP/1.0 in their request line, which no browser sends: a proxy does. A notice \
      while upgrades work; a warning where one was refused.
      """,
    causes: "nginx before 1.29.7 without proxy_http_version 1.1: its default towards the server is 1.0.",
    remedy: "nginx, in the location of the Socket.IO path: proxy_http_version 1.1;",
    mistakenFor: "upgrade-header-stripped: the two missing headers, not the version, are what usually breaks upgrades.")

  /// Requests of a proxy to a server.
  private struct Group {
    var connections: [ConnectionSummary] = []
    var requests: [RequestSummary] = []
    var count = 0
    var refused = 0
  }

  private var groups: [Endpoint: Group] = [:]

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .connectionClosed(let connection) = event else { return }
    let old = connection.requests.filter {
      $0.version == "1.0" && ($0.isUpgrade || ($0.targetHas("EIO=") && $0.targetHas("transport=")))
    }
    guard !old.isEmpty else { return }
    var group = groups[connection.server] ?? Group()
    if group.connections.count < 100 {
      group.connections.append(connection)
      group.requests += old.prefix(4)
    }
    group.count += old.count
    group.refused += old.count { $0.isUpgrade && ($0.status.map { $0 >= 400 } ?? false) }
    groups[connection.server] = group
  }

  func conclude(in scene: Scene) -> [Finding] {
    groups.compactMap { server, group in
      group.requests.compactMap(\.request).min { $0.time < $1.time }.map { finding(server, group, $0, scene) }
    }
  }

  private func finding(_ server: Endpoint, _ group: Group, _ first: PacketReference, _ scene: Scene) -> Finding {
    let proxy = group.connections[0].client.address
    let outcome =
      group.refused > 0
      ? "\(counted(group.refused, "upgrade")) over it \(group.refused == 1 ? "was" : "were") refused."
      : "It works here, because the server is lenient; others refuse it or close the connection after each request."
    var finding = Finding(
      "http10-upstream", group.refused > 0 ? .warning : .notice, .certain, blame: .proxy, blameDetail: .proxy,
      connections: group.connections.map(\.id), at: first, packets: group.requests.compactMap(\.request),
      title: "\(proxy) speaks HTTP/1.0 to \(server)",
      detail: """
        \(counted(group.count, "Socket.IO request")) came with HTTP/1.0 (first: \(scene.place(first))); browsers send 1.1, \
        so \(proxy) is a proxy that goes down to 1.0. WebSocket needs 1.1. \(outcome)
        """,
      evidence: [
        ("requests", .count(group.count)), ("refusedUpgrades", .count(group.refused)), ("threshold", .count(1)),
      ],
      remedy: "In the nginx location of the Socket.IO path:\n    proxy_http_version 1.1;")
    finding.until = group.connections.map(\.end).max { $0.time < $1.time }
    finding.count = group.count
    finding.endpoints = (group.connections[0].client, server)
    return finding
  }
}
