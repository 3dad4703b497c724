import Analysis
import Packets

/// Nothing on the followed ports is a WebSocket, Socket.IO or an attempt at one.
struct NoWebSocketTraffic: Rule {
  static let entry = CatalogueEntry(
    "no-websocket-traffic",
    summary: "The capture holds no WebSocket or Socket.IO traffic on the followed ports.",
    proof: """
      No TCP connection on the followed ports at all (a warning: there is nothing to judge), or only HTTP requests without \
      an upgrade and without Engine.IO's query (a notice).
      """,
    causes:
      "Another port than the one that was followed, the wrong interface, a capture taken before anyone connected.",
    remedy:
      "Name the port: --port 3000; or find it: wstrace analyze --port any. Capture on all interfaces: tcpdump -i any.",
    mistakenFor: "encrypted-traffic, where WebSockets may be inside TLS.")

  private var kinds = ContentKinds()
  private var facts: CaptureFacts?

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .connectionClosed(let connection): kinds.note(connection)
    case .captureEnded(let facts): self.facts = facts
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    guard let facts, kinds.realtime == 0 else { return [] }
    let elsewhere = facts.otherPorts.keys.sorted()
    if facts.connections == 0 { return [nothing(facts, elsewhere)] }
    guard let first = kinds.http.first, kinds.encryptedCount == 0, kinds.http2Count == 0 else { return [] }
    var finding = Finding(
      "no-websocket-traffic", .notice, .certain, blame: .capture, connections: kinds.http.map(\.id), at: first.start,
      packets: [first.start], title: "only ordinary HTTP here: no WebSocket and no Socket.IO request",
      detail: """
        \(counted(kinds.httpCount, "connection")) with HTTP (first: \(scene.place(first.start))), and no request asked for \
        an upgrade or bore Engine.IO's query.\(NoWebSocketTraffic.words(elsewhere))
        """,
      evidence: [("connections", .count(kinds.httpCount)), ("threshold", .count(1))],
      remedy: NoWebSocketTraffic.remedy(elsewhere))
    finding.until = facts.end
    finding.endpoints = (first.client, first.server)
    return [finding]
  }

  private func nothing(_ facts: CaptureFacts, _ elsewhere: [UInt16]) -> Finding {
    Finding(
      "no-websocket-traffic", .warning, .certain, blame: .capture, connections: [], at: facts.first, packets: [],
      title: facts.packets == 0 ? "the capture is empty" : "no TCP connection on the followed ports",
      detail: facts.packets == 0
        ? "It holds no packet: the filter let nothing through, or it was ended before anything came."
        : "\(counted(facts.packets, "packet")), none of a followed port.\(NoWebSocketTraffic.words(elsewhere))",
      evidence: [("packets", .count(facts.packets)), ("connections", .count(0)), ("threshold", .count(1))],
      remedy: NoWebSocketTraffic.remedy(elsewhere))
  }

  private static func words(_ ports: [UInt16]) -> String {
    guard !ports.isEmpty else { return "" }
    return " Upgrade requests were seen on port \(ports.map(String.init).joined(separator: " and "))."
  }

  private static func remedy(_ ports: [UInt16]) -> String {
    if let port = ports.first { return "Follow the port on which the upgrades are: wstrace analyze --port \(port)" }
    return """
      See what is there: wstrace analyze --port any. If nothing is, capture on all interfaces while a client connects:
          sudo tcpdump -i any -s 0 -w chat.pcap 'tcp port 8080'
      """
  }
}
