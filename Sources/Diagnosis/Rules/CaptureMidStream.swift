import Analysis
import Packets

/// Connections were already open when the capture began: their handshake is not in it.
struct CaptureMidStream: Rule {
  static let entry = CatalogueEntry(
    "capture-mid-stream",
    summary: "Connections were open before the capture began, so their handshakes are not in it.",
    proof: "The first packet of a connection with data is neither a SYN nor a SYN-ACK.",
    causes: "The capture was started after the page was loaded.",
    remedy: "Start the capture first, then reload the page.",
    mistakenFor: "missing-101: a handshake that was not captured is not proven missing.")

  private var connections: [Int] = []
  private var count = 0
  /// The first packet of the connection that was seen first, and its ends.
  private var first: (at: PacketReference, client: Endpoint, server: Endpoint)?

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .connectionClosed(let connection) = event, connection.tcp.synCount == 0, connection.tcp.synAckCount == 0,
      connection.tcp.payloadBytes.clientToServer + connection.tcp.payloadBytes.serverToClient > 0
    else { return }
    if first.map({ connection.start.time < $0.at.time }) ?? true {
      first = (connection.start, connection.client, connection.server)
    }
    count += 1
    if connections.count < 100 { connections.append(connection.id) }
  }

  func conclude(in scene: Scene) -> [Finding] {
    guard let first else { return [] }
    var finding = Finding(
      "capture-mid-stream", .notice, .certain, blame: .capture, connections: connections, at: first.at,
      packets: [first.at],
      title: "\(counted(count, "connection")) began before the capture",
      detail:
        "Their handshakes are not in the file (first: \(scene.place(first.at))). What they carry was recognised by its content.",
      evidence: [("connections", .count(count)), ("threshold", .count(0))],
      remedy: "Start the capture before the page is loaded, or reload the page while it runs.")
    finding.endpoints = (first.client, first.server)
    return [finding]
  }
}
