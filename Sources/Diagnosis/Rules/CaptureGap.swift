import Analysis
import Packets

/// The capture itself lost packets: their receiver acknowledged them, and they are not in the file.
struct CaptureGap: Rule {
  static let entry = CatalogueEntry(
    "capture-gap",
    summary: "The capture lost packets that the receiver got.",
    proof: "Bytes that were acknowledged by their receiver and never sent again are not in the file.",
    causes: "The capturing machine was too slow: a small kernel buffer, a slow disk, too wide a filter.",
    remedy:
      "Give tcpdump a larger buffer and a narrower filter: sudo tcpdump -B 65536 -i any -s 0 -w chat.pcap 'tcp port 8080'",
    mistakenFor: "Loss on the network, after which the sender sends the bytes again.")

  private var lost = 0
  private var connections: [Int] = []
  private var count = 0
  private var first: PacketReference?
  /// The ends of the connection that lost them first.
  private var endpoints: (client: Endpoint, server: Endpoint)?

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .connectionClosed(let connection) = event, let loss = connection.tcp.firstLoss else { return }
    lost += connection.tcp.lostBytes.clientToServer + connection.tcp.lostBytes.serverToClient
    if first.map({ loss.time < $0.time }) ?? true {
      (first, endpoints) = (loss, (connection.client, connection.server))
    }
    count += 1
    if connections.count < 100 { connections.append(connection.id) }
  }

  func conclude(in scene: Scene) -> [Finding] {
    guard let first, lost > 0 else { return [] }
    var finding = Finding(
      "capture-gap", .notice, .certain, blame: .capture, connections: connections, at: first, packets: [first],
      title: "the capture itself lost \(counted(lost, "byte")) on \(counted(count, "connection"))",
      detail:
        "They were acknowledged by their receiver and never sent again, so the network delivered them; the first is missing before \(scene.place(first)).",
      evidence: [("lostBytes", .count(lost)), ("threshold", .count(0))],
      remedy: "Capture with a larger buffer:  sudo tcpdump -B 65536 -i any -s 0 -w chat.pcap 'tcp port 8080'")
    finding.endpoints = endpoints
    return [finding]
  }
}
