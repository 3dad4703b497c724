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

  /// A request that was to be an upgrade, as it reached a server.
  private struct PlainRequest {
    var connection: ConnectionSummary
    var request: RequestSummary

    var packets: [PacketReference] { [request.request, request.answer].compactMap { $0 } }
  }

  private var attempts: [UpgradeAttempt] = []
  private var plainRequests: [PlainRequest] = []

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .upgradeEnded(let attempt) where attempt.isAnsweredAsPlain: attempts.append(attempt)
    case .connectionClosed(let connection):
      for request in connection.requests where !request.isUpgrade && request.asksForWebSocketTransport {
        plainRequests.append(PlainRequest(connection: connection, request: request))
      }
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    var groups: [Endpoint: [UpgradeAttempt]] = [:]
    for attempt in attempts { groups[attempt.server, default: []].append(attempt) }
    return groups.values.map { finding($0, scene) } + serverLegs(scene)
  }

  /// Requests whose own leg shows that they lost their headers: only what asks for an upgrade has a Sec-WebSocket-Key.
  private func serverLegs(_ scene: Scene) -> [Finding] {
    var groups: [Endpoint: [PlainRequest]] = [:]
    let told = Set(attempts.map { Forwarding(target: $0.target, proxy: $0.server.address) })
    for plain in plainRequests
    where plain.request.strippedKey != nil && plain.request.status != nil && plain.request.status != 101
      && !told.contains(Forwarding(target: plain.request.target, proxy: plain.connection.client.address))
    {
      groups[plain.connection.server, default: []].append(plain)
    }
    return groups.values.compactMap { finding($0, scene) }
  }

  /// What a proxy passed on.
  private struct Forwarding: Hashable {
    var target: String
    var proxy: IPAddress
  }

  private static func isForwarded(_ plain: PlainRequest, from attempt: UpgradeAttempt) -> Bool {
    plain.request.target == attempt.target && plain.connection.client.address == attempt.server.address
  }

  private func finding(_ plain: [PlainRequest], _ scene: Scene) -> Finding? {
    guard let first = plain.first, let at = first.request.request ?? first.request.answer else { return nil }
    var finding = Finding(
      "upgrade-header-stripped", .error, .certain, blame: .proxy, connections: plain.map(\.connection.id), at: at,
      packets: plain.flatMap(\.packets),
      title: "upgrades reach \(first.connection.server) without their Upgrade or Connection header",
      detail: """
        \(first.connection.client) sent \(first.connection.server) a request with Sec-WebSocket-Key and without the headers \
        that ask for the switch (\(scene.place(at))), and got \(first.request.status ?? 0). So no 101 came, and the session \
        stays on long-polling.
        """,
      evidence: [("attempts", .count(plain.count)), ("seenOnServerLeg", .flag(true)), ("threshold", .count(1))],
      remedy: UpgradeHeaderStripped.remedy)
    finding.sid = first.connection.sid
    finding.until = plain.compactMap(\.request.answer).max { $0.time < $1.time }
    finding.count = plain.count
    finding.endpoints = (first.connection.client, first.connection.server)
    return finding
  }

  private static let remedy = """
    In the nginx location of the Socket.IO path (any other proxy: pass both headers on):
        proxy_http_version 1.1;
        proxy_set_header Upgrade    $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        # in http { }:  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
    """

  private func finding(_ attempts: [UpgradeAttempt], _ scene: Scene) -> Finding {
    let first = attempts[0]
    let forwarded = plainRequests.filter { UpgradeHeaderStripped.isForwarded($0, from: first) }
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
      packets: attempts.map(\.request) + forwarded.flatMap(\.packets) + answers,
      title: "\(first.server) forwards upgrades without their Upgrade header", detail: detail,
      evidence: [
        ("attempts", .count(attempts.count)), ("seenOnServerLeg", .flag(!forwarded.isEmpty)), ("threshold", .count(1)),
      ],
      remedy: UpgradeHeaderStripped.remedy)
    finding.sid = first.sid
    finding.until = answers.max { $0.time < $1.time }
    finding.count = attempts.count
    finding.endpoints = (first.client, first.server)
    return finding
  }
}
