import Analysis
import Packets
import Reports

extension Ticket {
  /// Writes all files of a ticket; the manifest, which has their hashes, comes last.
  func writeFiles(to folder: ReportFolder, logs: [AttachedLog]) throws {
    try gather(logs, to: folder)
    var manifest = Manifest(version: report.version, commandLine: commandLine)
    try writeEvidence(to: folder, &manifest)
    try folder.write("report.html") { sink in try write(.html, to: sink) }
    try folder.write("summary.md") { sink in try write(.markdown, to: sink) }
    try folder.write("timeline.txt") { sink in try writeTimeline(to: sink) }
    try folder.write("trace.json") { sink in try writeTrace(to: sink) }
    manifest.captures = identities
    manifest.scope = extras.scope
    manifest.removed = extras.removed
    manifest.files = folder.files.sorted { $0.name < $1.name }
    try folder.write("manifest.json") { sink in try sink(manifest.bytes()) }
  }

  /// Writes the report in one file.
  func write(_ format: ReportFormat, to sink: ([UInt8]) throws -> Void) throws {
    switch format {
    case .html:
      var page = HTMLReport(report, extras: extras)
      try forEachMessage { page.add($0) }
      try sink(page.bytes())
    case .markdown:
      var summary = MarkdownReport(report, extras: extras)
      try forEachMessage { summary.add($0) }
      try sink(Array(summary.text().utf8))
    }
  }

  /// The arguments, of which a redacted report shows no folder and no key.
  private var commandLine: [String] {
    let arguments = ["wstrace"] + CommandLine.arguments.dropFirst()
    guard redactor != nil else { return arguments }
    return arguments.map(CapturePath.name)
  }

  private var identities: [Manifest.CaptureIdentity] {
    zip(inputs, report.captures).map { input, capture in
      let identity = input.identity
      return Manifest.CaptureIdentity(
        path: capture.path, bytes: identity?.bytes, sha256: identity?.sha256, packets: capture.packets,
        firstPacket: capture.firstPacket?.utcText(fractionDigits: capture.fractionDigits))
    }
  }

  /// Messages and lines of logs, in the order of time.
  private func writeTimeline(to sink: ([UInt8]) throws -> Void) throws {
    var timeline = Timeline(epoch: report.epoch, captureCount: report.captures.count)
    var text = timeline.heading()
    var log = extras.log[...]
    try forEachMessage { message in
      if let line = log.first, line.time <= message.at.time {
        text += timeline.finish()
        while let line = log.first, line.time <= message.at.time {
          text += Timeline.logLine(log.removeFirst(), epoch: report.epoch)
        }
      }
      text += timeline.add(message)
      if text.utf8.count > 1 << 16 {
        try sink(Array(text.utf8))
        text = ""
      }
    }
    text += timeline.finish()
    for line in log { text += Timeline.logLine(line, epoch: report.epoch) }
    try sink(Array(text.utf8))
  }

  private func writeTrace(to sink: ([UInt8]) throws -> Void) throws {
    var document = JSONDocument(report, listsMessages: true)
    try sink(document.head(report))
    var pending: [UInt8] = []
    try forEachMessage { message in
      pending += document.message(message)
      if pending.count > 1 << 16 {
        try sink(pending)
        pending.removeAll(keepingCapacity: true)
      }
    }
    try sink(pending + document.tail())
  }
}
