import Analysis
import Packets

/// Upgrades and connections.
extension TextReport {
  var upgradeLines: [String] {
    let upgrades = upgrades
    if upgrades.asked == 0 { return [] }
    return section(
      "upgrades", ["\(Quantity.count(upgrades.asked)) asked, \(Quantity.count(upgrades.accepted)) accepted"])
  }

  var connectionLines: [String] {
    if report.connections.isEmpty { return [] }
    var table = Table(
      ["", "CLIENT → SERVER", "LEG", "TRANSPORT", "OPEN", "LASTED", "MESSAGES →", "← MESSAGES", "END"],
      [.right, .left, .left, .left, .right, .right, .right, .right, .left])
    for connection in report.connections.prefix(options.rowLimit) {
      table.add([
        "#\(connection.id)", "\(connection.client) → \(connection.server)",
        connection.leg == .only ? "" : connection.leg.rawValue, connection.transport.rawValue, time(connection.start),
        Quantity.duration(connection.end.time - connection.start.time), messages(connection, .clientToServer),
        messages(connection, .serverToClient), end(of: connection),
      ])
    }
    return section(
      "connections", table.lines(width: tableWidth), leftOut: report.connections.count - options.rowLimit)
  }

  /// Messages of a WebSocket; of other HTTP the requests, on the client's side.
  private func messages(_ connection: ConnectionSummary, _ direction: Direction) -> String {
    if let tally = connection.webSocket?.messages[direction] { return Quantity.count(tally.text &+ tally.binary) }
    let requests = connection.requests.count &+ connection.requestsLeftOut
    return direction == .clientToServer && requests > 0 ? Quantity.count(requests, "request") : "–"
  }

  private func end(of connection: ConnectionSummary) -> String {
    if connection.tcp.refused != nil { return "refused" }
    if let close = connection.webSocket?.close {
      return "close \(close.code.map(String.init) ?? "without a code") by \(close.by.sender)"
    }
    if let by = connection.tcp.resetBy { return "reset by \(by.sender)" }
    return connection.tcp.finBy.map { "closed by \($0.sender)" } ?? "open"
  }
}
