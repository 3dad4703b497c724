import Analysis
import Diagnosis
import Packets

/// Upgrades and connections.
extension TextReport {
  var upgradeLines: [String] {
    let upgrades = totals.upgrades
    if upgrades.asked == 0 { return [] }
    return section(
      "upgrades", ["\(Quantity.count(upgrades.asked)) asked, \(Quantity.count(upgrades.accepted)) accepted"])
  }

  var connectionLines: [String] {
    if report.connections.isEmpty { return [] }
    var table = Table(
      ["", "CLIENT → SERVER", "LEG", "TRANSPORT", "OPEN", "LASTED", "MESSAGES →", "← MESSAGES", "END"],
      [.right, .left, .left, .left, .right, .right, .right, .right, .left])
    let shown = shownConnections
    for connection in shown {
      table.add([
        "#\(connection.id)", ends(of: connection),
        connection.leg == .only ? "" : connection.leg.rawValue, connection.transport.rawValue, time(connection.start),
        Quantity.duration(connection.end.time - connection.start.time), messages(connection, .clientToServer),
        messages(connection, .serverToClient), end(of: connection),
      ])
    }
    var lines = table.lines(width: tableWidth, sparing: [4, 2, 5, 3, 7, 6])
    if shown.contains(where: \.rolesInferred) {
      lines.append("? no handshake captured: client and server inferred from the port or the first bytes")
    }
    let leftOut = report.connections.count - shown.count
    if leftOut > 0 { lines.append("… and \(Quantity.count(leftOut)) more\(options.showsNotices ? "" : " (--all)")") }
    return section("connections", lines)
  }

  /// The connections of the findings and the WebSockets first, few enough that the findings stay on the screen.
  private var shownConnections: [ConnectionSummary] {
    let limit = options.showsNotices ? options.rowLimit : min(options.connectionLimit, options.rowLimit)
    guard report.connections.count > limit else { return Array(report.connections) }
    let accused = Set(shownFindings.flatMap(\.connections))
    func rank(_ connection: ConnectionSummary) -> Int {
      accused.contains(connection.id) ? 0 : connection.transport == .webSocket ? 1 : 2
    }
    var shown: [ConnectionSummary] = []
    for wanted in (accused.isEmpty ? 1 : 0)...2 where shown.count < limit {
      shown += report.connections.lazy.filter { rank($0) == wanted }.prefix(limit - shown.count)
    }
    return shown.sorted { $0.id < $1.id }
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
      return "close\(close.code.map { " \($0)" } ?? "") by \(close.by.sender)"
    }
    if let by = connection.tcp.resetBy { return "reset by \(by.sender)" }
    return connection.tcp.finBy.map { "closed by \($0.sender)" } ?? "open"
  }
}
