import Analysis
import Packets

/// Packets were lost on the network, and their repetition after timeouts held data back.
struct NetworkLoss: Rule {
  /// Held back for this long altogether, loss is felt.
  static let leastDelay = Interval.seconds(1)
  /// Of the connection's life, so that a little loss in a long healthy one is only noted.
  static let leastShare = 0.05
  /// Repetitions asked for by duplicate acknowledgements that are worth a word: so many, and of more than this share of the
  /// bytes.
  static let fewestFast = 3
  static let leastFastShare = 0.01
  /// Clients that are named where many lost packets.
  private static let mostExamples = 3

  static let threshold: RuleThreshold? = RuleThreshold(
    leastDelay,
    reason: "How long loss may hold bytes back: a second is felt.")

  static let entry = CatalogueEntry(
    "network-loss",
    summary: "The network lost packets, and waiting for their repetition held data back.",
    proof: """
      Segments that were sent again after a retransmission timeout (200 ms at least, doubling each time, RFC 6298), the \
      same bytes with nothing new between. A warning from 1 s on that bytes were held back: at once, or altogether where \
      that is 5 % of the connection's life; less is a notice, and so are 3 or more repetitions of more than 1 % of the \
      bytes that duplicate acknowledgements asked for at once, which delay next to nothing. Notices are one for all clients of \
      a server.
      """,
    causes:
      "Wi-Fi or mobile coverage, an overloaded link, a firewall or NAT that dropped packets, a route that changed.",
    remedy: """
      Look at the path between the two addresses at that time: `mtr`, the interfaces' error counters (`ip -s link`), \
      firewall logs, Wi-Fi. WebSocket runs over TCP: after the loss all data still comes, late, if the path comes back.
      """,
    mistakenFor: """
      capture-gap (the capture lost packets that the receiver acknowledged), zero-window (the receiver did not read), and \
      copies of a packet on several interfaces, which are no retransmissions.
      """)

  /// The losses of one direction of a connection.
  private struct Loss {
    var connection: ConnectionSummary
    var direction: Direction
    var record: LossRecord
    var longest: LossEpisode

    /// Whether bytes that were sent again in an episode still waited for their acknowledgement when the connection was seen
    /// last.
    func isOpen(_ episode: LossEpisode) -> Bool {
      guard let waited = connection.tcp.health[direction].unacknowledgedFor else { return false }
      return connection.end.time - episode.last.time <= waited
    }
  }

  private let leastDelay: Interval
  private var losses: [Loss] = []
  /// Directions on which what was lost was asked for at once.
  private var quickLosses: [QuickLoss] = []
  /// Between which points of capture packets were lost, where there are several.
  private var places: [LossPlace] = []

  init(thresholds: Thresholds) { leastDelay = thresholds["network-loss"] ?? NetworkLoss.leastDelay }

  mutating func observe(_ event: TraceEvent) {
    if case .lossPlaced(let place) = event { places.append(place) }
    guard case .connectionClosed(let connection) = event else { return }
    for direction in Direction.allCases {
      let record = connection.tcp.troubles.losses[direction]
      if let fast = record.fast, isMany(fast, connection.tcp.payloadBytes[direction]) {
        quickLosses.append(QuickLoss(connection: connection, direction: direction, fast: fast))
      }
      guard let longest = record.longest else { continue }
      losses.append(Loss(connection: connection, direction: direction, record: record, longest: longest))
    }
  }

  private func isMany(_ fast: FastRepetitions, _ bytes: Int) -> Bool {
    fast.count >= NetworkLoss.fewestFast && Double(fast.bytes) > NetworkLoss.leastFastShare * Double(bytes)
  }

  private func isFelt(_ loss: Loss) -> Bool {
    let life = loss.connection.end.time - loss.connection.start.time
    return loss.longest.delay >= leastDelay
      || (loss.record.delay >= leastDelay && loss.record.delay.seconds >= life.seconds * NetworkLoss.leastShare)
  }

  func conclude(in scene: Scene) -> [Finding] {
    // All connections between two hosts take the same way.
    let ways = Dictionary(grouping: losses) { NetworkLoss.way($0.connection) }
    let felt = ways.filter { $0.value.contains(where: isFelt) }
    // What nobody feels is one word about all who come to a server, not one about each of them.
    let little = Dictionary(grouping: losses.filter { felt[NetworkLoss.way($0.connection)] == nil }) {
      NetworkLoss.network($0.connection)
    }
    let quick = Dictionary(grouping: quickLosses.filter { ways[NetworkLoss.way($0.connection)] == nil }) {
      NetworkLoss.network($0.connection)
    }
    return felt.sorted { $0.key < $1.key }.map { finding($0.value, .warning, scene) }
      + little.sorted { $0.key < $1.key }.map { finding($0.value, .notice, scene) }
      + quick.sorted { $0.key < $1.key }.map { NetworkLoss.finding(quick: $0.value, scene) }
  }

  private static func way(_ connection: ConnectionSummary) -> String {
    [connection.client.address.description, connection.server.address.description].sorted().joined(separator: " ")
  }

  /// A server, and whether those who came to it are the clients or a proxy.
  private static func network(_ connection: ConnectionSummary) -> String {
    "\(connection.server.address) \(connection.leg == .upstream)"
  }

  /// Between whom packets were lost: two hosts, or several and their server.
  static func ends(_ clients: [IPAddress], _ server: IPAddress) -> String {
    clients.count == 1 ? "\(clients[0]) and \(server)" : "\(counted(clients.count)) hosts and \(server)"
  }

