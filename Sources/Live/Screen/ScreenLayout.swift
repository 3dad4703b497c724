import Analysis
import Diagnosis
import Packets
import Reports

/// The lines of the screen for a state and a size.
package struct ScreenLayout: Sendable {
  let state: ScreenState
  let width: Int
  let height: Int
  let ink: Ink
  private let options: TextOptions

  /// - Parameters:
  ///   - state: what is to be shown.
  ///   - width: the terminal's columns.
  ///   - height: the terminal's rows.
  ///   - options: colour, and how times are shown.
  package init(_ state: ScreenState, width: Int, height: Int, options: TextOptions) {
    self.state = state
    self.width = max(20, width)
    self.height = max(5, height)
    self.options = options
    ink = Ink(isOn: options.color)
  }

  /// As many lines as the terminal has rows, none wider than it.
  package func lines() -> [String] {
    let body =
      switch state.view {
      case .overview: overview
      case .proof(let number, let line): proof(number, from: line)
      }
    let room = height - 2
    let shown = Array(body.prefix(room))
    return [title] + shown + [String](repeating: "", count: room - shown.count) + [keys]
  }

  /// The first line; what is least missed makes room on a narrow terminal.
  private var title: String {
    let status = state.status
    let place = status.interfaces.map(Sanitizer.visible).joined(separator: ", ")
    let head = " \(state.isPaused ? "PAUSED · " : "")\(place)"
    let followed = status.followed.isEmpty ? "" : " · " + status.followed
    let clock = " · " + ScreenLayout.clock(status.running)
    let rates = ["\(Quantity.count(state.packetsPerSecond)) pkt/s", "\(Quantity.count(status.dropped)) dropped"]
    let connections = [Quantity.count(status.totals.openConnections) + " conn"]
    let rest = [Quantity.count(status.totals.openSessions, "session")] + kept
    let texts = [
      line(head + followed + clock, rates + connections + rest), line(head + clock, rates + connections + rest),
      line(head + clock, rates + rest), line(head, rates + rest),
    ]
    let text = texts.first { DisplayWidth.of($0) <= width } ?? cut(texts[texts.count - 1])
    return ink.paint(text, status.dropped > 0 ? .red : .bold)
  }

  private func line(_ head: String, _ facts: [String]) -> String {
    ([head] + facts).joined(separator: width < 100 ? "  " : "   ")
  }

  /// How much is saved, or kept in memory for the key that writes it.
  private var kept: [String] {
    let status = state.status
    if let saved = status.savedBytes {
      return ["\(Quantity.bytes(saved)) \(status.isRing ? "kept in ring" : "saved")"]
    }
    return status.keptBytes.map { ["\(Quantity.bytes($0)) kept"] } ?? []
  }

  /// The last line: what just happened, or the keys.
  private var keys: String {
    if let notice = state.notice { return ink.paint(cut(" \(notice.text)"), notice.isTrouble ? .red : .bold) }
    let pause = state.isPaused ? "p go on" : "p pause"
    let save = state.status.keptBytes == nil ? [] : ["w write capture"]
    let keys =
      switch state.view {
      case .overview:
        [pause, "↑↓ choose", "↵ proof", state.filter == nil ? "f this session only" : "f all sessions"] + save
      case .proof: ["↑↓ scroll", "↵ back", pause] + save
      }
    return dim(" " + (keys + ["q end"]).joined(separator: width < 100 ? "  " : "   "))
  }

  private var overview: [String] {
    let room = height - 2
    let findings = state.shownFindings
    let findingRows = min(findings.count, max(3, room / 4))
    let sessionRows = min(state.status.sessions.count, max(3, room / 2 - 2))
    var lines = sessions(rows: sessionRows)
    if findings.isEmpty {
      lines.append(ink.paint(cut(state.filter == nil ? " no fault so far" : " no fault in this session"), .green))
    } else {
      let first = max(0, min(state.row - state.status.sessions.count - findingRows + 1, findings.count - findingRows))
      for index in first..<first + findingRows { lines.append(row(findings[index], at: index)) }
      if findings.count > findingRows { lines.append(dim(" … \(Quantity.count(findings.count - findingRows)) more")) }
    }
    let messages = state.shownMessages.suffix(max(0, room - lines.count - 1))
    if !messages.isEmpty { lines.append(separator) }
    return lines + messages.map(row)
  }

  /// The line above the messages, which names the one session that is shown.
  private var separator: String {
    let name = state.filter.map { "─ only " + sessionName($0.sid, $0.connections.min()) + " " } ?? ""
    return dim(" " + name + String(repeating: "─", count: max(0, width - 2 - DisplayWidth.of(name))))
  }

  private func row(_ run: MessageRuns.Run) -> String {
    let message = run.latest
    let time = options.time.text(message.at.time, epoch: state.status.epoch ?? message.at.time)
    let arrow = message.direction == .clientToServer ? "⇢" : "⇠"
    let session = DisplayWidth.pad(sessionName(message.sid, message.connection), to: 9)
    let count = DisplayWidth.pad(run.count > 1 ? "\(Quantity.count(run.count)) ×" : "", to: 6, .right)
    return cut(
      " \(DisplayWidth.pad(time, to: 10, .right))  \(session)  \(arrow) \(count) \(MessageText(message).text)")
  }

  /// A session's `sid`, or a connection of it where no packet told that.
  func sessionName(_ sid: String?, _ connection: Int?) -> String {
    sid == nil ? connection.map { "#\($0)" } ?? "–" : Quantity.sid(sid)
  }

  private func row(_ entry: FindingLedger.Entry, at index: Int) -> String {
    let finding = entry.finding
    let age = ScreenLayout.age(state.status.clock - entry.appeared)
    let session = DisplayWidth.pad(sessionName(finding.sid, finding.connections.first), to: 9) + "  "
    let count = finding.count > 1 ? " × \(Quantity.count(finding.count))" : ""
    let head = "\(finding.severity.mark) \(DisplayWidth.pad(age, to: 5))  \(finding.id)"
    let text = cut(
      "\(mark(state.status.sessions.count + index))\(head)  \(session)\(Sanitizer.visible(finding.title))\(count)")
    if finding.until != nil { return text.prefix(1) + ink.paint(String(text.dropFirst()), .dim) }
    guard ink.isOn, text.dropFirst().hasPrefix(head) else { return text }
    return String(text.prefix(1)) + ink.paint(head, finding.severity.style) + text.dropFirst(1 + head.count)
  }

  private func proof(_ number: Int, from line: Int) -> [String] {
    guard let entry = state.status.findings.first(where: { $0.finding.number == number }) else {
      return [" This finding was taken back: what was missing came after all, or its cause was found."]
    }
    var options = options
    options.width = width
    options.color = false
    let lines = FindingText(entry.finding, options).lines().flatMap(broken)
    return Array(lines.dropFirst(min(line, max(0, lines.count - 1))))
  }

  /// A line that is to be copied, in pieces that fit the screen.
  private func broken(_ line: String) -> [String] {
    var pieces: [String] = []
    var piece = ""
    var used = 0
    for character in line {
      let columns = DisplayWidth.of(String(character))
      if used + columns > width {
        pieces.append(piece)
        (piece, used) = ("", 0)
      }
      piece.append(character)
      used += columns
    }
    return pieces + [piece]
  }

  /// What stands before a row: the cursor, where it is there.
  func mark(_ row: Int) -> String { row == state.row ? "›" : " " }

  func cut(_ text: String) -> String { DisplayWidth.cut(text, to: width) }

  func dim(_ text: String) -> String { ink.paint(cut(text), .dim) }

  /// `00:02:14`.
  static func clock(_ interval: Interval) -> String {
    let seconds = Int(max(0, interval.seconds))
    return [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
      .joined(separator: ":")
  }

  /// An age in few characters: `4 s`, `95 s`, `12 m`, `3 h`.
  static func age(_ interval: Interval) -> String {
    let seconds = Int(max(0, interval.seconds))
    if seconds < 120 { return "\(seconds) s" }
    return seconds < 7200 ? "\(seconds / 60) m" : "\(seconds / 3600) h"
  }
}
