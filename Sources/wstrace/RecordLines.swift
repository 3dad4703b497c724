import Analysis
import Packets
import Redaction
import Reports

/// The lines of `analyze --format ndjson`, each written when what it says has become known: a capture of any length takes no
/// memory for its messages, and what was decoded before an interruption has been written.
///
/// Where secrets are taken out, only messages are written at once. The rest waits until every name is known that is to be
/// found in it.
final class RecordLines {
  private var sink: OutputFile
  private var redactor: Redactor?
  private var lines: NDJSON
  /// Why nothing can be written any more.
  private(set) var failure: (any Error)?

  init(_ sink: consuming OutputFile, captureCount: Int, redactor: Redactor?) {
    self.sink = sink
    lines = NDJSON(captureCount: captureCount)
    self.redactor = redactor
  }

  /// Writes what has become known; times are counted from `epoch`.
  func tell(_ events: [TraceEvent], epoch: Timestamp) {
    guard failure == nil, !events.isEmpty else { return }
    lines.epoch = epoch
    for event in events {
      if redactor == nil {
        lines.event(event)
      } else if case .message(let message) = event, let clean = redactor?.redact(message) {
        lines.message(clean)
      }
    }
    do { try sink.write(lines.take()) } catch { failure = error }
  }

  /// Writes what only the end shows.
  func finish(_ report: Report) throws {
    if let failure { throw failure }
    let clean = redactor?.redact(report) ?? report
    lines.epoch = report.epoch
    for capture in clean.captures { lines.capture(capture) }
    if redactor != nil {
      for connection in clean.connections { lines.connection(connection) }
      for session in clean.sessions { lines.session(session) }
      for stream in clean.streams { lines.stream(stream) }
    }
    for finding in clean.findings { lines.finding(finding) }
    lines.end(clean)
    try sink.write(lines.take())
    try sink.finish()
  }
}
