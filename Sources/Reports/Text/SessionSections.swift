import Analysis
import Packets

/// Sessions and streams.
extension TextReport {
  var sessionLines: [String] {
    if report.sessions.isEmpty { return [] }
    var table = Table(
      ["SID", "TRANSPORT", "CLIENT", "OPEN", "EVENTS →", "← EVENTS", "HEARTBEATS", "END"],
      [.left, .left, .left, .right, .left, .left, .right, .left])
    for session in report.sessions.prefix(options.rowLimit) {
      table.add([
        Quantity.sid(session.sid), transports(of: session), session.client.address.description, time(session.start),
        events(session.events.clientToServer), events(session.events.serverToClient),
        Quantity.count(session.heartbeats), end(of: session),
      ])
    }
    return section(
      "sessions", table.lines(width: tableWidth, sparing: [3, 2, 6, 1]),
      leftOut: report.sessions.count - options.rowLimit)
  }

  /// Who closed the session; `broken` where its WebSocket ended without a goodbye.
  private func end(of session: SessionSummary) -> String {
    let last = session.connections.sorted().last { report.connection($0)?.transport == .webSocket }
      .flatMap { report.connection($0) }
    let isBroken = last.map { $0.tcp.finBy != nil || $0.tcp.resetBy != nil } ?? false
    let recovery = session.recovery.isAsked ? session.recovery.isRecovered ? ", recovered" : ", not recovered" : ""
    let end = session.closedBy?.sender ?? (isBroken ? "broken" : "open")
    let how = session.wasLeftInMidPoll ? " (poll aborted)" : session.wasDisconnected ? " (disconnect)" : ""
    return "\(end)\(how), \(time(session.end))\(recovery)"
  }

  private func transports(of session: SessionSummary) -> String {
    session.transports.map(\.rawValue).joined(separator: session.upgraded ? " → " : ", ")
  }

  /// The most frequent three events.
  private func events(_ events: [(name: String, count: Int)]) -> String {
    if events.isEmpty { return "–" }
    let shown = events.sorted { $0.count > $1.count }.prefix(3).map {
      "\(DisplayWidth.cut(Sanitizer.visible($0.name), to: 24)) \(Quantity.count($0.count))"
    }
    return shown.joined(separator: ", ") + (events.count > 3 ? ", …" : "")
  }

  var streamLines: [String] {
    if report.streams.isEmpty { return [] }
    var table = Table([], [.left, .right, .right, .right, .left, .left, .left, .left])
    for stream in report.streams.prefix(options.rowLimit) {
      let event = DisplayWidth.cut(Sanitizer.visible(stream.event), to: 24)
      let trigger = stream.trigger.map { DisplayWidth.cut(Sanitizer.visible($0.event), to: 24) + " → " } ?? ""
      table.add([
        trigger + event, stream.firstMessageAfter.map { "first \(Quantity.duration($0))" } ?? "",
        Quantity.count(stream.messages, "message"), stream.messagesPerSecond.map { Quantity.rate($0) + "/s" } ?? "",
        stream.gaps.map { "gap p50 \(Quantity.duration($0.median))" } ?? "",
        stream.gaps.map { "p99 \(Quantity.duration($0.percentile99))" } ?? "",
        stream.gaps.map { "max \(Quantity.duration($0.maximum))" } ?? "", end(of: stream),
      ])
    }
    return section(
      "streams", table.lines(width: tableWidth, sparing: [5, 3, 4, 2]),
      leftOut: report.streams.count - options.rowLimit)
  }

  private func end(of stream: StreamSummary) -> String {
    guard stream.isEnded else { return "no end seen" }
    return stream.endEvent.map { "ended by \(DisplayWidth.cut(Sanitizer.visible($0), to: 24))" } ?? "ended by its ack"
  }
}