  /// The clients of some connections, each once.
  static func clients(of connections: [ConnectionSummary]) -> [IPAddress] {
    connections.map(\.client.address).eachOnce()
  }

  /// The clients that show most of it, for a sentence; empty where there is one alone.
  static func examples(_ clients: [IPAddress]) -> String {
    clients.count > 1
      ? clients.prefix(mostExamples).map(\.description).joined(separator: ", ")
        + (clients.count > mostExamples ? ", …" : "") : ""
  }

  private func finding(_ group: [Loss], _ severity: Severity, _ scene: Scene) -> Finding {
    let ordered = group.sorted { $0.longest.delay > $1.longest.delay }
    let worst = ordered[0]
    let first = group.map(\.longest.first).min { $0.time < $1.time } ?? worst.longest.first
    let connections = ordered.map(\.connection.id).eachOnce()
    let clients = NetworkLoss.clients(of: ordered.map(\.connection))
    let ends = NetworkLoss.ends(clients, worst.connection.server.address)
    let named = NetworkLoss.examples(clients)
    let isBothWays = Set(group.map(\.direction)).count > 1
    let way = worst.direction == .serverToClient ? "from the server" : "from the client"
    let timeouts = group.reduce(0) { $0 + $1.record.repetitions }
    let start = group.flatMap(\.record.episodes).map(\.since).min() ?? worst.longest.since
    var finding = Finding(
      "network-loss", severity, .certain, blame: .network, blameDetail: .network, connections: connections, at: first,
      packets: group.flatMap { $0.record.episodes.flatMap { [$0.first, $0.last] } },
      title: NetworkLoss.title(worst, ends),
      detail: """
        What was sent \(way) at \(decimal((worst.longest.since - scene.epoch).seconds, 3)) s was not acknowledged and had to \
        be sent again \(counted(worst.longest.repetitions, "time")) (first: \(scene.place(worst.longest.first)); last: \
        \(scene.place(worst.longest.last))). Over the whole capture \(counted(timeouts, "repetition")) after a timeout, on \
        \(counted(connections.count, "connection"))\(isBothWays ? ", in both directions" : ""); the worst waited \
        \(duration(worst.record.delay)) altogether.\(named.isEmpty ? "" : " The hosts are \(named).")\(placeText(worst)) \
        \(NetworkLoss.outcome(worst, group, scene))
        """,
      evidence: [
        ("delay", .number(worst.record.delay.seconds)), ("threshold", .number(leastDelay.seconds)),
        ("longest", .number(worst.longest.delay.seconds)), ("retransmissionTimeouts", .count(timeouts)),
        ("since", .number((start - scene.epoch).seconds)), ("bothDirections", .flag(isBothWays)),
        ("clients", .count(clients.count)),
      ],
      remedy: """
        Look at the path between \(ends) at \(scene.clock(worst.longest.first)): mtr -T -P \(worst.connection.server.port) \
        \(worst.connection.server.address), interface errors (ip -s link), firewall and NAT logs, Wi-Fi. Capture on both \
        ends to see where the packets vanish.
        """)
    if let place = place(of: worst) {
      finding.evidence.append(("lostBetweenCaptures", .text("\(place.seenBy + 1) and \(place.missedBy + 1)")))
      finding.evidence.append(("lostBetween", .count(place.between)))
      finding.evidence.append(("lostBeyond", .count(place.beyond)))
    }
    finding.sid = worst.connection.sid
    finding.until = group.flatMap(\.record.episodes).map(\.last).max { $0.time < $1.time }
    finding.count = group.reduce(0) { $0 + $1.record.count }
    finding.endpoints = (worst.connection.client, worst.connection.server)
    return finding
  }

  private static func title(_ worst: Loss, _ ends: String) -> String {
    let delay = duration(worst.longest.delay)
    return worst.isOpen(worst.longest)
      ? "packets between \(ends) were lost: data had not come through after \(delay)"
      : "packets between \(ends) were lost: data was held back for \(delay)"
  }

  /// Whether what was lost came in the end.
  private static func outcome(_ worst: Loss, _ group: [Loss], _ scene: Scene) -> String {
    if worst.isOpen(worst.longest) {
      let end = "the last packet of the connection (\(scene.time(worst.connection.end)))"
      return scene.isRunning
        ? "Up to \(end) it was not acknowledged." : "Up to \(end) it was not acknowledged: it came later or never."
    }
    let open = group.filter { loss in loss.record.episodes.contains(where: loss.isOpen) || loss.isOpen(loss.longest) }
    let count = open.map(\.connection.id).eachOnce().count
    return "WebSocket runs over TCP: "
      + (count == 0
        ? "all data came in the end, late."
        : "what was lost comes late; on \(counted(count, "connection")) some was not acknowledged to the last packet.")
  }

  /// The two points of capture between which most of a direction's packets vanished, or behind which.
  private func place(of loss: Loss) -> LossPlace? {
    let (client, server) = (loss.connection.client.address, loss.connection.server.address)
    let (sender, receiver) = loss.direction == .clientToServer ? (client, server) : (server, client)
    return places.filter { $0.sender == sender && $0.receiver == receiver }
      .max { ($0.between, $0.beyond) < ($1.between, $1.beyond) }
  }

  private func placeText(_ loss: Loss) -> String {
    guard let place = place(of: loss) else { return "" }
    let captures = "captures \(place.seenBy + 1) and \(place.missedBy + 1)"
    if place.between > place.beyond {
      return " They were lost between the points of \(captures): \(counted(place.between, "segment")) passed the one "
        + "and not the other."
    }
    return " They had passed the points of both \(captures): they, or their acknowledgements, were lost behind these."
  }
}
