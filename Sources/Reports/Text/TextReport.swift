import Analysis
import Diagnosis
import Packets

/// The report for people: what broke first, then what was there.
package struct TextReport {
  let report: Report
  let options: TextOptions
  let ink: Ink
  let totals: ConnectionTotals

  package init(_ report: Report, options: TextOptions = TextOptions()) {
    self.report = report
    self.options = options
    ink = Ink(isOn: options.color)
    totals = ConnectionTotals(report.connections)
  }

  /// The whole text, each line ended by a newline.
  package func text() -> String {
    var blocks = [[epochLine]]
    if let line = judgementLine { blocks.append(line) }
    for finding in shownFindings { blocks.append(FindingText(finding, options).lines()) }
    blocks.append(verdict)
    blocks.append(
      captureLines + clockLines + environmentLines + sessionLines + streamLines + upgradeLines + connectionLines
        + limitLines)
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  /// Errors first, then warnings, then notices where they are wanted; within them as they happened.
  var shownFindings: [Finding] {
    report.findings.filter { options.showsNotices || $0.severity > .notice }
      .sorted { ($1.severity, $0.at.time) < ($0.severity, $1.at.time) }
  }

  private var epochLine: String {
    let isEmpty = report.captures.allSatisfy { $0.firstPacket == nil } && !report.captures.isEmpty
    if isEmpty { return ink.paint("wstrace \(report.version)", .dim) }
    let digits = report.captures.first?.fractionDigits ?? 6
    let epoch = report.epoch.utcText(fractionDigits: digits)
    let text =
      switch options.time {
      case .relative: "wstrace \(report.version) · times are seconds since \(epoch)"
      case .utc: "wstrace \(report.version) · times are UTC, from \(epoch)"
      case .local: "wstrace \(report.version) · times are local, from \(epoch)"
      }
    return ink.paint(text, .dim)
  }

  /// A moment as the options want it.
  func time(_ reference: PacketReference) -> String { options.time.text(reference.time, epoch: report.epoch) }

  /// A table's lines after its label, with a last line for the rows that are left out.
  func section(_ label: String, _ lines: [String], leftOut: Int = 0) -> [String] {
    var lines = lines
    if leftOut > 0 { lines.append("… and \(Quantity.count(leftOut)) more") }
    return lines.enumerated().map { index, line in
      (index == 0 ? ink.paint(label, .bold) + String(repeating: " ", count: max(1, 12 - label.count)) : labelIndent)
        + line
    }
  }

  private var labelIndent: String { String(repeating: " ", count: 12) }

  /// The columns that a table has beside its label.
  var tableWidth: Int? { options.width.map { max(40, $0 - 12) } }
}
