import Analysis
import Packets

/// A TCP handshake never completes: the SYN, or the SYN-ACK, is sent again and again.
struct ConnectTimeout: Rule {
  /// Linux repeats a SYN after 1, 3 and 7 s; one repetition is ordinary loss, two are a pattern.
  static let fewestRepetitions = 2

  static let entry = CatalogueEntry(
    "connect-timeout",
    summary: "A TCP handshake never completed: SYNs went unanswered, or SYN-ACKs unacknowledged.",
    proof: "The SYN (or the SYN-ACK) was sent at least three times, and the handshake did not follow.",
    causes: "A firewall, security group or network policy drops the packets; the host is down; a route is missing.",
    remedy: """
      Check firewalls, security groups and network policies for TCP to the server's port, in both directions.
      From the client's host: `nc -vz HOST 8080`; capture on the server's host to see whether the SYN arrives.
      """,
    mistakenFor: "connect-refused, where an RST answers at once; and a capture that lacks one direction.")

  private var groups: [Endpoint: [ConnectionSummary]] = [:]

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .connectionClosed(let connection) = event, connection.tcp.refused == nil,
      connection.tcp.payloadBytes.clientToServer + connection.tcp.payloadBytes.serverToClient == 0
    else { return }
    let isUnanswered = connection.tcp.synAckCount == 0 && connection.tcp.synCount > ConnectTimeout.fewestRepetitions
    let isUnacknowledged =
      connection.tcp.synAckCount > ConnectTimeout.fewestRepetitions && connection.tcp.roundTrip == nil
    if isUnanswered || isUnacknowledged { groups[connection.server, default: []].append(connection) }
  }

  func conclude(in scene: Scene) -> [Finding] {
    groups.values.map { finding($0.sorted { $0.start.time < $1.start.time }, scene) }
  }

  private func finding(_ connections: [ConnectionSummary], _ scene: Scene) -> Finding {
    let first = connections[0]
    let isAnswered = first.tcp.synAckCount > 0
    let sent = connections.reduce(0) { $0 + (isAnswered ? $1.tcp.synAckCount : $1.tcp.synCount) }
    var finding = Finding(
      "connect-timeout", .error, .certain, blame: .network, connections: connections.map(\.id), at: first.start,
      packets: connections.flatMap { $0.tcp.syn + [$0.tcp.lastSYN].compactMap { $0 } },
      title: isAnswered
        ? "the SYN-ACKs of \(first.server) are not acknowledged" : "\(first.server) does not answer: SYNs get no reply",
      detail: """
        \(counted(connections.count, "connection")) from \(first.client.address): \(counted(sent)) \
        \(isAnswered ? "SYN-ACKs" : "SYNs") in \(duration(connections.map(\.end.time).max().map { $0 - first.start.time } ?? .zero)), \
        and no handshake (first: \(scene.place(first.start))). No RST came back: the packets are dropped on the way.
        """,
      evidence: [
        ("sent", .count(sent)), ("threshold", .count(ConnectTimeout.fewestRepetitions + 1)),
        ("connections", .count(connections.count)),
      ],
      remedy: """
        Let TCP port \(first.server.port) of \(first.server.address) through: firewall, security group, network policy.
        Capture on \(first.server.address) too: if the SYN arrives there, its answer is what gets lost.
        """)
    finding.until = connections.map(\.end).max { $0.time < $1.time }
    finding.count = connections.count
    finding.endpoints = (first.client, first.server)
    return finding
  }
}
