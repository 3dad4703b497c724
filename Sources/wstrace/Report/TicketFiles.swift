import Analysis
import Packets
import Reports

extension Ticket {
  /// Writes all files of a ticket; the manifest, which has their hashes, comes last.
  func writeFiles(to folder: ReportFolder, logs: [AttachedLog], _ hashes: InputHashes) throws {
    try gather(logs, to: folder)
    noteEvidenceLimit()
    var evidence = Evidence()
    // The longest document, with the messages as JSON, takes nearly as long as all others.
    try Concurrently.run([
      { evidence = try self.writeEvidence(to: folder) },
      { try self.writeTrace(to: folder) },
      { try self.writeReadable(to: folder) },
    ])
    if let error = overflow.failure { throw error }
    var manifest = Manifest(version: report.version, commandLine: commandLine)
    hashes.wait()
    manifest.captures = identities
    manifest.evidence = evidence.files
    manifest.leftOut = evidence.leftOut
    manifest.notFoundAgain = evidence.notFoundAgain
    manifest.scope = extras.scope
    manifest.removed = extras.removed
    manifest.files = folder.files
    try folder.write("manifest.json") { sink in try sink(manifest.bytes().span.bytes) }
  }

  /// Writes the report in one file.
  func write(_ format: ReportFormat, to sink: (RawSpan) throws -> Void) throws {
    switch format {
    case .html:
      var page = HTMLReport(report, extras: extras)
      try forEachMessage { page.add($0) }
      try page.write { piece in
        if let error = overflow.failure { throw error }
        try sink(piece)
      }
    case .markdown:
      var summary = MarkdownReport(report, extras: extras)
      try forEachMessage { summary.add($0) }
      let text = summary.text()
      if let error = overflow.failure { throw error }
      try sink(text.utf8Span.span.bytes)
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

  private func writeTrace(to folder: ReportFolder) throws {
    var document = JSONDocument(report, listsMessages: true)
    var selection = self.selection
    try folder.write("trace.json") { sink in
      try document.writeHead(report, to: sink)
      try forEachMessage { if selection.takes($0) { try document.write($0, to: sink) } }
      try document.finish(leftOut: selection.isComplete ? nil : selection.leftOut, to: sink)
    }
  }

  private func writeReadable(to folder: ReportFolder) throws {
    var page = HTMLReport(report, extras: extras)
    var summary = MarkdownReport(report, extras: extras)
    var timeline = LoggedTimeline(report, extras.log)
    var selection = self.selection
    try folder.write("timeline.txt") { sink in
      try forEachMessage { message in
        page.add(message)
        summary.add(message)
        if selection.takes(message) { try timeline.write(message, to: sink) }
      }
      try timeline.finish(leftOut: selection.leftOut, to: sink)
    }
    try folder.write("report.html") { sink in try page.write(to: sink) }
    try folder.write("summary.md") { sink in try sink(summary.text().utf8Span.span.bytes) }
  }
}
