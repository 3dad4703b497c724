import Analysis
import Diagnosis
import Packets

/// The lines of `--format ndjson`: the objects of the JSON document, each with its `type`, as they become known.
///
/// Lines gather until ``take()``, so that a caller writes many at once.
package struct NDJSON: ~Copyable {
  private var records: RecordWriter

  /// From when times are counted; must be known before the first line.
  package var epoch: Timestamp {
    get { records.epoch }
    set { records.epoch = newValue }
  }

  /// - Parameters:
  ///   - epoch: from when times are counted, where it is known already.
  ///   - captureCount: how many captures the run reads.
  package init(epoch: Timestamp = Timestamp(nanoseconds: 0), captureCount: Int) {
    records = RecordWriter(epoch: epoch, captureCount: captureCount)
  }

  /// How many bytes wait to be taken.
  package var count: Int { records.json.count }

  /// Hands over the lines so far.
  package mutating func take() -> [UInt8] { records.json.take() }

  /// The line of an event that has one.
  package mutating func event(_ event: TraceEvent) {
    switch event {
    case .message(let message): self.message(message)
    case .connectionClosed(let connection): self.connection(connection)
    case .sessionClosed(let session): self.session(session)
    case .streamEnded(let stream): self.stream(stream)
    default: break
    }
  }

  package mutating func capture(_ capture: CaptureInfo) {
    records.write(capture, type: "capture")
    records.json.newline()
  }

  package mutating func connection(_ connection: ConnectionSummary) {
    records.write(connection, type: "connection")
    records.json.newline()
  }

  /// A message; nothing for a record of other HTTP.
  package mutating func message(_ message: MessageRecord) {
    guard RecordWriter.isMessage(message) else { return }
    records.write(message, type: "message")
    records.json.newline()
  }

  package mutating func session(_ session: SessionSummary) {
    records.write(session, type: "session")
    records.json.newline()
  }

  package mutating func stream(_ stream: StreamSummary) {
    records.write(stream, type: "stream")
    records.json.newline()
  }

  /// A finding's state; the same number again replaces the earlier one.
  package mutating func finding(_ finding: Finding, isWithdrawn: Bool = false) {
    records.write(finding, isWithdrawn: isWithdrawn, type: "finding")
    records.json.newline()
  }

  /// How a live capture stands: counts since it began, by name.
  package mutating func statistics(at time: Timestamp, _ counts: [(name: String, count: Int)]) {
    records.begin("statistics")
    records.json.field("at", time - records.epoch)
    for (name, count) in counts {
      records.json.key(name)
      records.json.number(count)
    }
    records.json.endObject()
    records.json.newline()
  }

  /// The last line: totals.
  package mutating func end(_ report: Report) {
    records.begin("end")
    records.json.field("schema", "wstrace/1")
    records.json.field("program", "wstrace \(report.version)")
    for severity in Severity.allCases.reversed() {
      records.json.key("\(severity.rawValue)s")
      records.json.number(report.findings(of: severity).count)
    }
    records.json.endObject()
    records.json.newline()
  }
}
