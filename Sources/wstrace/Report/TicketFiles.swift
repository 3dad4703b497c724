import Analysis
import Packets
import Reports

extension Ticket {
  /// Writes all files of a ticket; the manifest, which has their hashes, comes last.
  func writeFiles(to folder: ReportFolder, logs: [AttachedLog]) throws {
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
    manifest.captures = identities
    manifest.evidence = evidence.files
    manifest.leftOut = evidence.leftOut
    manifest.notFoundAgain = evidence.notFoundAgain
    manifest.scope = extras.scope
    manifest.removed = extras.removed
    manifest.files = folder.files
    try folder.write("manifest.json") { sink in try sink(manifest.bytes()) }
  }

  /// Writes the report in one file.
  func write(_ format: ReportFormat, to sink: ([UInt8]) throws -> Void) throws {
    switch format {
    case .html:
      var page = HTMLReport(report, extras: extras)
      try forEachMessage { page.add($0) }
      let bytes = page.bytes()
      if let error = overflow.failure { throw error }
      try sink(bytes)
    case .markdown:
      var summary = MarkdownReport(report, extras: extras)
      try forEachMessage { summary.add($0) }
      let text = summary.text()
      if let error = overflow.failure { throw error }
      try sink(Array(text.utf8))
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
    let trace = try FolderFile("trace.json", in: folder)
    try document.writeHead(report) { try trace.append($0) }
    var selection = self.selection
    try forEachMessage { if selection.takes($0) { try trace.append(document.message($0)) } }
    try trace.append(document.tail(leftOut: selection.isComplete ? nil : selection.leftOut))
    try trace.finish()
  }

  private func writeReadable(to folder: ReportFolder) throws {
    var page = HTMLReport(report, extras: extras)
    var summary = MarkdownReport(report, extras: extras)
    var timeline = LoggedTimeline(report, extras.log)
    let text = try FolderFile("timeline.txt", in: folder)
    var selection = self.selection
    try forEachMessage { message in
      page.add(message)
      summary.add(message)
      if selection.takes(message) { try text.append(timeline.add(message)) }
    }
    try text.append(timeline.finish(leftOut: selection.leftOut))
    try text.finish()
    try folder.write("report.html") { sink in try sink(page.bytes()) }
    try folder.write("summary.md") { sink in try sink(Array(summary.text().utf8)) }
  }
}
