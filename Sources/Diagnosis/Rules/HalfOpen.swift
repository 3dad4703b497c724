import Analysis
import Packets

/// Data or probes went unanswered, and nobody closed the connection: one side is gone without a word.
struct HalfOpen: Rule {
  /// Fewer probes without an answer are ordinary loss.
  static let fewestProbes = 3
  /// What three retransmissions take at least says little; from here on a person has noticed.
  static let leastTime = Interval.seconds(5)
  /// Pongs come at once; peers give up after this.
  static let pongTime = Interval.seconds(20)

  static let threshold: RuleThreshold? = RuleThreshold(
    leastTime,
    reason: "How long repetitions may go unanswered: three of them take a second, after five a person has noticed.")

  static let entry = CatalogueEntry(
    "half-open",
    summary: "Data, keep-alives or pings went unanswered to the end, and nobody closed the connection.",
    proof: """
      At least 3 keep-alives in a row (RFC 9293 section 3.8.4), or at least 3 repetitions of the same data over 5 s, to \
      which the other side neither acknowledged nor sent anything, and no FIN or RST from it before; or a WebSocket ping \
      without a pong or anything else for 20 s.
      """,
    causes: """
      A NAT, firewall or load balancer forgot the connection and drops its packets silently; a host that lost power or \
      its network; a laptop that sleeps; a virtual machine or container that was removed.
      """,
    remedy: """
      Raise the idle timeout of the NAT, firewall or load balancer on the way, or send heartbeats more often than it \
      (pingInterval); set TCP keep-alive; let the client reconnect when a heartbeat is missed.
      """,
    mistakenFor: """
      network-loss, after which the connection goes on; a capture that lacks one direction; a receiver with a closed \
      window, which answers every probe.
      """)

  /// What one side waited for in vain.
  private struct Silence {
    var connection: ConnectionSummary
    /// The direction of what was not answered.
    var direction: Direction
    var since: Timestamp
    var first: PacketReference
    var last: PacketReference
    var count: Int
    var what: String
    /// How long was waited.
    var waited: Interval
  }

  private var silences: [Silence] = []

  private let leastTime: Interval
  private let pongTime: Interval

  init(thresholds: Thresholds) {
    leastTime = thresholds["half-open"] ?? HalfOpen.leastTime
    pongTime = thresholds["half-open"] ?? HalfOpen.pongTime
  }

  mutating func observe(_ event: TraceEvent) {
    guard case .connectionClosed(let connection) = event, connection.tcp.isSeen.clientToServer,
      connection.tcp.isSeen.serverToClient
    else { return }
    let found = Direction.allCases.compactMap { silence(connection, $0) }
    if let longest = found.max(by: { $0.waited < $1.waited }) { silences.append(longest) }
  }

  private func silence(_ connection: ConnectionSummary, _ direction: Direction) -> Silence? {
    let run = connection.tcp.troubles.probes[direction]
    if let first = run.first, let last = run.last, run.count >= HalfOpen.fewestProbes,
      run.keepAlives >= HalfOpen.fewestProbes || connection.end.time - run.since >= leastTime
    {
      return Silence(
        connection: connection, direction: direction, since: run.since, first: first, last: last, count: run.count,
        what: run.keepAlives > run.count / 2 ? "keep-alive" : "repetition", waited: connection.end.time - run.since)
    }
    guard let ping = connection.tcp.troubles.pings[direction], connection.tcp.finBy == nil,
      connection.tcp.resetBy == nil, connection.end.time - ping.first.time >= pongTime
    else { return nil }
    return Silence(
      connection: connection, direction: direction, since: ping.first.time, first: ping.first, last: ping.last,
      count: ping.count, what: "WebSocket ping", waited: connection.end.time - ping.first.time)
  }

  func conclude(in scene: Scene) -> [Finding] {
    var groups: [IPAddress: [Silence]] = [:]
    for silence in silences { groups[HalfOpen.silent(silence).address, default: []].append(silence) }
    return groups.values.map { finding($0.sorted { $0.since < $1.since }, scene) }
  }

  /// The side that is not heard any more.
  private static func silent(_ silence: Silence) -> Endpoint {
    silence.direction == .clientToServer ? silence.connection.server : silence.connection.client
  }

  private func finding(_ group: [Silence], _ scene: Scene) -> Finding {
    let worst = group.max { $0.waited < $1.waited } ?? group[0]
    let silent = HalfOpen.silent(worst)
    let ends = (worst.connection.client, worst.connection.server)
    let reset = worst.connection.tcp.reset
    var finding = Finding(
      "half-open", .error, .likely, blame: .network, blameDetail: .network,
      connections: group.map(\.connection.id).eachOnce(),
      at: worst.first, packets: group.flatMap { [$0.first, $0.last] },
      title: "\(silent) fell silent without closing: \(counted(worst.count, worst.what)) unanswered",
      detail: """
        Since \(decimal((worst.since - scene.epoch).seconds, 3)) s nothing came back from \(silent): \
        \(counted(worst.count, worst.what)) (first: \(scene.place(worst.first)), last: \(scene.place(worst.last))) found \
        no answer in \(duration(worst.waited))\
        \(reset.map { ", until an RST (\(scene.place($0)))" } ?? ", and neither FIN nor RST came"). \
        The other side still takes the connection for open.
        """,
      evidence: [
        ("unanswered", .count(worst.count)), ("threshold", .count(HalfOpen.fewestProbes)),
        ("waited", .number(worst.waited.seconds)), ("kind", .text(worst.what)),
      ],
      remedy: """
        See whether \(silent.address) still runs and is reachable. If it does: a NAT, firewall or load balancer between \
        \(ends.0.address) and \(ends.1.address) forgot the connection; raise its idle timeout, or send heartbeats more \
        often than it.
        """)
    finding.sid = worst.connection.sid
    finding.until = reset
    finding.count = group.count
    finding.endpoints = ends
    return finding
  }
}
