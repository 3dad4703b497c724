import Analysis
import Packets

/// A Socket.IO HTTP request was answered with a status of 400 or more.
struct RequestRefused: Rule {
  static let entry = CatalogueEntry(
    "request-refused",
    summary: "A Socket.IO request (a poll, not an upgrade) was answered with an error status.",
    proof: "A request with `EIO=` and `transport=polling` in its query got a status of 400 or more. One is enough.",
    causes: """
      403: allowRequest or a proxy's rule; 404: the path is not Socket.IO's; 413: a POST over the limit; 502, 504: the \
      upstream is down or slow; 400: the answer's JSON says what is wrong.
      """,
    remedy: """
      Read the answer's message. 404: make `path` agree in client, proxy and server. 403: look at allowRequest. 502, 504: \
      look at the upstream server.
      """,
    mistakenFor: "session-unknown (the sid is not known to that server), which has another cause and remedy.")

  /// Requests that were refused the same way.
  private struct Group {
    var first: RequestSummary
    var connections: [ConnectionSummary] = []
    var packets: [PacketReference] = []
    var last: PacketReference
    var count = 0
  }

  /// By the answer's status.
  private var groups: [Int: Group] = [:]

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .connectionClosed(let connection) = event else { return }
    for request in connection.requests {
      guard let status = request.status, status >= 400, !request.isUpgrade, let at = request.request ?? request.answer,
        request.target.contains("EIO="), request.target.contains("transport=polling"),
        !SessionUnknown.isUnknown(request)
      else { continue }
      var group = groups[status] ?? Group(first: request, last: at)
      if group.connections.last?.id != connection.id { group.connections.append(connection) }
      group.packets += [request.request, request.answer].compactMap { $0 }
      group.last = request.answer ?? at
      group.count += 1
      groups[status] = group
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    groups.sorted { $0.key < $1.key }.map { finding($0.key, $0.value, scene) }
  }

  private func finding(_ status: Int, _ group: Group, _ scene: Scene) -> Finding {
    // The client's leg first: what a person saw.
    let ordered = group.connections.sorted { $0.leg != .upstream && $1.leg == .upstream }
    let at = group.packets.min { $0.time < $1.time } ?? group.last
    let message = group.first.refusal.map { ": \($0.prefix(120))" } ?? ""
    let server = ordered[0].server
    var finding = Finding(
      "request-refused", .error, .certain, blame: status == 502 || status == 504 ? .server : .unknown,
      connections: ordered.map(\.id), at: at, packets: group.packets,
      title: "\(server) answers Socket.IO requests with \(status)",
      detail: """
        \(counted(group.count, "request")) \(group.count == 1 ? "was" : "were") refused with \(status) \
        (first: \(scene.place(at)), \(group.first.method) \(group.first.target.prefix(80)))\(message)
        """,
      evidence: [
        ("status", .count(status)), ("requests", .count(group.count)), ("threshold", .count(400)),
        ("message", .text(group.first.refusal ?? "")),
      ],
      remedy: RequestRefused.remedy(status, server))
    finding.until = group.last
    finding.count = group.count
    finding.endpoints = (ordered[0].client, server)
    return finding
  }

  private static func remedy(_ status: Int, _ server: Endpoint) -> String {
    switch status {
    case 404:
      "Make the path agree: `path` of the client and the server (default /socket.io/) and the proxy's location for it."
    case 401, 403:
      "Look at what refuses: allowRequest or middleware of the server, access rules of the proxy, the client's credentials."
    case 413:
      "Raise maxHttpBufferSize of the server, or client_max_body_size of nginx (an HTML answer is nginx's), or send less."
    case 502, 503, 504:
      "Look at the server behind \(server): it is down, refuses connections, or does not answer in time."
    default:
      "Read the message of the answer; Engine.IO says what it misses: transport, method, EIO version."
    }
  }
}
