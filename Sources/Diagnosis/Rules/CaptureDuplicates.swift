import Analysis
import Packets

/// The same packets are in the capture several times, as `-i any` on a bridge host records them.
struct CaptureDuplicates: Rule {
  static let entry = CatalogueEntry(
    "capture-duplicates",
    summary: "Packets are in the capture two or three times.",
    proof: "Same addresses, IP identification, sequence number, timestamps and payload within moments.",
    causes: "`-i any` on a host with bridges or veth pairs, a span port that mirrors both ports.",
    remedy:
      "Capture on one interface: sudo tcpdump -i eth0 …; the copies were left out, so the analysis is right all the same.",
    mistakenFor: "Retransmissions, which have an identification and a time of their own.")

  private var facts: CaptureFacts?

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    if case .captureEnded(let facts) = event { self.facts = facts }
  }

  func conclude(in scene: Scene) -> [Finding] {
    guard let facts, facts.duplicates > 0 else { return [] }
    var finding = Finding(
      "capture-duplicates", .notice, .certain, blame: .capture, connections: [], at: facts.first, packets: [],
      title: "\(counted(facts.duplicates)) packets are copies of others and were left out",
      detail: "The same packet was captured on several interfaces. The copies were not counted as retransmissions.",
      evidence: [("duplicates", .count(facts.duplicates)), ("threshold", .count(0))],
      remedy: "Nothing is wrong; to avoid the copies capture on one interface instead of `-i any`.")
    finding.until = facts.end
    return [finding]
  }
}
