import Analysis
import Packets

/// What a ticket has beyond one run's report.
package struct ReportExtras: Sendable {
  /// What TCP did, for the picture.
  package var marks: [TransportMark] = []
  /// Such marks beyond the limit.
  package var marksLeftOut = 0
  package var log: [LogLine] = []
  /// What redaction removed, by kind; `nil` where nothing was to be removed.
  package var removed: [(kind: String, count: Int)]?
  /// Sentences about what narrows the report: a span of time, one session.
  package var scope: [String] = []

  package init() {}
}

/// A line of a program's log whose time could be read.
package struct LogLine: Sendable {
  package var time: Timestamp
  /// The file that it is from.
  package var source: String
  package var text: String

  package init(time: Timestamp, source: String, text: String) {
    self.time = time
    self.source = source
    self.text = text
  }
}
