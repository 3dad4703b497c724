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
  private var first: PacketReference?

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .connectionClosed(let connection) = event, connection.tcp.synCount == 0, connection.tcp.synAckCount == 0,
      connection.tcp.payloadBytes.clientToServer + connection.tcp.payloadBytes.serverToClient > 0
    else { return }
    first = first.map { $0.time < connection.start.time ? $0 : connection.start } ?? connection.start
    if connections.count < 100 { connections.append(connection.id) }
  }

  func conclude(in scene: Scene) -> [Finding] {
    guard let first else { return [] }
    return [
      Finding(
        "capture-mid-stream", .notice, .certain, blame: .capture, connections: connections, at: first, packets: [first],
        title: "\(counted(connections.count, "connection")) began before the capture",
        detail:
          "Their handshakes are not in the file (first: \(scene.place(first))). What they carry was recognised by its content.",
        evidence: [("connections", .count(connections.count)), ("threshold", .count(0))],
        remedy: "Start the capture before the page is loaded, or reload the page while it runs.")
    ]
  }
}
