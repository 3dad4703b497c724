import Analysis
import Packets

/// Only one direction of the connections is in the capture.
struct CaptureOneSided: Rule {
  static let entry = CatalogueEntry(
    "capture-one-sided",
    summary: "The capture holds only one direction of the traffic.",
    proof:
      "One side's packets acknowledge data of the other side, of which no packet is there, on every connection with data.",
    causes: "A filter on `src` or `dst`, a span port for one direction, asymmetric routing.",
    remedy: "Capture both directions: sudo tcpdump -i any -s 0 -w chat.pcap 'tcp port 8080'",
    mistakenFor: "connect-timeout and missing-101: what was not captured is not proven missing.")

  private var sent = Directional(both: 0)
  private var connections = 0
  private var facts: CaptureFacts?

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .connectionClosed(let connection):
      connections += 1
      for direction in Direction.allCases where connection.tcp.isSeen[direction] { sent[direction] += 1 }
    case .captureEnded(let facts): self.facts = facts
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    guard let facts, facts.segmentsWithPayload > 0, (sent.clientToServer == 0) != (sent.serverToClient == 0) else {
      return []
    }
    let seen = sent.clientToServer > 0 ? "client to server" : "server to client"
    var finding = Finding(
      "capture-one-sided", .notice, .certain, blame: .capture, connections: [], at: facts.first, packets: [],
      title: "only one direction was captured (\(seen))",
      detail:
        "On all \(counted(connections)) connections the packets go from \(seen). Handshakes, heartbeats and answers of the other side can't be judged.",
      evidence: [("connections", .count(connections)), ("threshold", .count(1))],
      remedy: "Capture both directions:  sudo tcpdump -i any -s 0 -w chat.pcap 'tcp port 8080'")
    finding.until = facts.end
    return [finding]
  }
}
