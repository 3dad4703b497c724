import Analysis
import Packets

/// A snap length cut packets: their payload is opaque from the cut on.
struct CaptureTruncated: Rule {
  static let entry = CatalogueEntry(
    "capture-truncated",
    summary: "Packets were cut by the capture's snap length, so payloads are missing.",
    proof: "Followed packets are longer on the wire than in the file, and payload is among what is missing.",
    causes: "`tcpdump -s 96`, an old default of 68 or 96 bytes, or a capture tool set to headers only.",
    remedy: "Capture whole packets: sudo tcpdump -i any -s 0 -w chat.pcap 'tcp port 8080'",
    mistakenFor: "Loss: nothing was lost on the wire, and TCP timing is still exact.")

  private var cutBytes = 0
  private var connections: [Int] = []
  /// The first packet of the first connection of which something is missing, and its ends.
  private var first: (at: PacketReference, client: Endpoint, server: Endpoint)?
  private var facts: CaptureFacts?

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .connectionClosed(let connection):
      let cut = connection.tcp.truncatedBytes.clientToServer + connection.tcp.truncatedBytes.serverToClient
      guard cut > 0 else { return }
      cutBytes += cut
      if first.map({ connection.start.time < $0.at.time }) ?? true {
        first = (connection.start, connection.client, connection.server)
      }
      if connections.count < 100 { connections.append(connection.id) }
    case .captureEnded(let facts): self.facts = facts
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    guard let first, let facts else { return [] }
    var finding = Finding(
      "capture-truncated", .notice, .certain, blame: .capture, connections: connections, at: first.at,
      packets: [first.at],
      title:
        "the capture cut \(counted(facts.truncated)) packets short: \(counted(cutBytes)) bytes of payload are missing",
      detail:
        "A snap length kept only the beginning of packets. TCP timing is exact; messages beyond the cut can't be read.",
      evidence: [
        ("truncatedPackets", .count(facts.truncated)), ("missingBytes", .count(cutBytes)), ("threshold", .count(0)),
      ],
      remedy: "Capture whole packets:  sudo tcpdump -i any -s 0 -w chat.pcap 'tcp port 8080'")
    finding.until = facts.end
    finding.endpoints = (first.client, first.server)
    return [finding]
  }
}
