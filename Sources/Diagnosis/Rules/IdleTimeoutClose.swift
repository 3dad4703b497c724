import Analysis
import Packets

/// A peer or proxy closed a silent WebSocket on a timer.
struct IdleTimeoutClose: Rule {
  /// Shorter silences are the pauses of ordinary traffic.
  static let leastSilence = Interval.seconds(2)
  /// The usual idle timeouts of proxies and load balancers, in seconds: nginx and ALB 60, HAProxy 50, Cloudflare 100.
  static let defaults: [Double] = [30, 50, 55, 60, 75, 90, 100, 120, 180, 240, 300, 350, 600]
  /// How far from a default a silence may be: timers are checked now and then.
  static let defaultSlack = 1.0
  /// How alike two silences are that the same timer made: this share, or this many seconds.
  static let likeShare = 0.05
  static let likeSeconds = 0.2
  /// A proxy ends both its connections within this time of each other.
  static let together = Interval.milliseconds(10)
  /// How far from a whole second a configured timer fires.
  static let wholeSlack = 0.1
  /// Closes within this time are one event: a process that ends takes all its sockets along.
  static let oneEvent = AbnormalClose.together

  static let threshold: RuleThreshold? = RuleThreshold(
    leastSilence,
    reason: "How long a WebSocket was silent before its end: less is a pause of ordinary traffic.")

  static let entry = CatalogueEntry(
    "idle-timeout-close",
    summary: "A proxy or peer closed a silent WebSocket on a timer.",
    proof: """
      A WebSocket ended without a Close frame after at least 2 s of silence in both directions, and the silence is within \
      1 s of a usual default (30, 50, 55, 60, 75, 90, 100, 120, 180, 240, 300, 350, 600 s), or two closes at different \
      times follow the same silence (within 5 % or 0.2 s), or a proxy ended both its connections within 10 ms after a \
      whole number of seconds (then it is likely, not certain). Several closes at once after different silences are not it.
      """,
    causes: """
      nginx's proxy_read_timeout (60 s by default), an AWS load balancer's idle timeout (60 s), HAProxy's timeout tunnel, \
      Cloudflare (100 s); and heartbeats that are rarer than that, or none.
      """,
    remedy: """
      nginx: proxy_read_timeout 3600s; proxy_send_timeout 3600s; – HAProxy: timeout tunnel 1h – AWS ALB: \
      idle_timeout.timeout_seconds – or send heartbeats more often than the limit: pingInterval below half of it.
      """,
    mistakenFor: "abnormal-close by a crash or restart, which does not wait for silence; a missed heartbeat.")

  private var ends: [WebSocketEnd] = []

  private let leastSilence: Interval

  init(thresholds: Thresholds) { leastSilence = thresholds["idle-timeout-close"] ?? IdleTimeoutClose.leastSilence }

  mutating func observe(_ event: TraceEvent) {
    guard case .webSocketEnded(let end) = event, ClosedSocket.isAbrupt(end) else { return }
    ends.append(end)
  }

  /// What shows that a timer closed a WebSocket, the strongest first.
  private enum Sign: Int {
    case repeated, usualDefault, wholeSecond
  }

  func conclude(in scene: Scene) -> [Finding] {
    Dictionary(grouping: ClosedSocket.sockets(ends)) { $0.closerEndpoint.address }.values
      .sorted { $0[0].ended.time < $1[0].ended.time }.flatMap(groups).map { finding($0, scene) }
  }

  /// The WebSockets that a timer of one side closed, those with the same limit together.
  private func groups(of sockets: [ClosedSocket]) -> [[(socket: ClosedSocket, sign: Sign)]] {
    let neighbours = ClosedNeighbours(sockets)
    var groups: [[(socket: ClosedSocket, sign: Sign)]] = []
    for index in sockets.indices {
      let socket = sockets[index]
      guard let sign = sign(of: socket, neighbours.of(index, areAlike: IdleTimeoutClose.areAlike)) else { continue }
      let group = groups.firstIndex { IdleTimeoutClose.areAlike($0[0].socket.silence, socket.silence) }
      if let group { groups[group].append((socket, sign)) } else { groups.append([(socket, sign)]) }
    }
    return groups
  }

  private func sign(of socket: ClosedSocket, _ others: [ClosedSocket]) -> Sign? {
    let silence = socket.silence
    guard silence >= leastSilence else { return nil }
    var isRepeated = false
    for other in others {
      let isSameEvent = abs((other.ended.time - socket.ended.time).seconds) < IdleTimeoutClose.oneEvent.seconds
      let isAlike = IdleTimeoutClose.areAlike(other.silence, silence)
      // What ends at once after different silences was ended by something else.
      if isSameEvent, !isAlike { return nil }
      if !isSameEvent, isAlike { isRepeated = true }
    }
    if isRepeated { return .repeated }
    // A client that ends a connection by itself after a silence is no proxy.
    guard socket.closer != .client else { return nil }
    let seconds = silence.seconds
    if IdleTimeoutClose.defaults.contains(where: { abs($0 - seconds) <= IdleTimeoutClose.defaultSlack }) {
      return .usualDefault
    }
    let isWhole = abs(seconds - seconds.rounded()) <= IdleTimeoutClose.wholeSlack
    return socket.closer == .proxy && socket.hasEndedTogether(within: IdleTimeoutClose.together) && isWhole
      ? .wholeSecond : nil
  }

