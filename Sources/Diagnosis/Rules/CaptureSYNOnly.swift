import Analysis
import Packets

/// The capture's filter kept nothing but SYN packets: nothing can be said about upgrades or messages.
struct CaptureSYNOnly: Rule {
  static let entry = CatalogueEntry(
    "capture-syn-only",
    summary: "The capture holds only SYN packets: no upgrade and no message can be seen in it.",
    proof:
      "Every followed TCP packet has the SYN flag (at least two of them, SYN-ACKs among them), and none carries data.",
    causes: "A capture filter such as `tcp[tcpflags] & tcp-syn != 0`.",
    remedy: "Capture again without it: sudo tcpdump -i any -s 0 -w chat.pcap 'tcp port 8080'",
    mistakenFor: "connect-timeout: here the handshake was answered, and what followed was filtered out.")

  private var facts: CaptureFacts?
  /// Whether a SYN or SYN-ACK was sent again: then it was the network that dropped what should have followed.
  private var hasRepetitions = false

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .captureEnded(let facts): self.facts = facts
    case .connectionClosed(let connection):
      if connection.tcp.synCount > 1 || connection.tcp.synAckCount > 1 { hasRepetitions = true }
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    guard let facts, facts.segments > 1, facts.synSegments == facts.segments, facts.synAckSegments > 0,
      !hasRepetitions
    else {
      return []
    }
    var finding = Finding(
      "capture-syn-only", .warning, .certain, blame: .capture, connections: [], at: facts.first, packets: [],
      title: "this capture holds only SYN packets: nothing can be said about upgrades or messages",
      detail:
        "All \(counted(facts.segments)) TCP packets have the SYN flag. The filter of the capture dropped all data.",
      evidence: [
        ("segments", .count(facts.segments)), ("withSYN", .count(facts.synSegments)), ("threshold", .count(1)),
      ],
      remedy: "Capture again:  sudo tcpdump -i any -s 0 -w chat.pcap 'tcp port 8080'")
    finding.until = facts.end
    return [finding]
  }
}
