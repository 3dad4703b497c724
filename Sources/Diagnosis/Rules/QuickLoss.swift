import Analysis
import Packets

/// What one direction of a connection lost and sent again at once, because duplicate acknowledgements asked for it.
struct QuickLoss: Sendable {
  var connection: ConnectionSummary
  var direction: Direction
  var fast: FastRepetitions

  /// The part of the direction's bytes that was sent again.
  var share: Double { Double(fast.bytes) / Double(max(1, connection.tcp.payloadBytes[direction])) }
}

extension NetworkLoss {
  /// Loss that was made good at once, of all connections on one leg to a server.
  static func finding(quick group: [QuickLoss], _ scene: Scene) -> Finding {
    let ordered = group.sorted { $0.fast.count > $1.fast.count }
    let worst = ordered[0]
    let clients = clients(of: ordered.map(\.connection))
    let named = examples(clients)
    let count = group.reduce(0) { $0 + $1.fast.count }
    let ids = ordered.map(\.connection.id).eachOnce()
    var finding = Finding(
      "network-loss", .notice, .certain, blame: .network, blameDetail: .network, connections: ids,
      at: group.map(\.fast.first).min { $0.time < $1.time } ?? worst.fast.first,
      packets: ordered.flatMap { [$0.fast.first, $0.fast.last] },
      title: """
        packets between \(ends(clients, worst.connection.server.address)) were lost and sent again at once, \
        \(counted(count, "time"))
        """,
      detail: """
        Duplicate acknowledgements asked for them on \(counted(ids.count, "connection"))\
        \(named.isEmpty ? "" : " (of \(named))"). The worst: \(counted(worst.fast.count, "time")), \
        \(decimal(worst.share * 100, 1)) % of the bytes from the \(worst.direction.sender) (first: \
        \(scene.place(worst.fast.first)), last: \(scene.place(worst.fast.last))). Each cost about a round trip; no timeout \
        held data back.
        """,
      evidence: [
        ("fastRetransmissions", .count(count)), ("share", .number(worst.share)),
        ("threshold", .number(leastFastShare)), ("clients", .count(clients.count)),
      ],
      remedy: "Nothing is needed for the chat. To find the loss: interface errors (ip -s link), mtr -T, Wi-Fi.")
    finding.sid = ids.count == 1 ? worst.connection.sid : nil
    finding.until = group.map(\.fast.last).max { $0.time < $1.time }
    finding.count = count
    finding.endpoints = (worst.connection.client, worst.connection.server)
    return finding
  }
}
