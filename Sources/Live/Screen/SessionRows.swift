import Analysis
import Diagnosis
import Packets
import Reports

extension ScreenLayout {
  /// The sessions that go on, under their heading.
  func sessions(rows: Int) -> [String] {
    var table = Table(
      ["SESSION", "TRANSPORT", "CLIENT", "STREAM", "1ST", "RATE", "LAST", "♥"],
      [.left, .left, .left, .left, .right, .right, .right, .right], gap: width < 100 ? 2 : 3)
    let all = state.status.sessions
    guard !all.isEmpty else { return [dim(" waiting for a session")] }
    let first = max(0, min(state.row - rows + 1, all.count - rows))
    for session in all[first..<first + rows] { table.add(cells(session)) }
    let lines = table.lines(width: width - 1)
    var result = [dim(" " + lines[0])]
    for (index, line) in lines.dropFirst().enumerated() {
      result.append(mark(first + index) + colored(line, all[first + index]))
    }
    if all.count > rows { result.append(dim(" … \(Quantity.count(all.count - rows)) more")) }
    return result
  }

  private func cells(_ session: OpenSession) -> [String] {
    let clock = state.status.clock
    let name = sessionName(session.sid, session.connections.first)
    let start = [name, session.transport.rawValue, session.client.address.description]
    let heartbeat = session.heartbeat.map { seconds(clock - $0) } ?? "–"
    guard let stream = session.stream else { return start + ["–", "–", "–", seconds(clock - session.last), heartbeat] }
    let event = DisplayWidth.cut(Sanitizer.visible(stream.event), to: 16)
    let rate = stream.messagesPerSecond.map { Quantity.decimal(.seconds($0), digits: $0 < 9.95 ? 1 : 0) + "/s" } ?? "–"
    let isStalled = isStalled(session)
    return start + [
      "\(event) \(Quantity.count(stream.messages))\(isStalled ? " ▲" : "")",
      stream.firstMessageAfter.map { seconds($0) } ?? "–",
      isStalled ? "stopped" : stream.isEnded == true ? "done" : rate,
      seconds(clock - stream.last), heartbeat,
    ]
  }

  /// Whether a finding says that the session's stream stands still.
  private func isStalled(_ session: OpenSession) -> Bool {
    state.status.findings.contains { entry in
      entry.finding.id == "stalled-stream" && entry.finding.until == nil
        && entry.finding.connections.contains(where: session.connections.contains)
    }
  }

  private func colored(_ line: String, _ session: OpenSession) -> String {
    isStalled(session) ? ink.paint(line, .bold) : line
  }

  /// `0.4 s`, `12 s`; what the clock's lag would make negative is nothing.
  private func seconds(_ interval: Interval) -> String {
    let positive = max(.zero, interval)
    return Quantity.decimal(positive, digits: positive < .seconds(10) ? 1 : 0) + " s"
  }
}
