import Analysis
import Bytes
import Diagnosis
import Packets

/// A timeline with a line for each finding that is shown, where it begins.
///
/// Bytes are handed on many at once, and lent: who wants to keep them copies them.
package struct MarkedTimeline: ~Copyable {
  private var timeline: Timeline
  private var marks: ArraySlice<Finding>
  private var text = TextBuffer()
  /// Bytes that are gathered before they are handed on.
  private static let pieceLength = 256 << 10

  package init(_ report: Report, options: TextOptions = TextOptions()) {
    timeline = Timeline(epoch: report.epoch, captureCount: report.captures.count, options: options)
    marks = TextReport(report, options: options).shownFindings.sorted { $0.at.time < $1.at.time }[...]
    text.append(timeline.heading())
  }

  /// Takes the next message.
  package mutating func write<Failure>(
    _ message: MessageRecord, to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    if let mark = marks.first, mark.at.time < message.at.time {
      timeline.finish(to: &text)
      while let mark = marks.first, mark.at.time < message.at.time {
        text.append(timeline.mark(of: mark))
        marks.removeFirst()
      }
    }
    timeline.add(message, to: &text)
    try text.bytes.handOn(atLeast: MarkedTimeline.pieceLength, keeping: timeline.uncertain, to: sink)
  }

  /// Writes the lines that were held back, and those of findings behind the last message.
  package mutating func finish<Failure>(to sink: (RawSpan) throws(Failure) -> Void) throws(Failure) {
    timeline.finish(to: &text)
    for mark in marks { text.append(timeline.mark(of: mark)) }
    marks = []
    try text.bytes.handOn(to: sink)
  }
}
