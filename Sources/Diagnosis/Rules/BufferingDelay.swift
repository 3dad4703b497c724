import Analysis
import Packets

/// Messages were held and released in bursts: measured between two legs of the same WebSocket.
struct BufferingDelay: Rule {
  /// A delay that people feel; what stays under it is never a warning (FAILURES G2).
  static let leastSpread = Interval.milliseconds(250)
  static let fewestBursts = 3

  static let entry = CatalogueEntry(
    "buffering-delay",
    summary: "Messages were held on their way and released in bursts.",
    proof: """
      On both legs of a proxied WebSocket each message is the same bytes at the same offset: the delay of each is known. \
      The 95th percentile of (delay - least delay) is 250 ms or more, at least 3 bursts left together, and no \
      retransmission or closed window explains it.
      """,
    causes:
      "A middlebox or TCP proxy that collects bytes (antivirus, DLP, a buffering load balancer), a slow proxy process.",
    remedy:
      "Take the middlebox out of the path or switch its inspection off for the WebSocket; check the proxy's load.",
    mistakenFor: """
      nginx's proxy_buffering, which does not touch a WebSocket tunnel; a server that emits in bursts (its own leg shows \
      them); loss, which delays and then releases what waited.
      """)

  private var measured: [LegDelay] = []

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .legsMeasured(let delay) = event, !delay.isNetworkTroubled, delay.bursts >= BufferingDelay.fewestBursts,
      BufferingDelay.spread(delay) >= BufferingDelay.leastSpread
    else { return }
    measured.append(delay)
  }

  private static func spread(_ delay: LegDelay) -> Interval {
    (delay.delays.percentile(0.95) ?? .zero) - delay.delays.minimum
  }

  func conclude(in scene: Scene) -> [Finding] {
    var groups: [IPAddress: [LegDelay]] = [:]
    for delay in measured { groups[delay.proxy, default: []].append(delay) }
    return groups.values.map { finding($0, scene) }
  }

  private func finding(_ delays: [LegDelay], _ scene: Scene) -> Finding {
    let clearest = delays.max { $0.delays.count < $1.delays.count } ?? delays[0]
    let median = clearest.delays.percentile(0.5) ?? .zero
    let spread = BufferingDelay.spread(clearest)
    let period = clearest.burstInterval.map { " every \(duration($0))" } ?? ""
    var finding = Finding(
      "buffering-delay", .warning, .certain, blame: .proxy, blameDetail: .proxy,
      connections: delays.flatMap { [$0.clientConnection, $0.serverConnection] }, at: clearest.first,
      packets: [clearest.first] + clearest.burstPackets + [clearest.last],
      title: "\(clearest.proxy) holds the server's messages and lets them go\(period)",
      detail: """
        \(clearest.delays.count) messages were measured on both legs: median delay \(duration(median)), least \
        \(duration(clearest.delays.minimum)), most \(duration(clearest.delays.maximum)); \
        \(counted(clearest.bursts, "burst")) left together\(period). The server sent them evenly, and neither \
        retransmissions nor closed windows explain it.
        """,
      evidence: [
        ("delay", .number(spread.seconds)), ("threshold", .number(BufferingDelay.leastSpread.seconds)),
        ("medianDelay", .number(median.seconds)), ("bursts", .count(clearest.bursts)),
        ("messages", .count(clearest.delays.count)),
        ("burstInterval", .number(clearest.burstInterval?.seconds ?? 0)), ("cause", .text("proxy")),
      ],
      remedy: """
        Find what on \(clearest.proxy) collects bytes before it sends them: inspection, a TCP proxy's buffer or timer, load.
        nginx's proxy_buffering is not it: a WebSocket tunnel never goes through that buffer.
        """)
    finding.sid = clearest.sid
    finding.until = clearest.last
    finding.count = delays.count
    finding.endpoints = (clearest.client, clearest.server)
    return finding
  }
}
