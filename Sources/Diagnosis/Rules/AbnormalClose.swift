import Analysis
import Packets

/// A WebSocket ended without a Close frame: the browser reports 1006 (RFC 6455 section 7.1.5).
struct AbnormalClose: Rule {
  /// Closes by one side within this time of each other are one event: a process that ended takes all its sockets along.
  static let together = Interval.seconds(2)
  /// So many WebSockets ended at once are no accident of one of them.
  static let fewestAtOnce = 3

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
    guard case .webSocketEnded(let end) = event, ClosedSocket.isAbrupt(end) else { return }
    ends.append(end)
  }

  func conclude(in scene: Scene) -> [Finding] {
    var bursts: [[ClosedSocket]] = []
    var latest: [Side: Int] = [:]
    for socket in ClosedSocket.sockets(ends) {
      let side = Side(closer: socket.closer, address: socket.closerEndpoint.address)
      if let index = latest[side], let last = bursts[index].last,
        socket.ended.time - last.ended.time < AbnormalClose.together
      {
        bursts[index].append(socket)
      } else {
        latest[side] = bursts.count
        bursts.append([socket])
      }
    }
    return AbnormalClose.joined(bursts).map { finding($0, scene) }
  }

  /// Who ends WebSockets.
  private struct Side: Hashable {
    var closer: ClosedSocket.Closer
    /// `nil` for clients, each of which has its own.
    var address: IPAddress?
  }

  /// What ends have in common that are the same fault again.
  private struct Cause: Hashable {
    var side: Side
    var server: Endpoint
    var isReset: Bool
    var isMidStream: Bool

    init(_ sockets: [ClosedSocket]) {
      let first = sockets[0]
      side = Side(closer: first.closer, address: first.closer == .client ? nil : first.closerEndpoint.address)
      server = first.inOrder[0].server
      isReset = first.first.isReset
      isMidStream = sockets.contains { $0.legs.contains(where: \.isMidStream) }
    }
  }

  /// Joins the ends that came one by one with those like them; many at once are an event of their own.
  private static func joined(_ bursts: [[ClosedSocket]]) -> [[ClosedSocket]] {
    var groups: [[ClosedSocket]] = []
    var places: [Cause: Int] = [:]
    for burst in bursts {
      let cause = Cause(burst)
      let isEvent = burst.count >= fewestAtOnce && areAtOnce(burst)
      if !isEvent, let index = places[cause] {
        groups[index] += burst
      } else {
        if !isEvent { places[cause] = groups.count }
        groups.append(burst)
      }
    }
    return groups
  }

  /// Whether WebSockets, in the order of their ends, ended together.
  private static func areAtOnce(_ sockets: [ClosedSocket]) -> Bool {
    sockets[sockets.count - 1].ended.time - sockets[0].ended.time < together
  }

  private func finding(_ group: [ClosedSocket], _ scene: Scene) -> Finding {
    let socket = group[0]
    let first = socket.first
    let how = first.isReset ? "RST" : "FIN"
    let legs = group.flatMap(\.inOrder).sorted { $0.leg != .upstream && $1.leg == .upstream }
    let isAtOnce = AbnormalClose.areAtOnce(group)
    let isReload = socket.closer == .proxy && isAtOnce && group.count >= AbnormalClose.fewestAtOnce
    let closer = socket.closer == .proxy ? "the proxy \(socket.closerEndpoint.address)" : "\(socket.closerEndpoint)"
    let clients = socket.closer == .client ? Set(group.map(\.closerEndpoint.address)).count : 1
    var finding = Finding(
      "abnormal-close", first.isReset || legs.contains { $0.isMidStream } ? .error : .warning, .certain,
      blame: AbnormalClose.blame(group), connections: legs.map(\.connection), at: socket.ended,
      packets: legs.compactMap(\.ended),
      title: """
        \(group.count == 1 ? "the WebSocket" : "\(counted(group.count)) WebSockets") of \(legs[0].server) ended without a Close \
        frame: \(clients == 1 ? closer : "\(counted(clients)) clients") sent \(how)
        """,
      detail: """
        \(closer) ended TCP with \(how) (\(scene.place(socket.ended))), \(duration(socket.silence)) after the \
        last data\(first.isMidStream ? ", in the middle of an answer" : ""), and no Close frame came from either side. \
        The browser reports code 1006.\(isReload ? " It ended \(counted(group.count)) WebSockets at once, as a proxy does when it is reloaded or stopped." : "")\(isAtOnce ? "" : AbnormalClose.words(again: group, scene))
        """,
      evidence: [
        ("closedBy", .text(AbnormalClose.name(socket.closer))), ("closer", .text("\(socket.closerEndpoint)")),
        ("how", .text(how)),
        ("silence", .number(socket.silence.seconds)), ("threshold", .number(0)), ("webSockets", .count(group.count)),
        ("cause", .text(isReload ? "proxy-reload" : "unknown")),
      ],
      remedy: AbnormalClose.remedy(socket, isReload, scene))
    finding.sid = first.sid
    finding.until = legs.compactMap(\.ended).max { $0.time < $1.time }
    finding.count = group.count
    finding.endpoints = (legs[0].client, legs[0].server)
    return finding
  }

  /// How often it came again, and whether a timer shows in it.
  private static func words(again group: [ClosedSocket], _ scene: Scene) -> String {
    let last = scene.place(group[group.count - 1].ended)
    let silences = group.map(\.silence)
    let isTimer = IdleTimeoutClose.areAlike(silences.min() ?? .zero, silences.max() ?? .zero)
    return " That happened \(counted(group.count, "time")) (last: \(last))"
      + (isTimer ? ", always so long after the last data, as a timer does." : ".")
  }

  private static func blame(_ group: [ClosedSocket]) -> Blame {
    switch group[0].closer {
    // Several of one address: that may be a proxy in front of the clients.
    case .client:
      group.count > 1 && group[0].first.leg == .only && Set(group.map(\.closerEndpoint.address)).count == 1
        ? .unknown : .client
    case .server: .server
    case .proxy: .proxy
    }
  }

  private static func name(_ closer: ClosedSocket.Closer) -> String {
    switch closer {
    case .client: "client"
    case .server: "server"
    case .proxy: "proxy"
    }
  }

  private static func remedy(_ socket: ClosedSocket, _ isReload: Bool, _ scene: Scene) -> String {
    let closer = socket.closerEndpoint
    let time = scene.clock(socket.ended)
    switch socket.closer {
    case .proxy where isReload:
      return """
        Look whether \(closer.address) was reloaded or restarted at \(time). nginx ends old workers' WebSockets when \
        worker_shutdown_timeout has passed: raise it, or reload less often; let clients reconnect with a random delay.
        """
    case .proxy:
      return "Look at the proxy \(closer.address) at \(time): its error log, a reload, a limit or a timer."
    case .server:
      return """
        Look why \(closer) ended it at \(time): its log, a crash or restart (docker ps -a, journalctl -k for the OOM \
        killer), a deployment. If it is itself a proxy: a reload or a timer.
        """
    case .client:
      return "Look at \(closer) at \(time): a crashed tab or client, or a proxy that gave the connection up."
    }
  }
}
