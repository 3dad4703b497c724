import Diagnosis
import Packets
import Reports

/// A change among the findings as one line for a person.
package struct FindingLine: Sendable {
  private let options: TextOptions
  private let epoch: Timestamp
  private let ink: Ink

  package init(options: TextOptions, epoch: Timestamp) {
    self.options = options
    self.epoch = epoch
    ink = Ink(isOn: options.color)
  }

  /// The line without a newline; `nil` for a notice where notices are not shown.
  package func text(_ change: FindingLedger.Change) -> String? {
    switch change {
    case .appeared(let finding): line(finding, news: "")
    case .changed(let finding, let old): FindingLine.news(finding, old).flatMap { line(finding, news: $0) }
    case .withdrawn(let finding): line(finding, news: "taken back, it was not so: ")
    }
  }

  /// What is new about a finding; `nil` where a person would not care.
  private static func news(_ new: Finding, _ old: Finding) -> String? {
    if new.severity != old.severity { return "now \(new.severity == .error ? "an" : "a") \(new.severity.rawValue): " }
    if new.until != nil, old.until == nil { return "over: " }
    if new.blame != old.blame, new.blame != .unknown { return "looks like the \(new.blame.rawValue)'s doing: " }
    return new.count > old.count ? "again: " : nil
  }

  private func line(_ finding: Finding, news: String) -> String? {
    guard options.showsNotices || finding.severity > .notice else { return nil }
    let head = ink.paint("\(finding.severity.mark) \(finding.id)", finding.severity.style)
    let count = finding.count > 1 ? " × \(Quantity.count(finding.count))" : ""
    let session = finding.sid.map { "  session " + Quantity.sid($0) } ?? ""
    return options.time.text(finding.at.time, epoch: epoch) + "  \(head)  [\(finding.number)] \(news)"
      + Sanitizer.visible(finding.title) + count + session
  }
}
