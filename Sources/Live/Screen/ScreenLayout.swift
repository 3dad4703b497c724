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

  private var title: String {
    let status = state.status
    var facts = [
      "\(Quantity.count(state.packetsPerSecond)) pkt/s", "\(Quantity.count(status.dropped)) dropped",
      Quantity.count(status.totals.openConnections) + " conn", Quantity.count(status.totals.openSessions, "session"),
    ]
    if let saved = status.savedBytes {
      facts.append("\(Quantity.bytes(saved)) \(status.isRing ? "kept in ring" : "saved")")
    } else if let kept = status.keptBytes {
      facts.append("\(Quantity.bytes(kept)) kept")
    }
    let place = status.interfaces.map(Sanitizer.visible).joined(separator: ", ")
    let gap = width < 100 ? "  " : "   "
    let pause = state.isPaused ? "PAUSED · " : ""
    let followed = status.followed.isEmpty ? "" : " · " + status.followed
    let text = cut(
      " \(pause)\(place)\(followed) · \(ScreenLayout.clock(status.running))\(gap)\(facts.joined(separator: gap))")
    return ink.paint(text, status.dropped > 0 ? .red : .bold)
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
      lines.append(ink.paint(" no fault so far", .green))
    } else {
      let first = max(0, min(state.row - state.status.sessions.count - findingRows + 1, findings.count - findingRows))
      for index in first..<first + findingRows { lines.append(row(findings[index], at: index)) }
      if findings.count > findingRows { lines.append(dim(" … \(Quantity.count(findings.count - findingRows)) more")) }
    }
    let messages = state.shownMessages.suffix(max(0, room - lines.count - 1))
    if !messages.isEmpty {
      lines.append(dim(" " + String(repeating: "─", count: width - 2)))
      for message in messages {
        let time = options.time.text(message.at.time, epoch: state.status.epoch ?? message.at.time)
        let arrow = message.direction == .clientToServer ? "⇢" : "⇠"
        let session = DisplayWidth.pad(Quantity.sid(message.sid), to: 9)
        lines.append(
          cut(" \(DisplayWidth.pad(time, to: 10, .right))  \(session)  \(arrow)  \(MessageText(message).text)"))
      }
    }
    return lines
  }

  private func row(_ entry: FindingLedger.Entry, at index: Int) -> String {
    let finding = entry.finding
    let age = ScreenLayout.age(state.status.clock - entry.appeared)
    let session = finding.sid.map { Quantity.sid($0) + "  " } ?? ""
    let count = finding.count > 1 ? " × \(Quantity.count(finding.count))" : ""
    let head = "\(finding.severity.mark) \(DisplayWidth.pad(age, to: 5))  \(finding.id)"
    let text = cut(
      "\(mark(state.status.sessions.count + index))\(head)  \(session)\(Sanitizer.visible(finding.title))\(count)")
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
