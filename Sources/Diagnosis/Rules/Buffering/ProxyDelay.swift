import Analysis
import Packets

/// The delay of a proxy, measured between both legs of its WebSockets.
enum ProxyDelay {
  /// A delay that people feel; what stays under it is never a warning.
  static let leastSpread = Interval.milliseconds(250)
  static let fewestBursts = 3

  /// Whether messages were held: the network, or a receiver that did not read, is no proxy's buffer.
  static func isHeld(_ delay: LegDelay, atLeast leastSpread: Interval) -> Bool {
    !delay.isNetworkTroubled && delay.bursts >= fewestBursts && spread(delay) >= leastSpread
  }

  private static func spread(_ delay: LegDelay) -> Interval {
    (delay.delays.percentile(0.95) ?? .zero) - delay.delays.minimum
  }

  /// One finding for each proxy whose delay is more than what the captures' clocks leave open.
  static func findings(_ measured: [LegDelay], threshold: Interval, _ scene: Scene) -> [Finding] {
    let known = measured.filter { delay in
      scene.clocks.uncertainty(between: delay.first.capture, and: delay.last.capture).map { $0 < spread(delay) }
        ?? false
    }
    return Dictionary(grouping: known, by: \.proxy).values.map { finding($0, threshold, scene) }
  }

  private static func finding(_ delays: [LegDelay], _ threshold: Interval, _ scene: Scene) -> Finding {
    let clearest = delays.max { $0.delays.count < $1.delays.count } ?? delays[0]
    let median = clearest.delays.percentile(0.5) ?? .zero
    let spread = spread(clearest)
    let period = clearest.burstInterval.map { " every \(duration($0))" } ?? ""
    var finding = Finding(
      "buffering-delay", .warning, .certain, blame: .proxy, blameDetail: .proxy,
      connections: delays.flatMap { [$0.clientConnection, $0.serverConnection] }, at: clearest.first,
      packets: [clearest.first] + clearest.burstPackets + [clearest.last],
      title: "\(clearest.proxy) holds the server's messages and lets them go\(period)",
      detail: """
        \(counted(clearest.delays.count)) messages were measured on both legs: median delay \(duration(median)), least \
        \(duration(clearest.delays.minimum)), most \(duration(clearest.delays.maximum)); \
        \(counted(clearest.bursts, "burst")) left together\(period). The server sent them evenly, and neither \
        retransmissions nor closed windows explain it.
        """,
      evidence: [
        ("delay", .number(spread.seconds)), ("threshold", .number(threshold.seconds)),
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
