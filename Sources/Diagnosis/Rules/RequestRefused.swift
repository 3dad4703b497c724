import Analysis
import Packets

/// A Socket.IO HTTP request was answered with a status of 400 or more.
struct RequestRefused: Rule {
  static let entry = CatalogueEntry(
    "request-refused",
    summary: "A Socket.IO request (a poll, not an upgrade) was answered with an error status.",
    proof: """
      A request with `EIO=` and `transport=` in its query, and no upgrade, got a status of 400 or more; or a cache's answer, or none \
      because the connection ended under it. One is enough; `evidence.cause` says why where the packets tell.
      """,
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
    /// The sessions that they name, two at most.
    var sids: Set<String> = []
    /// The GETs among them.
    var polls = 0
    /// When they were answered or ended, the first ones.
    var ends: [Timestamp] = []
    /// Whether a proxy told its client so with 502.
    var isPassedOn = false
  }

  /// What repeats of a refusal have in common.
  struct Kind: Hashable, Comparable {
    var status: Int
    var cause: String

    static func < (a: Kind, b: Kind) -> Bool { (a.status, a.cause) < (b.status, b.cause) }
  }

  /// A client begins with long-polling: after so many refusals it is not by chance that WebSocket was not tried.
  private static let fewestPolls = 3
  /// A proxy that loses its connection to the server says 502 so soon.
  private static let passingOn = Interval.seconds(1)
  private static let mostEnds = 64
  /// Clients that are remembered for having tried WebSocket.
  private static let mostClients = 4096

  private var groups: [Kind: Group] = [:]
  private var triedWebSocket: Set<IPAddress> = []

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    if case .upgradeEnded(let attempt) = event, triedWebSocket.count < RequestRefused.mostClients {
      triedWebSocket.insert(attempt.client.address)
    }
    guard case .connectionClosed(let connection) = event else { return }
    for request in connection.requests {
      guard !request.isUpgrade, let at = request.request ?? request.answer,
        request.targetHas("EIO="), request.targetHas("transport="), request.strippedKey == nil,
        !SessionUnknown.isUnknown(request), !OversizeMessage.isTooLong(request),
        let cause = RequestRefused.cause(request)
      else { continue }
      let kind = Kind(status: request.status ?? 0, cause: cause)
      var group = groups[kind] ?? Group(first: request, last: at)
      if group.connections.last?.id != connection.id { group.connections.append(connection) }
      group.packets += [request.request, request.answer].compactMap { $0 }
      group.last = request.answer ?? at
      group.count += 1
      if group.sids.count < 2 { group.sids.insert(SessionUnknown.sid(in: request.target) ?? "") }
      if request.method == "GET" { group.polls += 1 }
      if group.ends.count < RequestRefused.mostEnds { group.ends.append(group.last.time) }
      groups[kind] = group
    }
  }

  /// Why a request was refused, empty where the packets don't tell; `nil` where it was not.
  private static func cause(_ request: RequestSummary) -> String? {
    guard let status = request.status else {
      return request.cause == .keepAliveRace || request.cause == .cutByProxy ? request.cause?.rawValue : nil
    }
    if request.cause == .cachedAnswer { return RefusalCause.cachedAnswer.rawValue }
    guard status >= 400, request.cause != .afterGoodbye else { return nil }
    let body = request.refusal ?? ""
    if status == 400, body.isEmpty, request.overlaps != nil {
      return request.method == "POST" ? "overlapping-posts" : "overlapping-polls"
    }
    let refusal = EngineRefusal(body: body)
    if refusal?.reason == .unsupportedProtocolVersion { return "protocol-version" }
    if request.cause == .transportMismatch, refusal?.reason == .badRequest {
      return RefusalCause.transportMismatch.rawValue
    }
    return request.cause == .cutByProxy ? RefusalCause.cutByProxy.rawValue : ""
  }

  func conclude(in scene: Scene) -> [Finding] {
    causes.sorted { $0.key < $1.key }.map { finding($0.key, $0.value, scene) }
  }

  /// The groups, without the 502s by which a proxy passes on that the server closed a connection under its request.
  private var causes: [Kind: Group] {
    let race = Kind(status: 0, cause: RefusalCause.keepAliveRace.rawValue)
    let badGateway = Kind(status: 502, cause: "")
    guard var cause = groups[race], let effect = groups[badGateway] else { return groups }
    let proxies = Set(cause.connections.map(\.client.address))
    let isPassedOn =
      effect.connections.allSatisfy { proxies.contains($0.server.address) }
      && effect.ends.allSatisfy { end in
        cause.ends.contains { end >= $0 && end - $0 < RequestRefused.passingOn }
      }
    guard isPassedOn else { return groups }
    cause.connections += effect.connections
    cause.packets += effect.packets
    cause.isPassedOn = true
    var causes = groups
    causes[race] = cause
    causes[badGateway] = nil
    return causes
  }

  private func finding(_ kind: Kind, _ group: Group, _ scene: Scene) -> Finding {
    let status = kind.status
    // The client's leg first: what a person saw.
    let ordered = group.connections.sorted { $0.leg != .upstream && $1.leg == .upstream }
    let at = group.packets.min { $0.time < $1.time } ?? group.last
    let message = group.first.refusal.map { $0.isEmpty ? "" : ": \(gist($0))" } ?? ""
    let server = ordered[0].server
    let hidesWebSocket =
      group.polls >= RequestRefused.fewestPolls && kind.cause.isEmpty
      && !group.connections.contains { triedWebSocket.contains($0.client.address) }
    var finding = Finding(
      "request-refused", kind.cause == "keep-alive-race" || kind.cause == "transport-mismatch" ? .warning : .error,
      .certain, blame: RequestRefused.blame(kind),
      connections: ordered.map(\.id), at: at, packets: group.packets,
      title: RequestRefused.title(kind, server),
      detail: """
        \(counted(group.count, "request")) \(group.count == 1 ? "was" : "were") \(RequestRefused.fate(kind)) \
        (first: \(scene.place(at)), \(group.first.method) \(group.first.target.prefix(80)))\(message).\
        \(RequestRefused.explanation(kind))\(group.isPassedOn ? " The proxy answered 502." : "")\
        \(hidesWebSocket ? " WebSocket was never tried: clients begin with long-polling, and go no further while that fails." : "")
        """,
      evidence: [
        ("status", .count(status)), ("requests", .count(group.count)), ("threshold", .count(400)),
        ("message", .text(group.first.refusal ?? "")),
      ] + (kind.cause.isEmpty ? [] : [("cause", .text(kind.cause))])
        + (hidesWebSocket ? [("webSocketTried", .flag(false))] : []),
      remedy: (kind.cause.isEmpty ? group.first.refusal.flatMap { EngineRefusal(body: $0)?.remedy } : nil)
        ?? RequestRefused.remedy(kind, server, group.first.refusal ?? ""))
    finding.sid = group.sids.count == 1 ? group.sids.first.flatMap { $0.isEmpty ? nil : $0 } : nil
    finding.until = group.last
    finding.count = group.count
    finding.endpoints = (ordered[0].client, server)
    return finding
  }
}
