import Analysis
import Packets

/// A timeline with the lines of logs among the messages, in the order of time.
package struct LoggedTimeline: ~Copyable {
  private var timeline: Timeline
  private var log: ArraySlice<LogLine>
  private let epoch: Timestamp
  private var hasHeading = false
  private var text = TextBuffer()
  /// Bytes that are gathered before they are handed on.
  private static let pieceLength = 64 << 10

  package init(_ report: Report, _ log: [LogLine]) {
    timeline = Timeline(epoch: report.epoch, captureCount: report.captures.count)
    self.log = log[...]
    epoch = report.epoch
  }

  /// Takes the next message; gives the lines that are certain once they are worth a call.
  package mutating func add(_ message: MessageRecord) -> [UInt8] {
    writeHeading()
    if let line = log.first, line.time <= message.at.time {
      timeline.finish(to: &text)
      while let line = log.first, line.time <= message.at.time {
        text.append(Timeline.logLine(log.removeFirst(), epoch: epoch))
      }
    }
    timeline.add(message, to: &text)
    return text.count < LoggedTimeline.pieceLength ? [] : text.take()
  }

  /// Gives the lines that were held back, those of logs after the last message, and how many messages were left out.
  package mutating func finish(leftOut: Int = 0) -> [UInt8] {
    writeHeading()
    timeline.finish(to: &text)
    while let line = log.popFirst() { text.append(Timeline.logLine(line, epoch: epoch)) }
    if leftOut > 0 {
      let verb = leftOut == 1 ? "is" : "are"
      text.append("\n\(Quantity.count(leftOut, "message")) \(verb) left out; --message-limit all lists all.\n")
    }
    return text.take()
  }

  private mutating func writeHeading() {
    if !hasHeading { text.append(timeline.heading()) }
    hasHeading = true
  }
}
