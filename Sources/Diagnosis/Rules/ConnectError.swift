import Analysis
import Packets

/// A Socket.IO CONNECT was refused with CONNECT_ERROR: authentication, or a namespace that is not there.
struct ConnectError: Rule {
  static let entry = CatalogueEntry(
    "connect-error",
    summary: "The server refused a Socket.IO CONNECT: authentication failed, or the namespace does not exist.",
    proof: """
      A CONNECT_ERROR packet (`44`), whose message the application or Socket.IO chose. One is enough: an error where the \
      session joined no namespace, a warning where it did.
      """,
    causes: """
      Middleware (`io.use`) that refuses a token, stale or missing; `Invalid namespace`: a typing error, or no `io.of(…)` \
      on the server. The transport is fine: the socket stays open, unused, until connectTimeout (45 s).
      """,
    remedy: """
      Look at what `io.use` refuses and at the client's `auth`; fetch a new token in `connect_error` before it tries again. \
      Namespaces: make the name in `io("/name")` and `io.of("/name")` agree.
      """,
    mistakenFor: "A failing network: the session's polls, upgrade and heartbeats all work.")

  private var refusals: [ConnectRefusal] = []

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    if case .connectRefused(let refusal) = event { refusals.append(refusal) }
  }

  func conclude(in scene: Scene) -> [Finding] {
    grouped(refusals, by: { "\($0.namespace) \($0.message ?? "")" }, place: \.place).map { finding($0, scene) }
  }

  private func finding(_ group: [ConnectRefusal], _ scene: Scene) -> Finding {
    let ordered = group.sorted { $0.at.time < $1.at.time }
    let front = group[0]
    let message = front.message ?? ""
    let isNamespace = message == "Invalid namespace"
    let sids = Set(group.map { $0.place.sid ?? "\($0.place.connection)" }).count
    let asked = front.asked.map { " (asked in \(scene.packet($0)))" } ?? ""
    var finding = Finding(
      "connect-error", group.contains { !$0.hasJoined } ? .error : .warning, .certain,
      blame: isNamespace ? .client : .server, blameDetail: .application,
      connections: connections(of: group.map(\.place)), at: ordered[0].at,
      packets: ordered.flatMap { [$0.asked, $0.at].compactMap { $0 } },
      title:
        "\((group.last { $0.place.sid == front.place.sid } ?? front).place.server) refused namespace \(front.namespace): \(quoted(message, 60))",
      detail: """
        The server answered CONNECT to \(front.namespace)\(asked) with CONNECT_ERROR \(quoted(message)) \
        (\(scene.place(front.at))). The transport works; the client's socket fires `connect_error` and joins nothing.
        """,
      evidence: [
        ("namespace", .text(front.namespace)), ("message", .text(String(message.prefix(200)))),
        ("sessions", .count(sids)), ("threshold", .count(1)),
      ],
      remedy: isNamespace
        ? "Make the names agree: io(\"\(front.namespace)\") in the client, io.of(\"\(front.namespace)\") on the server."
        : "Look at the server's middleware (io.use, io.of(…).use) for \(quoted(message, 60)) and at the `auth` that the client sends: a missing or expired token."
    )
    finding.sid = sids == 1 ? front.place.sid : nil
    finding.until = ordered.last?.at
    finding.count = sids
    finding.endpoints = (front.place.client, front.place.server)
    return finding
  }
}
