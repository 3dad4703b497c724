import Analysis
import Bytes
import Diagnosis
import Packets
import SocketIO

/// The messages of a capture, one a line, as `--timeline` shows them.
///
/// Messages come one by one in the order of time, and their lines go to the end of one text. A packet that carries more
/// than three events of one name has one line (`token × 29 in one packet`), so that the last few lines are certain only
/// once the next message is known, or with ``finish(to:)``.
package struct Timeline: ~Copyable {
  /// From how many equal events in one packet on they share a line.
  private static let runThreshold = 4

  private let options: TextOptions
  private let line: TimelineLine
  private var previous: Timestamp?
  /// Equal events of one packet, the latest messages; `nil` where there are none.
  private var run: Run?
  private var runLength = 0
  /// How many bytes at the end of the text may still give way to another line.
  private(set) var uncertain = 0
  /// One message of a long run, which has one line for all of them.
  private var repeated: MessageRecord?

  package init(epoch: Timestamp, captureCount: Int = 1, options: TextOptions = TextOptions()) {
    self.options = options
    line = TimelineLine(epoch: epoch, hasSeveralCaptures: captureCount > 1, options: options)
  }

  /// The line of a finding, in the column of what the messages are.
  func mark(of finding: Finding) -> String {
    let indent = String(repeating: " ", count: 41)
    let line = "\(indent)\(finding.severity.mark) \(finding.id): \(Sanitizer.visible(finding.title))"
    return Ink(isOn: options.color).paint(
      options.width.map { DisplayWidth.cut(line, to: max(48, $0)) } ?? line, finding.severity.style) + "\n"
  }

  /// The names of the columns.
  package func heading() -> String {
    Ink(isOn: options.color).paint("      TIME       +GAP  CONN   DIR  PACKET", .dim) + "\n"
  }

  /// The lines of messages after which there is a pause, each ended by a newline.
  package mutating func lines(of messages: some Sequence<MessageRecord>) -> String {
    var text = TextBuffer()
    for message in messages { add(message, to: &text) }
    finish(to: &text)
    return text.takeText()
  }

  /// Appends the line of the next message.
  mutating func add(_ message: MessageRecord, to text: inout TextBuffer) {
    if let run, run.goesOn(with: message) {
      runLength &+= 1
      if runLength < Timeline.runThreshold {
        write(message, gap: Interval(nanoseconds: 0), to: &text)
      } else if repeated == nil {
        repeated = message
      }
      return
    }
    finish(to: &text)
    let gap = previous.map { message.at.time - $0 }
    previous = message.at.time
    run = Run(message, gap: gap)
    runLength = 1
    // Its line at once: to keep the message until it is certain would cost more.
    write(message, gap: gap, to: &text)
  }

  private mutating func write(_ message: MessageRecord, gap: Interval?, to text: inout TextBuffer) {
    let start = text.count
    line.write(message, gap: gap, run: 1, to: &text)
    uncertain += text.count - start
  }

  /// Makes the last lines certain.
  mutating func finish(to text: inout TextBuffer) {
    if let repeated, let run {
      text.bytes.truncate(to: text.count - uncertain)
      line.write(repeated, gap: run.gap, run: runLength, to: &text)
      self.repeated = nil
    }
    uncertain = 0
    run = nil
  }

  /// A line of a program's log, as it stands among the messages.
  package static func logLine(_ line: LogLine, epoch: Timestamp, style: TimeStyle = .relative) -> String {
    let time = DisplayWidth.pad(style.text(line.time, epoch: epoch), to: 10, .right)
    return "\(time)             log    \(Sanitizer.visible(line.source))  \(Sanitizer.visible(line.text))\n"
  }
}

/// Events of one packet whose lines would read the same but for what they carry.
private struct Run {
  private let at: PacketReference
  private let connection: Int
  private let direction: Direction
  private let socketType: SocketPacketType?
  private let namespace: String?
  private let event: String?
  private let isComplete: Bool
  /// Since the message before the run.
  let gap: Interval?

  init(_ message: borrowing MessageRecord, gap: Interval?) {
    at = message.at
    connection = message.connection
    direction = message.direction
    socketType = message.socket?.type
    namespace = message.socket?.namespace
    event = message.socket?.event
    isComplete = message.isComplete
    self.gap = gap
  }

  func goesOn(with message: borrowing MessageRecord) -> Bool {
    at == message.at && event != nil && connection == message.connection && direction == message.direction
      && socketType == message.socket?.type && event == message.socket?.event && namespace == message.socket?.namespace
      && isComplete && message.isComplete
  }
}
