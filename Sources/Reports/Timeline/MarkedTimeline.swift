import Analysis
import Diagnosis
import Packets

/// A timeline with a line for each finding that is shown, where it begins.
package struct MarkedTimeline: ~Copyable {
  private var timeline: Timeline
  private var marks: ArraySlice<Finding>
  private var text = TextBuffer()
  /// Bytes that are gathered before they are handed on.
  private static let pieceLength = 64 << 10

  package init(_ report: Report, options: TextOptions = TextOptions()) {
    timeline = Timeline(epoch: report.epoch, captureCount: report.captures.count, options: options)
    marks = TextReport(report, options: options).shownFindings.sorted { $0.at.time < $1.at.time }[...]
    text.append(timeline.heading())
  }

  /// Takes the next message; gives the lines that are certain once they are worth a call.
  package mutating func add(_ message: MessageRecord) -> [UInt8] {
    if let mark = marks.first, mark.at.time < message.at.time {
      timeline.finish(to: &text)
      while let mark = marks.first, mark.at.time < message.at.time {
        text.append(timeline.line(of: mark))
        marks.removeFirst()
      }
    }
    timeline.add(message, to: &text)
    return text.count < MarkedTimeline.pieceLength ? [] : text.take()
  }

  /// Gives the lines that were held back, and those of findings behind the last message.
  package mutating func finish() -> [UInt8] {
    timeline.finish(to: &text)
    for mark in marks { text.append(timeline.line(of: mark)) }
    marks = []
    return text.take()
  }
}
