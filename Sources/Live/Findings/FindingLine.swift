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
    case .changed(let finding): line(finding, news: finding.until == nil ? "" : "ended: ")
    case .withdrawn(let finding): line(finding, news: "taken back, it was not so: ")
    }
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
