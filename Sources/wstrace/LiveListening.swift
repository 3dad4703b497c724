import Analysis
import ArgumentParser
import Diagnosis
import Glibc
import Live
import Packets
import Reports

/// Chooses who listens to a live capture.
enum LiveListening {
  /// Whether a screen is shown: on a terminal, where no format was asked for.
  static func isScreen(_ output: OutputOptions) -> Bool {
    output.chosenFormat == nil && output.output == nil && LiveTerminal.isUsable(output: STDOUT_FILENO)
  }

  static func listener(_ output: OutputOptions, _ sink: consuming OutputFile) -> any LiveListener {
    let sink = LiveOutput(sink)
    if isScreen(output) { return LiveScreen(output, sink) }
    return switch output.format {
    case .text: LiveLines(output, sink)
    case .json, .html, .markdown, .har: LiveDocument(output, sink)
    case .ndjson: LiveRecords(sink)
    }
  }
}

/// One line for each finding, with `--timeline` for each message too, and the summary at the end.
final class LiveLines: LiveListener {
  private var output: OutputOptions
  private let sink: LiveOutput
  private let options: TextOptions
  private let showsMessages: Bool
  private var timeline: Timeline?
  private var captures = 1

  init(_ output: OutputOptions, _ sink: LiveOutput) {
    self.output = output
    showsMessages = output.timeline
    // What was shown as it came is not shown again at the end.
    self.output.timeline = false
    options = sink.textOptions(output)
    self.sink = sink
  }

  func begin(_ status: LiveStatus) {
    Diagnostics.say("capturing on \(status.interfaces.joined(separator: ", ")); Ctrl-C ends it")
    captures = status.interfaces.count
  }

  func tell(_ events: [TraceEvent], epoch: Timestamp?) throws {
    guard showsMessages, let epoch else { return }
    var text = ""
    if timeline == nil {
      let beginning = Timeline(epoch: epoch, captureCount: captures, options: options)
      text = beginning.heading()
      timeline = consume beginning
    }
    let messages = events.lazy.compactMap { if case .message(let message) = $0 { message } else { nil } }
    text += timeline?.lines(of: messages) ?? ""
    try sink.write(Array(text.utf8))
  }

  func tell(_ changes: [FindingLedger.Change], _ status: LiveStatus) throws {
    guard let epoch = status.epoch else { return }
    let line = FindingLine(options: options, epoch: epoch)
    for text in changes.compactMap(line.text) { try sink.write(Array((text + "\n").utf8)) }
  }

  func end(_ report: Report) throws { try sink.write(report, output) }
}

/// One document at the end, and nothing before it.
final class LiveDocument: LiveListener {
  private let output: OutputOptions
  private let sink: LiveOutput

  init(_ output: OutputOptions, _ sink: LiveOutput) {
    self.output = output
    self.sink = sink
  }

  func begin(_ status: LiveStatus) {}
  func tell(_ events: [TraceEvent], epoch: Timestamp?) {}
  func tell(_ changes: [FindingLedger.Change], _ status: LiveStatus) {}
  func end(_ report: Report) throws { try sink.write(report, output) }
}

/// A line of JSON for each record, written as it becomes known.
final class LiveRecords: LiveListener {
  private let sink: LiveOutput
  private var lines = NDJSON(captureCount: 1)

  init(_ sink: LiveOutput) { self.sink = sink }

  func begin(_ status: LiveStatus) { lines = NDJSON(captureCount: status.interfaces.count) }

  func tell(_ events: [TraceEvent], epoch: Timestamp?) throws {
    guard let epoch, !events.isEmpty else { return }
    lines.epoch = epoch
    for event in events { lines.event(event) }
    try sink.write(lines.take())
  }

  func tell(_ changes: [FindingLedger.Change], _ status: LiveStatus) throws {
    guard let epoch = status.epoch, !changes.isEmpty else { return }
    lines.epoch = epoch
    for change in changes {
      switch change {
      case .appeared(let finding), .changed(let finding, _): lines.finding(finding)
      case .withdrawn(let finding): lines.finding(finding, isWithdrawn: true)
      }
    }
    try sink.write(lines.take())
  }

  func tell(_ statistics: Statistics, _ status: LiveStatus) throws {
    guard let epoch = status.epoch else { return }
    lines.epoch = epoch
    lines.statistics(at: status.clock, statistics.counts)
    try sink.write(lines.take())
  }

  func end(_ report: Report) throws {
    lines.epoch = report.epoch
    for capture in report.captures { lines.capture(capture) }
    lines.end(report)
    try sink.write(lines.take())
    try sink.finish()
  }
}
