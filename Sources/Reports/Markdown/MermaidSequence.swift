import Analysis
import Diagnosis
import Packets

/// A sequence diagram of the handshake and the failure, as Mermaid draws it and as plain text reads.
struct MermaidSequence {
  /// Arrows that a reader still follows.
  private static let mostSteps = 16

  private let report: Report
  private let finding: Finding?

  init(_ report: Report, _ finding: Finding?) {
    self.report = report
    self.finding = finding
  }

  /// The diagram in its fence; `nil` where the finding has no connection.
  var text: String? {
    let connections = shownConnections
    guard let finding, !connections.isEmpty else { return nil }
    let hasProxy = connections.contains { $0.leg == .upstream } && connections.contains { $0.leg == .client }
    var lines = ["sequenceDiagram", "  participant C as Client"]
    if hasProxy { lines.append("  participant P as Proxy") }
    lines.append("  participant S as Server")
    lines += steps(connections, hasProxy: hasProxy).prefix(MermaidSequence.mostSteps)
    let time = Quantity.decimal(finding.at.time - report.epoch, digits: 3)
    lines.append(
      "  Note over C,S: \(time) s \(MarkdownText.mermaid(finding.id.rawValue)) - \(MarkdownText.mermaid(finding.title, limit: 90))"
    )
    return "## Sequence\n\n" + MarkdownText.block(lines, language: "mermaid")
  }

  private var shownConnections: [ConnectionSummary] {
    guard let finding else { return [] }
    let wanted = Set(finding.connections.prefix(8))
    let sid = finding.sid
    let own = report.connections.filter { wanted.contains($0.id) }
    let others = report.connections.lazy.filter { sid != nil && $0.sid == sid && !wanted.contains($0.id) }.prefix(4)
    return (own + others).sorted { $0.start.time < $1.start.time }
  }

  /// Requests and their answers, and how connections ended, in the order of time.
  private func steps(_ connections: [ConnectionSummary], hasProxy: Bool) -> [String] {
    var steps: [(time: Timestamp, text: String)] = []
    for connection in connections {
      let (near, far) = ends(of: connection, among: connections, hasProxy: hasProxy)
      for request in connection.requests.prefix(4) {
        if let at = request.request {
          let path = request.target.split(separator: "?").first.map(String.init) ?? request.target
          let upgrade = request.isUpgrade ? " (upgrade)" : ""
          steps.append(
            (at.time, "  \(near)->>\(far): \(label(at)) \(MarkdownText.mermaid("\(request.method) \(path)"))\(upgrade)")
          )
        }
        if let at = request.answer, let status = request.status {
          steps.append((at.time, "  \(far)-->>\(near): \(label(at)) \(status)"))
        }
      }
      if connection.requests.isEmpty, let syn = connection.tcp.syn.first {
        steps.append((syn.time, "  \(near)->>\(far): \(label(syn)) SYN"))
      }
      if let refused = connection.tcp.refused {
        steps.append((refused.time, "  \(far)--x\(near): \(label(refused)) RST refused"))
      }
      if let step = ending(connection, near, far) { steps.append(step) }
    }
    return steps.sorted { $0.time < $1.time }.map(\.text)
  }

  private func ending(_ connection: ConnectionSummary, _ near: String, _ far: String) -> (
    time: Timestamp, text: String
  )? {
    func arrow(_ by: Direction, _ cross: Bool) -> String {
      let (from, to) = by == .clientToServer ? (near, far) : (far, near)
      return "  \(from)\(cross ? "--x" : "-->>")\(to)"
    }
    if let close = connection.webSocket?.close {
      let code = close.code.map(String.init) ?? "no code"
      return (close.at.time, "\(arrow(close.by, false)): \(label(close.at)) Close \(code)")
    }
    guard connection.webSocket != nil else { return nil }
    if let reset = connection.tcp.reset, let by = connection.tcp.resetBy {
      return (reset.time, "\(arrow(by, true)): \(label(reset)) RST")
    }
    guard let fin = connection.tcp.fin, let by = connection.tcp.finBy else { return nil }
    return (fin.time, "\(arrow(by, true)): \(label(fin)) FIN without Close")
  }

  /// Between whom a connection runs; one from the host that the client's connections go to is the proxy's own.
  private func ends(
    of connection: ConnectionSummary, among all: [ConnectionSummary], hasProxy: Bool
  ) -> (String, String) {
    guard hasProxy else { return ("C", "S") }
    let isFromProxy = all.contains { $0.leg == .client && $0.server.address == connection.client.address }
    return connection.leg == .upstream || isFromProxy ? ("P", "S") : ("C", "P")
  }

  private func label(_ reference: PacketReference) -> String {
    "\(Quantity.decimal(reference.time - report.epoch, digits: 3)) s packet \(reference.number)"
  }
}
