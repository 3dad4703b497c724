import Diagnosis
import Packets

/// A report's outcome in one line: the worst finding, or that there is none.
package struct ReportVerdict {
  /// Errors first, then warnings, then notices; within them the first that happened.
  package let ranked: [Finding]
  private let report: Report

  package init(_ report: Report) {
    self.report = report
    ranked = report.findings.sorted { ($1.severity, $0.at.time) < ($0.severity, $1.at.time) }
  }

  /// The findings that a person would open a ticket for.
  package var faults: [Finding] { ranked.filter { $0.severity > .notice } }

  /// What broke, or that nothing was seen to.
  package var headline: String {
    if let worst = faults.first { return "\(worst.id): \(worst.title)" }
    if report.connections.isEmpty { return "nothing to judge: no TCP connection on the followed ports" }
    return "no fault seen"
  }

  /// `1 error, 2 warnings, 3 notices`.
  package var counts: String {
    Severity.allCases.reversed().map { severity in
      Quantity.count(report.findings(of: severity).count, severity.rawValue)
    }.joined(separator: ", ")
  }
}
