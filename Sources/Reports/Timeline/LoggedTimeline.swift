import Analysis
import Bytes
import Packets

/// A timeline with the lines of logs among the messages, in the order of time.
///
/// Bytes are handed on many at once, and lent: who wants to keep them copies them.
package struct LoggedTimeline: ~Copyable {
  private var timeline: Timeline
  private var log: ArraySlice<LogLine>
  private let epoch: Timestamp
  private var hasHeading = false
  private var text = TextBuffer()
  /// Bytes that are gathered before they are handed on.
  private static let pieceLength = 256 << 10

  package init(_ report: Report, _ log: [LogLine]) {
    timeline = Timeline(epoch: report.epoch, captureCount: report.captures.count)
    self.log = log[...]
    epoch = report.epoch
  }

  /// Takes the next message.
  package mutating func write<Failure>(
    _ message: MessageRecord, to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    writeHeading()
    if let line = log.first, line.time <= message.at.time {
      timeline.finish(to: &text)
      while let line = log.first, line.time <= message.at.time {
        text.append(Timeline.logLine(log.removeFirst(), epoch: epoch))
      }
    }
    timeline.add(message, to: &text)
    try text.bytes.handOn(atLeast: LoggedTimeline.pieceLength, keeping: timeline.uncertain, to: sink)
  }

  /// Writes the lines that were held back, those of logs after the last message, and how many messages were left out.
  package mutating func finish<Failure>(
    leftOut: Int = 0, to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    writeHeading()
    timeline.finish(to: &text)
    while let line = log.popFirst() { text.append(Timeline.logLine(line, epoch: epoch)) }
    if leftOut > 0 {
      let verb = leftOut == 1 ? "is" : "are"
      text.append("\n\(Quantity.count(leftOut, "message")) \(verb) left out; --message-limit all lists all.\n")
    }
    try text.bytes.handOn(to: sink)
  }

  private mutating func writeHeading() {
    if !hasHeading { text.append(timeline.heading()) }
    hasHeading = true
  }
}
