import Analysis
import Packets

/// A WebSocket ended without a Close frame: the browser reports 1006 (RFC 6455 section 7.1.5).
struct AbnormalClose: Rule {
  /// Closes of one server within this time are one event: a process that ended takes all its sockets along.
  static let together = Interval.seconds(2)

  static let entry = CatalogueEntry(
    "abnormal-close",
    summary: "A WebSocket ended without a Close frame (the browser reports code 1006).",
    proof:
      "A FIN or RST on an open WebSocket, and neither a Close frame nor an Engine.IO or Socket.IO goodbye before it.",
    causes: "The server process ended or was killed, a proxy was reloaded or closed an idle connection, a tab crashed.",
    remedy: """
      Look at the side that sent the FIN or RST first: the server's log and exit (OOM killer, deploy), or the proxy's. \
      Close sockets in a shutdown handler: `io.close()`.
      """,
    mistakenFor: "A Close frame that the capture lost, and a connection that is still open when the capture ends.")

  private var ends: [WebSocketEnd] = []

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .webSocketEnded(let end) = event, !end.isClean, end.carriedSession, end.ended != nil, !end.closeMayBeLost
    else { return }
    ends.append(end)
  }

  func conclude(in scene: Scene) -> [Finding] {
    var groups: [[WebSocketEnd]] = []
    for end in ends.sorted(by: { AbnormalClose.time($0) < AbnormalClose.time($1) }) {
      let group = groups.lastIndex { group in
        AbnormalClose.time(end) - AbnormalClose.time(group[0]) < AbnormalClose.together
          && group[0].endedBy == end.endedBy
      }
      if let group { groups[group].append(end) } else { groups.append([end]) }
    }
    return groups.map { finding($0, scene) }
  }

  private static func time(_ end: WebSocketEnd) -> Timestamp { (end.ended ?? end.lastData).time }

  private func finding(_ group: [WebSocketEnd], _ scene: Scene) -> Finding {
    // The first to end is the cause's side: a proxy passes an end on.
    let first = group[0]
    let ended = first.ended ?? first.lastData
    let by = first.endedBy ?? .serverToClient
    let closer = by == .serverToClient ? first.server : first.client
    let sockets = Set(group.map { $0.key ?? "\($0.connection)" }).count
    let how = first.isReset ? "RST" : "FIN"
    let ordered = group.sorted { $0.leg != .upstream && $1.leg == .upstream }
    var finding = Finding(
      "abnormal-close", first.isReset || group.contains { $0.isMidStream } ? .error : .warning, .certain,
      blame: by == .serverToClient ? .server : first.leg == .upstream ? .proxy : .client,
      connections: ordered.map(\.connection), at: ended, packets: group.compactMap(\.ended),
      title: """
        \(sockets == 1 ? "the WebSocket" : "\(sockets) WebSockets") of \(first.server) ended without a Close frame: \
        \(closer) sent \(how)
        """,
      detail: """
        \(closer) ended TCP with \(how) (\(scene.place(ended))), \(duration(ended.time - first.lastData.time)) after the \
        last data\(first.isMidStream ? ", in the middle of an answer" : ""), and no Close frame came from either side. \
        The browser reports code 1006.
        """,
      evidence: [
        ("closedBy", .text(by == .serverToClient ? "server" : "client")), ("how", .text(how)),
        ("silence", .number((ended.time - first.lastData.time).seconds)), ("threshold", .number(0)),
        ("webSockets", .count(sockets)),
      ],
      remedy: by == .serverToClient
        ? "Look why \(closer) ended it at \(scene.time(ended)): its log, a crash or restart (docker ps -a, OOM killer), a proxy reload."
        : "Look at \(closer) at \(scene.time(ended)): a crashed tab or client, or a proxy that gave the connection up.")
    finding.sid = first.sid
    finding.until = group.compactMap(\.ended).last
    finding.count = sockets
    finding.endpoints = (first.client, first.server)
    return finding
  }
}
