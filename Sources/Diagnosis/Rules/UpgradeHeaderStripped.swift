import Analysis
import Packets

/// The upgrade reached the server without its Upgrade or Connection header: something between took them away.
struct UpgradeHeaderStripped: Rule {
  static let entry = CatalogueEntry(
    "upgrade-header-stripped",
    summary: "A proxy forwards WebSocket upgrades without their Upgrade and Connection headers.",
    proof: """
      The client asked for an upgrade and got the answer to a plain GET (JSON `{"code":3}` or 426); or the request on the \
      server's leg, for the same target at the same time, has no Upgrade header.
      """,
    causes: "nginx without proxy_set_header Upgrade and Connection: both are hop-by-hop; a CDN, WAF or desktop proxy.",
    remedy: """
      nginx, in the location of the Socket.IO path:
          proxy_http_version 1.1;
          proxy_set_header Upgrade    $http_upgrade;
          proxy_set_header Connection $connection_upgrade;
          # in http { }:  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
      Apache 2.4.47 or later: upgrade=websocket in its ProxyPass. Envoy: upgrade_configs with upgrade_type: websocket.
      """,
    mistakenFor: """
      A health check or curl that asks without upgrade headers by itself; and `Connection: upgrade` without Upgrade on \
      polling requests, which nginx adds and which is harmless.
      """)

  private var attempts: [UpgradeAttempt] = []
  private var plainRequests: [(connection: ConnectionSummary, request: RequestSummary)] = []

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .upgradeEnded(let attempt):
      if case .refused(let status, _, let body, _) = attempt.outcome, status == 426 || body.hasPrefix("{\"code\":3") {
        attempts.append(attempt)
      }
    case .connectionClosed(let connection):
      for request in connection.requests where !request.isUpgrade && request.asksForWebSocketTransport {
        plainRequests.append((connection, request))
      }
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    var groups: [Endpoint: [UpgradeAttempt]] = [:]
    for attempt in attempts { groups[attempt.server, default: []].append(attempt) }
    return groups.values.map { finding($0, scene) }
  }

  private func finding(_ attempts: [UpgradeAttempt], _ scene: Scene) -> Finding {
    let first = attempts[0]
    let forwarded = plainRequests.filter { plain in
      plain.request.target == first.target && plain.connection.client.address == first.server.address
    }
    let answers = attempts.compactMap { attempt -> PacketReference? in
      if case .refused(_, _, _, let at) = attempt.outcome { return at }
      return nil
    }
    var detail = "\(first.client) asked \(first.server) to switch to WebSocket (\(scene.place(first.request)))"
    if let seen = forwarded.first, let packet = seen.request.request {
      detail +=
        "; the request that reached the server \(seen.connection.server) (\(scene.packet(packet))) has no Upgrade header."
    } else {
      detail += "; the answer is the one to a plain GET, so the headers were lost between this point and the server."
    }
    detail += " So no 101 came, and the session stays on long-polling."
    var finding = Finding(
      "upgrade-header-stripped", .error, forwarded.isEmpty ? .likely : .certain, blame: .proxy,
      connections: attempts.map(\.connection) + forwarded.map(\.connection.id), at: first.request,
      packets: attempts.map(\.request) + forwarded.compactMap(\.request.request) + answers,
      title: "\(first.server) forwards upgrades without their Upgrade header", detail: detail,
      evidence: [
        ("attempts", .count(attempts.count)), ("seenOnServerLeg", .flag(!forwarded.isEmpty)), ("threshold", .count(1)),
      ],
      remedy: """
        In the nginx location of the Socket.IO path (any other proxy: pass both headers on):
            proxy_http_version 1.1;
            proxy_set_header Upgrade    $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            # in http { }:  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
        """)
    finding.sid = first.sid
    finding.until = answers.max { $0.time < $1.time }
    finding.count = attempts.count
    finding.endpoints = (first.client, first.server)
    return finding
  }
}
