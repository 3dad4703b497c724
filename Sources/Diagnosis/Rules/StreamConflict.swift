import Analysis
import Packets

/// Overlapping TCP segments carry different bytes.
struct StreamConflict: Rule {
  static let entry = CatalogueEntry(
    "stream-conflict",
    summary: "Two copies of the same TCP bytes differ: what a receiver took is uncertain.",
    proof:
      "Segments that cover the same sequence numbers with different payload; the copy that came first is decoded here.",
    causes:
      "A middlebox that rewrites payload, an injected packet, a broken sender or network card; captures put together.",
    remedy:
      "Capture on both ends and compare: the side where only one copy is seen lies behind what changes the bytes.",
    mistakenFor: "An ordinary retransmission, whose bytes are the same.")

  private var connections: [ConnectionSummary] = []

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .connectionClosed(let connection) = event, connection.tcp.troubles.conflicts.count > 0 else { return }
    connections.append(connection)
  }

  func conclude(in scene: Scene) -> [Finding] {
    guard let first = connections.first, let pair = first.tcp.troubles.conflicts.pairs.first else { return [] }
    let conflicts = connections.reduce(0) { $0 + $1.tcp.troubles.conflicts.count }
    let bytes = connections.reduce(0) { $0 &+ $1.tcp.troubles.conflicts.bytes }
    var finding = Finding(
      "stream-conflict", .notice, .certain, blame: .unknown, connections: connections.map(\.id), at: pair.other,
      packets: connections.flatMap { $0.tcp.troubles.conflicts.pairs.flatMap { [$0.kept, $0.other] } },
      title: "\(counted(conflicts, "TCP segment")) came a second time with other bytes",
      detail: """
        The same sequence numbers carry different bytes in \(scene.packet(pair.kept)) and \(scene.place(pair.other)) \
        (\(counted(bytes, "byte")) in all such segments). The copy that came first is what is decoded here; the receiver may have taken \
        the other one.
        """,
      evidence: [("segments", .count(conflicts)), ("bytes", .count(bytes)), ("threshold", .count(1))],
      remedy: "Compare both packets; capture on both ends to find where the second copy comes from.")
    finding.sid = first.sid
    finding.count = conflicts
    finding.endpoints = (first.client, first.server)
    return [finding]
  }
}
