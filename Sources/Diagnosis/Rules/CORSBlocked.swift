import Analysis
import Packets

/// A page of another origin was not allowed to read the answers, and its sessions were never used.
struct CORSBlocked: Rule {
  static let entry = CatalogueEntry(
    "cors-blocked",
    summary: "The browser refused the answers: the page's origin is not the one that the server allows.",
    proof: """
      An Engine.IO request with the Origin of another host than its own, answered without Access-Control-Allow-Origin or \
      with another origin in it, and no later request used the session id (Fetch standard, CORS protocol). The status is \
      200 all the same: it is no error on the wire.
      """,
    causes:
      "The server's `cors.origin` does not list the page's origin: another scheme, host or port, or a slash at its end.",
    remedy: """
      Server: new Server(httpServer, { cors: { origin: "https://page.example" } }); python-socketio: \
      cors_allowed_origins. One place only: a proxy that adds the header as well makes two, which is refused too.
      """,
    mistakenFor: "request-refused (a status of 400 or more), and a client that was closed right after its handshake.")

  private var visits: [Visit] = []

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .visited(let visit) = event, let cross = visit.crossOrigin, !cross.isAllowed,
      !visit.isUsed || cross.isPreflight
    else { return }
    visits.append(visit)
  }

  func conclude(in scene: Scene) -> [Finding] {
    var groups: [String: [Visit]] = [:]
    for visit in visits {
      guard let cross = visit.crossOrigin else { continue }
      groups["\(cross.origin) \(cross.allowed ?? "")", default: []].append(visit)
    }
    return groups.sorted { $0.key < $1.key }.compactMap { group in
      group.value[0].crossOrigin.map { finding(group.value.sorted { $0.started.time < $1.started.time }, $0, scene) }
    }
  }

  private func finding(_ visits: [Visit], _ cross: CrossOriginRequest, _ scene: Scene) -> Finding {
    let first = visits.first { $0.leg != .upstream } ?? visits[0]
    let connections = (visits.filter { $0.leg != .upstream } + visits).flatMap(\.connections).eachOnce()
    let allowed = cross.allowed.map { "allows only \($0)" } ?? "has no Access-Control-Allow-Origin"
    var finding = Finding(
      "cors-blocked", .error, .likely, blame: .server, blameDetail: .application, connections: connections,
      at: visits[0].started,
      packets: visits.flatMap { [$0.started] + ($0.crossOrigin.map { [$0.answer] } ?? []) },
      title: "the browser blocks the answers of \(first.server): page \(cross.origin), but the answer \(allowed)",
      detail: """
        \(counted(visits.count, cross.isPreflight ? "preflight request" : "handshake")) from the page \(cross.origin) got \
        \(cross.status) (first: \(scene.place(first.started))), but the answer \(allowed). So the browser did not let the \
        page see it\(cross.isPreflight ? "" : ": no session id was ever used"). The page's console says `blocked by CORS policy`.
        """,
      evidence: [
        ("origin", .text(cross.origin)), ("allowed", .text(cross.allowed ?? "")), ("status", .count(cross.status)),
        ("handshakes", .count(visits.count)), ("threshold", .count(1)),
      ],
      remedy: """
        Allow the page's origin on the Socket.IO server:
            new Server(httpServer, { cors: { origin: "\(cross.origin)" } })       // python-socketio: cors_allowed_origins
        """)
    finding.sid = first.sid
    finding.until = visits.last?.crossOrigin?.answer
    finding.count = visits.count
    finding.endpoints = (first.client, first.server)
    return finding
  }
}