  /// Whether two silences are of the same timer.
  static func areAlike(_ a: Interval, _ b: Interval) -> Bool {
    let difference = abs((a - b).seconds)
    return difference <= likeSeconds || difference <= likeShare * max(a.seconds, b.seconds)
  }

  private func finding(_ group: [(socket: ClosedSocket, sign: Sign)], _ scene: Scene) -> Finding {
    let first = group[0].socket
    let sign = group.map(\.sign).min { $0.rawValue < $1.rawValue } ?? .wholeSecond
    let legs = group.flatMap(\.socket.inOrder).sorted { $0.leg != .upstream && $1.leg == .upstream }
    let limit = first.silence
    let interval = first.legs.compactMap(\.pingInterval).first
    let isCovered = interval.map { $0 < limit } ?? false
    let closer = first.closer == .proxy ? "the proxy \(first.closerEndpoint.address)" : "\(first.closerEndpoint)"
    var finding = Finding(
      "idle-timeout-close", isCovered ? .warning : .error, sign == .wholeSecond ? .likely : .certain,
      blame: IdleTimeoutClose.blame(first),
      blameDetail: first.closer == .proxy ? .proxy : .upstream,
      connections: legs.map(\.connection), at: first.ended,
      packets: legs.flatMap { [$0.lastData, $0.ended ?? $0.lastData] },
      title: "\(closer) closes WebSockets that are silent for \(duration(limit))",
      detail: """
        \(group.count == 1 ? "One WebSocket was" : "\(counted(group.count)) WebSockets were") closed without a Close frame \
        \(duration(limit)) after the last data in either direction (first: \(scene.place(first.ended))). \
        \(IdleTimeoutClose.words(sign)) \(IdleTimeoutClose.words(heartbeat: interval, limit))
        """,
      evidence: [
        ("silence", .number(limit.seconds)), ("threshold", .number(leastSilence.seconds)),
        ("pingInterval", .number(interval?.seconds ?? 0)), ("webSockets", .count(group.count)),
        ("sign", .text(IdleTimeoutClose.name(sign))),
      ],
      remedy: IdleTimeoutClose.remedy(limit, interval))
    finding.sid = first.first.sid
    finding.until = legs.compactMap(\.ended).max { $0.time < $1.time }
    finding.count = group.count
    finding.endpoints = (legs[0].client, legs[0].server)
    return finding
  }

  /// A client that ends silent connections may be a proxy, where it is not seen which.
  private static func blame(_ socket: ClosedSocket) -> Blame {
    switch socket.closer {
    case .proxy: .proxy
    case .client: socket.first.leg == .only ? .unknown : .client
    case .server: .unknown
    }
  }

  private static func name(_ sign: Sign) -> String {
    switch sign {
    case .repeated: "same-silence-again"
    case .usualDefault: "usual-default"
    case .wholeSecond: "whole-second"
    }
  }

  private static func words(_ sign: Sign) -> String {
    switch sign {
    case .repeated: "The same silence comes before each: that is a timer, not a crash."
    case .usualDefault: "That is the usual default of a proxy's or load balancer's idle timeout."
    case .wholeSecond:
      "The proxy ended both its connections at once, after a whole number of seconds: a timer, most likely."
    }
  }

  private static func words(heartbeat interval: Interval?, _ limit: Interval) -> String {
    guard let interval else { return "No heartbeat keeps the connection busy." }
    return interval >= limit
      ? "Heartbeats come only every \(duration(interval)): too rare for this limit."
      : "Heartbeats should have come every \(duration(interval)), and did not."
  }

  private static func remedy(_ limit: Interval, _ interval: Interval?) -> String {
    let half = max(1, Int(limit.seconds / 2))
    return """
      Raise the limit, in the proxy's block for this path:
          nginx:    proxy_read_timeout 3600s;  proxy_send_timeout 3600s;
          HAProxy:  timeout tunnel 1h          AWS ALB:  idle_timeout.timeout_seconds=3600
      or send heartbeats more often: pingInterval: \(half * 1000) on the server (it is \(interval.map { "\(Int($0.seconds * 1000))" } ?? "not set")).
      """
  }
}

extension ClosedSocket {
  /// Whether all legs ended within a time of each other.
  fileprivate func hasEndedTogether(within time: Interval) -> Bool {
    let times = legs.map(\.endTime)
    guard legs.count > 1, let start = times.min(), let end = times.max() else { return false }
    return end - start <= time
  }
}
