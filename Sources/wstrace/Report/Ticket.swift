import Analysis
import Capture
import Packets
import Redaction
import Reports

/// All that one run found out, for the files of a ticket.
///
/// What leaves the house is in `report` and in the spool, both redacted where that is wanted; `original` is only looked
/// into to find packets again.
final class Ticket {
  let inputs: [InputCopy]
  let original: Report
  private(set) var report: Report
  private(set) var extras = ReportExtras()
  let analysis: AnalysisOptions
  let scope: ReportScope
  private let spool: MessageSpool
  /// Which messages the long documents list.
  private(set) var selection = MessageSelection()
  private(set) var redactor: Redactor?
  let hasUnreadableInput: Bool
  let comparison: CaptureComparison?
  /// Where most summaries are, of very many.
  let overflow: OverflowFile

  /// What a run over the captures gave.
  struct Findings {
    var report: Report
    var overflow: OverflowFile
    var marks: [TransportMark] = []
    var marksLeftOut = 0
    var hasUnreadableInput = false
    var comparison: CaptureComparison?
  }

  init(
    _ found: Findings, inputs: [InputCopy], spool: MessageSpool, scope: ScopeOptions, analysis: AnalysisOptions
  ) throws {
    self.inputs = inputs
    self.spool = spool
    self.analysis = analysis
    hasUnreadableInput = found.hasUnreadableInput
    comparison = found.comparison
    overflow = found.overflow
    var whole = found.report
    for index in whole.captures.indices {
      if let input = inputs.first(where: { $0.path == whole.captures[index].path }) {
        whole.captures[index].path = input.name
      }
    }
    self.scope = try ReportScope(scope, in: whole)
    original = self.scope.narrowed(whole)
    report = original
    extras.scope = self.scope.notes
    extras.marks = found.marks.filter(self.scope.includes)
    extras.marksLeftOut = found.marksLeftOut
    if Interruption.isRequested { extras.scope.append("The reading was interrupted: what came later is not shown.") }
    redactor = spool.redactor
    if var redactor {
      report = redactor.redact(original)
      self.redactor = redactor
    }
  }

  /// Reads the logs for their times; copies them where there is a folder.
  func gather(_ logs: [AttachedLog], to folder: ReportFolder? = nil) throws {
    var lines: [LogLine] = []
    for (index, log) in logs.enumerated() {
      if let folder {
        let name = AttachmentName.safe(log.name, index)
        try folder.write(name) { sink in try log.copy(redactor: &redactor, lines: &lines, to: sink) }
      } else {
        try log.copy(redactor: &redactor, lines: &lines) { _ in }
      }
    }
    extras.log = lines.filter { scope.includes($0.time) }.sorted { $0.time < $1.time }
    extras.removed = redactor.map { $0.removals.list.map { ($0.kind.name, $0.count) } }
  }

  /// Adds a sentence on what is not shown.
  func note(_ sentence: String) { extras.scope.append(sentence) }

  /// Chooses the messages that the long documents list, and says so where it is not all of them.
  func select(atMost limit: Int) throws {
    var counts = spool.counts
    if counts.reduce(0, { $0 + Int($1) }) <= limit { return }
    if !scope.isWhole {
      counts = [UInt32](repeating: 0, count: counts.count)
      try forEachMessage { counts[$0.connection] += 1 }
    }
    selection = MessageSelection(limit: limit, counts: counts, flagged: flaggedInOrder, findings: report.findings)
    if selection.isComplete { return }
    let total = Quantity.count(counts.reduce(0) { $0 + Int($1) })
    extras.scope.append(
      """
      timeline.txt and trace.json list no more than \(Quantity.count(limit)) of the \(total) messages, those of \
      connections with findings first; --message-limit all lists all.
      """)
  }

  /// The messages that are shown, in their order.
  func forEachMessage(_ body: (MessageRecord) throws -> Void) throws {
    if scope.isWhole { return try spool.forEach(body) }
    try spool.forEach { message in
      if scope.includes(message) { try body(message) }
    }
  }
}

/// Names of attached files in a folder that has files of its own.
enum AttachmentName {
  static func safe(_ name: String, _ index: Int) -> String {
    let kept = name.unicodeScalars.map { scalar -> Character in
      let isSafe = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
      return isSafe || scalar == "." || scalar == "-" || scalar == "_" ? Character(scalar) : "_"
    }
    return "attachment-\(index + 1)-\(String(kept).prefix(100))"
  }
}
