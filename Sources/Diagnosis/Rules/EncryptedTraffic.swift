import Analysis
import Packets

/// Connections are encrypted with TLS: nothing of their content can be read.
struct EncryptedTraffic: Rule {
  static let entry = CatalogueEntry(
    "encrypted-traffic",
    summary: "Connections are encrypted (TLS), so nothing of their content can be read.",
    proof:
      "A TLS record (RFC 8446 section 5.1) where a request should begin. A warning where nothing else is in the capture.",
    causes: "wss:// ends behind this capture point; the port is the encrypted one.",
    remedy: """
      Capture where TLS has ended: between the proxy and the server (often on the loopback interface), and give that port \
      with --port.
      """,
    mistakenFor: "missing-101: an upgrade inside TLS can't be seen, and is not missing.")

  private var kinds = ContentKinds()

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    if case .connectionClosed(let connection) = event { kinds.note(connection) }
  }

  func conclude(in scene: Scene) -> [Finding] {
    guard let first = kinds.encrypted.first else { return [] }
    let count = kinds.encryptedCount
    var finding = Finding(
      "encrypted-traffic", kinds.readable == 0 ? .warning : .notice, .certain, blame: .capture,
      connections: kinds.encrypted.map(\.id), at: first.start, packets: [first.start],
      title: "\(counted(count, "connection")) to \(first.server) \(count == 1 ? "is" : "are") encrypted with TLS",
      detail: """
        TLS records stand where requests should (first: \(scene.place(first.start))). Times, loss and closes of TCP are \
        shown; upgrades and messages can't be.\(kinds.readable == 0 ? " Nothing else is in this capture." : "")
        """,
      evidence: [("connections", .count(count)), ("threshold", .count(1))],
      remedy: """
        Capture behind the TLS termination, between the proxy and the server:
            sudo tcpdump -i any -s 0 -w chat.pcap 'tcp port 3000'        # then: wstrace analyze --port 3000 chat.pcap
        """)
    finding.until = first.end
    finding.count = count
    finding.endpoints = (first.client, first.server)
    return [finding]
  }
}
