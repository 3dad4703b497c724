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
        "#\(connection.id)", ends(of: connection),
        connection.leg == .only ? "" : connection.leg.rawValue, connection.transport.rawValue, time(connection.start),
        Quantity.duration(connection.end.time - connection.start.time), messages(connection, .clientToServer),
        messages(connection, .serverToClient), end(of: connection),
      ])
    }
    var lines = table.lines(width: tableWidth)
    if report.connections.prefix(options.rowLimit).contains(where: \.rolesInferred) {
      lines.append("? no handshake captured: client and server inferred from the port or the first bytes")
    }
    return section("connections", lines, leftOut: report.connections.count - options.rowLimit)
  }

  /// Client and server, with the client that a PROXY protocol header names, and a mark where the roles are inferred.
  private func ends(of connection: ConnectionSummary) -> String {
    let named = connection.proxiedClient.map { "\($0) via " } ?? ""
    return "\(named)\(connection.client) → \(connection.server)\(connection.rolesInferred ? " ?" : "")"
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
