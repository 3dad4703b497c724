import Analysis
import Packets

/// A timeline with the lines of logs among the messages, in the order of time.
package struct LoggedTimeline {
  private var timeline: Timeline
  private var log: ArraySlice<LogLine>
  private let epoch: Timestamp
  private var hasHeading = false

  package init(_ report: Report, _ log: [LogLine]) {
    timeline = Timeline(epoch: report.epoch, captureCount: report.captures.count)
    self.log = log[...]
    epoch = report.epoch
  }

  /// Takes the next message; gives the lines that are certain now, or nothing.
  package mutating func add(_ message: MessageRecord) -> String {
    var text = heading()
    if let line = log.first, line.time <= message.at.time {
      text += timeline.finish()
      while let line = log.first, line.time <= message.at.time {
        text += Timeline.logLine(log.removeFirst(), epoch: epoch)
      }
    }
    return text + timeline.add(message)
  }

  /// Gives the lines that were held back, and those of logs after the last message.
  package mutating func finish() -> String {
    var text = heading() + timeline.finish()
    while let line = log.popFirst() { text += Timeline.logLine(line, epoch: epoch) }
    return text
  }

  private mutating func heading() -> String {
    if hasHeading { return "" }
    hasHeading = true
    return timeline.heading()
  }
}
