import Analysis
import Diagnosis
import Packets

/// `summary.md`: what fits into a comment of GitHub or Jira.
///
/// Give it the report, then each message in the order of time, then ask for ``text()``. The verdict is in the first three
/// lines; what does not fit below ``limit`` is left out and said.
package struct MarkdownReport {
  /// Characters of a comment that both trackers take.
  package static let limit = 30_000
  /// Findings with their own section.
  private static let mostFindings = 12
  /// Findings that the first lines name beside the worst.
  private static let mostNamed = 4

  let report: Report
  let extras: ReportExtras
  let verdict: ReportVerdict
  private var excerpts: [TimelineExcerpt]
  /// The excerpts that show a connection's messages, and those that show all.
  private var byConnection: [Int: [Int]] = [:]
  private var everywhere: [Int] = []

  package init(_ report: Report, extras: ReportExtras = ReportExtras()) {
    self.report = report
    self.extras = extras
    verdict = ReportVerdict(report)
    excerpts = verdict.faults.prefix(MarkdownReport.mostFindings).map { TimelineExcerpt(around: $0) }
    for (index, excerpt) in excerpts.enumerated() {
      if excerpt.connections.isEmpty { everywhere.append(index) }
      for connection in excerpt.connections { byConnection[connection, default: []].append(index) }
    }
  }

  /// Takes the next message.
  package mutating func add(_ message: MessageRecord) {
    guard !excerpts.isEmpty, RecordWriter.isMessage(message) else { return }
    for index in everywhere { excerpts[index].add(message) }
    for index in byConnection[message.connection] ?? [] { excerpts[index].add(message) }
  }

  /// The whole text.
  package func text() -> String {
    let head = self.head
    var optional = sections
    var text = head + optional.joined(separator: "\n")
    var dropped = 0
    // The last sections are the least needed; the head alone is always short.
    while text.count > MarkdownReport.limit - 200, !optional.isEmpty {
      optional.removeLast()
      dropped += 1
      text = head + optional.joined(separator: "\n")
    }
    if dropped > 0 {
      text += "\n*\(Quantity.count(dropped, "section")) left out to keep this short; report.html has all of it.*\n"
    }
    return String(text.prefix(MarkdownReport.limit - 1))
  }

  /// The verdict, and what was captured.
  private var head: String {
    var lines: [String] = []
    if let worst = verdict.faults.first {
      lines.append("**\(worst.severity.mark) \(MarkdownText.prose(verdict.headline))**")
      let first = worst.detail.split(separator: "\n").first.map(String.init) ?? ""
      let more = also(verdict.faults.dropFirst(), "Also: ")
      lines.append("\(MarkdownText.prose(DisplayWidth.cut(first, to: 600)))\(more.isEmpty ? "" : " " + more)  ")
      lines.append("**Fix:** \(fix(of: worst))")
    } else {
      lines.append("**✔ \(MarkdownText.prose(verdict.headline))**  ")
      let notices = also(verdict.ranked[...], "")
      lines.append(notices.isEmpty ? MarkdownText.prose(verdict.counts) : notices)
    }
    lines.append("")
    lines.append(MarkdownText.prose(captureLine))
    for note in extras.scope { lines.append("\n" + MarkdownText.prose(note)) }
    return lines.joined(separator: "\n") + "\n\n"
  }

  /// Further findings in one line: what is wrong with a capture limits what can be said, and two faults may have one root.
  private func also(_ findings: ArraySlice<Finding>, _ word: String) -> String {
    guard !findings.isEmpty else { return "" }
    var parts = findings.prefix(MarkdownReport.mostNamed).map { finding in
      let names = finding.explains.map(\.rawValue).joined(separator: ", ")
      let explained = names.isEmpty ? "" : " (explains \(names))"
      return MarkdownText.prose("\(finding.severity.mark) \(finding.id): \(finding.title)\(explained)")
    }
    if findings.count > parts.count { parts.append("\(Quantity.count(findings.count - parts.count)) more") }
    return word + parts.joined(separator: "; ")
  }

  private func fix(of finding: Finding) -> String {
    let line = finding.remedy.split(separator: "\n").first.map(String.init) ?? ""
    return MarkdownText.prose(DisplayWidth.cut(line, to: 600))
  }

  private var captureLine: String {
    let packets = report.captures.reduce(0) { $0 &+ $1.packets }
    let names = report.captures.map(\.path).joined(separator: ", ")
    let digits = report.captures.first?.fractionDigits ?? 6
    return "\(verdict.counts) in \(names): \(Quantity.count(packets, "packet")), "
      + "\(Quantity.count(report.connections.count, "connection")), \(Quantity.count(report.sessions.count, "session")). "
      + "Times are seconds since \(report.epoch.utcText(fractionDigits: digits)). wstrace \(report.version)."
  }

  private var sections: [String] {
    var sections = [evidenceTable, environmentTable].filter { !$0.isEmpty }
    for (finding, excerpt) in zip(verdict.faults, excerpts) { sections.append(section(of: finding, excerpt)) }
    if let diagram = MermaidSequence(report, verdict.faults.first).text {
      sections.insert(diagram, at: min(3, sections.count))
    }
    if let removed = removedLine { sections.append(removed) }
    return sections
  }

  private var evidenceTable: String {
    let shown = verdict.faults.isEmpty ? verdict.ranked : verdict.faults
    guard !shown.isEmpty else { return "" }
    var text =
      "## Evidence\n\n| | finding | when | packets | points at | measured |\n| --- | --- | --- | --- | --- | --- |\n"
    for finding in shown.prefix(MarkdownReport.mostFindings) { text += row(of: finding) }
    let rest = shown.count - MarkdownReport.mostFindings
    if rest > 0 { text += "\n… and \(Quantity.count(rest)) more.\n" }
    return text
  }

  private func row(of finding: Finding) -> String {
    let packets = finding.packets.prefix(4).map { String($0.number) }.joined(separator: ", ")
    let more = finding.packets.count > 4 ? ", …" : ""
    let blame = finding.blameDetail.map { "\(finding.blame.rawValue) (\($0.rawValue))" } ?? finding.blame.rawValue
    let measured = finding.evidence.prefix(5).map { name, value in
      "\(name) \(EvidenceText.text(value, limit: 40))"
    }.joined(separator: ", ")
    let count = finding.count > 1 ? " × \(Quantity.count(finding.count))" : ""
    let cells = [
      finding.severity.mark, MarkdownText.code(finding.id.rawValue) + count, span(of: finding), packets + more, blame,
      MarkdownText.prose(measured),
    ]
    return "| " + cells.joined(separator: " | ") + " |\n"
  }

  private func span(of finding: Finding) -> String {
    let start = Quantity.decimal(finding.at.time - report.epoch, digits: 3) + " s"
    guard let until = finding.until, until.time > finding.at.time else { return start }
    return "\(start) – \(Quantity.decimal(until.time - report.epoch, digits: 3)) s"
  }

  private func section(of finding: Finding, _ excerpt: TimelineExcerpt) -> String {
    var text = "## \(MarkdownText.code(finding.id.rawValue)): \(MarkdownText.prose(finding.title))\n\n"
    text +=
      finding.detail.split(separator: "\n").map { MarkdownText.prose(String($0)) }.joined(separator: "\n\n") + "\n\n"
    let remedy = finding.remedy.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    text += "**Fix:** \(fix(of: finding))\n\n"
    if remedy.count > 1 { text += MarkdownText.block(remedy.dropFirst().map(Sanitizer.visible)) + "\n" }
    if let filter = DisplayFilter.text(for: finding) { text += "Wireshark: \(MarkdownText.code(filter))\n\n" }
    let lines = excerpt.lines(report)
    if !lines.isEmpty { text += MarkdownText.block(lines) }
    return text
  }

  private var removedLine: String? {
    guard let removed = extras.removed else { return nil }
    let list = removed.map { "\(Quantity.count($0.count)) × \($0.kind)" }.joined(separator: ", ")
    return "*Redacted: \(MarkdownText.prose(list.isEmpty ? "nothing had to be removed" : list)).*\n"
  }
}
