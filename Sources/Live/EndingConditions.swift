import Diagnosis
import Packets

/// When a live capture ends by itself.
package struct EndingConditions: Sendable {
  /// How long a capture goes on after the finding that it waited for, so that what follows is seen.
  static let afterFinding = Interval.seconds(10)

  private let duration: Interval?
  private let packets: Int?
  private let findings: Set<FindingID>
  private var found: Timestamp?

  package init(duration: Interval? = nil, packets: Int? = nil, findings: Set<FindingID> = []) {
    self.duration = duration
    self.packets = packets
    self.findings = findings
  }

  /// Takes note of findings that have become known.
  package mutating func note(_ changes: [FindingLedger.Change], at now: Timestamp) {
    guard found == nil else { return }
    for case .appeared(let finding) in changes where findings.contains(finding.id) { found = now }
  }

  /// How many packets may still come; `nil` where nothing limits them.
  package func packetsLeft(after count: Int) -> Int? { packets.map { max(0, $0 - count) } }

  /// Whether the capture is over, after `count` packets; `started` and `now` are by the same clock.
  package func isOver(packets count: Int, started: Timestamp, now: Timestamp) -> Bool {
    if let packets, count >= packets { return true }
    if let duration, now - started >= duration { return true }
    return found.map { now - $0 >= EndingConditions.afterFinding } ?? false
  }
}
