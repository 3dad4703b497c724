import Analysis
import Capture
import Diagnosis
import Packets
import Redaction
import Reports

extension Ticket {
  /// The connections of findings, as many of each as are asked for, and the others of their sessions.
  private func flagged(atMost limit: Int = .max) -> Set<Int> {
    let findings = faults
    var flagged = Set(findings.flatMap { $0.connections.prefix(limit) })
    let sids = Set(
      findings.compactMap(\.sid) + original.connections.filter { flagged.contains($0.id) }.compactMap(\.sid))
    for connection in original.connections where connection.sid.map(sids.contains) == true {
      flagged.insert(connection.id)
    }
    return flagged
  }

  /// The findings that count: notices where there is nothing else.
  private var faults: [Finding] {
    let faults = original.findings.filter { $0.severity > .notice }
    return faults.isEmpty ? original.findings : faults
  }

  /// All of them, those of the worst finding first, and the others of the sessions last.
  var flaggedInOrder: [Int] {
    let all = flagged()
    let named = faults.flatMap(\.connections)
    return named + all.subtracting(named).sorted()
  }

  /// What the packets of flagged connections came to.
  struct Evidence {
    var files: [Manifest.EvidenceFile] = []
    var leftOut: [(reason: String, count: Int)] = []
    var notFoundAgain: [Manifest.LostFinding] = []
  }

  /// Says so where evidence is not of all connections: what befell very many is proven by some of them, and a ticket takes
  /// no more.
  func noteEvidenceLimit() {
    guard faults.contains(where: { $0.connections.count > RecordWriter.connectionLimit }) else { return }
    note(
      """
      evidence.pcap has the packets of the first \(RecordWriter.connectionLimit) connections of each finding, as \
      trace.json lists them.
      """)
  }

  /// Writes the packets of the connections that findings list, and looks what an analysis of them still finds.
  func writeEvidence(to folder: ReportFolder) throws -> Evidence {
    let ids = flagged(atMost: RecordWriter.connectionLimit)
    // What is wrong with a whole capture has no connections, and no evidence but the capture.
    guard !ids.isEmpty else { return Evidence(notFoundAgain: lost(in: [])) }
    var places: BlankedStreams?
    if let redactor {
      var pass = try BlankingPass(
        connections: ids, analysis: analysis, redactor: redactor, comparison: comparison)
      try pass.read(inputs)
      places = pass.streams
    }
    var writer = EvidenceWriter(
      connections: original.connections.filter { ids.contains($0.id) }, all: original.connections, streams: places,
      redactor: redactor, folder: folder.working)
    try writer.write(inputs, clocks: comparison?.clocks.corrections ?? [])
    let files = try writer.finish()
    for file in files { try folder.note(file.name) }
    return Evidence(
      files: files, leftOut: writer.leftOut, notFoundAgain: lost(in: files.map { "\(folder.working)/\($0.name)" }))
  }

  /// The findings that the evidence files do not show.
  private func lost(in paths: [String]) -> [Manifest.LostFinding] {
    var found: [String: Int] = [:]
    if !paths.isEmpty {
      var options = analysis
      options.wantsMessages = false
      options.wantsTransportMarks = false
      var run = CaptureRun(paths: paths, reader: ReaderOptions(), analysis: options)
      run.read(progress: ProgressLine(isQuiet: true))
      for finding in run.report().findings { found[Ticket.identity(finding), default: 0] += 1 }
    }
    let reason =
      paths.isEmpty
      ? "no single connection shows it, so that there is no evidence file"
      : redactor == nil
        ? "its packets are not those of flagged connections, or other connections are needed to see it"
        : "its payload is blanked, or other connections are needed to see it"
    return report.findings.compactMap { finding in
      let identity = Ticket.identity(finding)
      guard let count = found[identity], count > 0 else {
        return Manifest.LostFinding(number: finding.number, id: finding.id.rawValue, reason: reason)
      }
      found[identity] = count - 1
      return nil
    }
  }

  private static func identity(_ finding: Finding) -> String {
    "\(finding.id) \(finding.severity) \(finding.endpoints.map { "\($0.client) \($0.server)" } ?? "")"
  }
}
