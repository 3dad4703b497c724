import Analysis
import Diagnosis
import Packets

/// The messages of a capture, one a line, as `--timeline` shows them.
///
/// Messages come one by one in the order of time. The last few are held back, so that a packet which carries more than
/// three events of one name has one line (`token × 29 in one packet`); ``finish()`` gives them.
package struct Timeline: Sendable {
  /// From how many equal events in one packet on they share a line.
  private static let runThreshold = 4

  private let options: TextOptions
  private let epoch: Timestamp
  private let hasSeveralCaptures: Bool
  private var previous: Timestamp?
  /// Equal events of one packet: all of a short run, the first of a long one.
  private var pending: [MessageRecord] = []
  private var runLength = 0

  package init(epoch: Timestamp, captureCount: Int = 1, options: TextOptions = TextOptions()) {
    self.epoch = epoch
    hasSeveralCaptures = captureCount > 1
    self.options = options
  }

  /// The mark of a finding, in the column of what the messages are.
  func line(of finding: Finding) -> String {
    let indent = String(repeating: " ", count: 41)
    let line = "\(indent)\(finding.severity.mark) \(finding.id): \(Sanitizer.visible(finding.title))"
    return Ink(isOn: options.color).paint(
      options.width.map { DisplayWidth.cut(line, to: max(48, $0)) } ?? line, finding.severity.style) + "\n"
  }

  /// The names of the columns.
  package func heading() -> String {
    Ink(isOn: options.color).paint("      TIME       +GAP  CONN   DIR  PACKET", .dim) + "\n"
  }

  /// Takes the next message; gives the lines that are certain now, each ended by a newline, or nothing.
  package mutating func add(_ message: MessageRecord) -> String {
    var text = TextBuffer()
    add(message, to: &text)
    return text.takeText()
  }

  /// Gives the lines that were held back.
  package mutating func finish() -> String {
    var text = TextBuffer()
    finish(to: &text)
    return text.takeText()
  }

  mutating func add(_ message: MessageRecord, to text: inout TextBuffer) {
    // Looked at where it stands: a copy would cost more than the line.
    if !pending.isEmpty, Timeline.isSameRun(pending[0], message) {
      runLength &+= 1
      if runLength < Timeline.runThreshold { pending.append(message) }
      return
    }
    finish(to: &text)
    pending.append(message)
    runLength = 1
  }

  mutating func finish(to text: inout TextBuffer) {
    let isLong = runLength >= Timeline.runThreshold
    for index in 0..<(isLong ? 1 : pending.count) { write(pending[index], run: isLong ? runLength : 1, to: &text) }
    pending.removeAll(keepingCapacity: true)
    runLength = 0
  }

  /// A line of a program's log, as it stands among the messages.
  package static func logLine(_ line: LogLine, epoch: Timestamp, style: TimeStyle = .relative) -> String {
    let time = DisplayWidth.pad(style.text(line.time, epoch: epoch), to: 10, .right)
    return "\(time)             log    \(Sanitizer.visible(line.source))  \(Sanitizer.visible(line.text))\n"
  }

  private static func isSameRun(_ a: MessageRecord, _ b: MessageRecord) -> Bool {
    guard a.at == b.at, a.connection == b.connection, a.direction == b.direction else { return false }
    return a.socket?.event.map { $0 == b.socket?.event } ?? false
  }

  private mutating func write(_ message: MessageRecord, run: Int, to text: inout TextBuffer) {
    let gap = previous.map { message.at.time - $0 }
    previous = message.at.time
    guard let width = options.width else {
      writeColumns(of: message, gap: gap, run: run, to: &text)
      if let route = message.route {
        text.append("  ")
        text.append(route)
      }
      return text.append("\n")
    }
    var columns = TextBuffer()
    writeColumns(of: message, gap: gap, run: run, to: &columns)
    let line = columns.takeText()
    // The leg stays at the right edge; what gives way is the payload.
    let leg = message.route.map { "  \($0)" } ?? ""
    let room = max(48, width) - DisplayWidth.of(leg)
    let cut = DisplayWidth.cut(line, to: room)
    text.append(leg.isEmpty ? cut : DisplayWidth.pad(cut, to: room) + Ink(isOn: options.color).paint(leg, .dim))
    text.append("\n")
  }

  private func writeColumns(of message: MessageRecord, gap: Interval?, run: Int, to text: inout TextBuffer) {
    if options.time == .relative {
      text.append(seconds: message.at.time - epoch, unit: " s", toWidth: 10)
    } else {
      text.append(DisplayWidth.pad(options.time.text(message.at.time, epoch: epoch), to: 10, .right))
    }
    text.append("  ")
    if let gap { text.append(seconds: gap, sign: "+", toWidth: 9) } else { text.pad(from: text.count, to: 9) }
    text.append("  ")
    var start = text.count
    text.append("#")
    text.append(message.connection)
    text.pad(from: start, to: 5)
    text.append(message.direction == .clientToServer ? "  ⇢    " : "  ⇠    ")
    start = text.count
    if hasSeveralCaptures {
      text.append(message.at.capture)
      text.append(":")
    }
    text.append(message.at.number)
    text.pad(from: start, to: 6)
    text.append("  ")
    MessageText.write(message, run: run, to: &text)
  }
}

extension MessageRecord {
  /// From whom to whom on the way through a proxy; `nil` where there is one leg.
  fileprivate var route: StaticString? {
    let isRequest = direction == .clientToServer
    return switch leg {
    case .only: nil
    case .client: isRequest ? "client → proxy" : "proxy → client"
    case .upstream: isRequest ? "proxy → server" : "server → proxy"
    }
  }
}
