import Analysis
import Packets

/// A message's line in a timeline: when, on which connection, from whom, in which packet, and what.
struct TimelineLine {
  let epoch: Timestamp
  let hasSeveralCaptures: Bool
  let options: TextOptions

  /// Appends the line, and its end.
  ///
  /// - Parameters:
  ///   - message: the message, or one of a run.
  ///   - gap: the time since the message before.
  ///   - run: how many equal events the packet carries.
  ///   - text: where the line goes.
  func write(_ message: borrowing MessageRecord, gap: Interval?, run: Int, to text: inout TextBuffer) {
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

  private func writeColumns(of message: borrowing MessageRecord, gap: Interval?, run: Int, to text: inout TextBuffer) {
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
