import Diagnosis
import Packets

/// When the capture lost packets, for the findings that this may spoil.
package struct DropLog: Sendable {
  /// Losses that are remembered: a capture that loses all the time has them in a row.
  static let capacity = 256
  /// How long before a finding a loss may still have to do with it.
  static let margin = Interval.seconds(10)

  private var losses: [(count: Int, at: Timestamp)] = []
  private var total = 0

  package init() {}

  /// Takes the count of packets that were lost so far.
  package mutating func note(total: Int, at clock: Timestamp) {
    guard total > self.total else { return }
    if losses.count == DropLog.capacity { losses.removeFirst() }
    losses.append((total - self.total, clock))
    self.total = total
  }

  /// The findings, with what was lost while they came about beside their evidence.
  package func beside(_ findings: [Finding]) -> [Finding] {
    losses.isEmpty ? findings : findings.map(beside)
  }

  private func beside(_ finding: Finding) -> Finding {
    let start = finding.at.time + Interval(nanoseconds: -DropLog.margin.nanoseconds)
    let end = finding.until.map { $0.time + DropLog.margin } ?? Timestamp(nanoseconds: .max)
    let lost = losses.reduce(0) { start <= $1.at && $1.at <= end ? $0 + $1.count : $0 }
    guard lost > 0 else { return finding }
    var finding = finding
    finding.evidence.append(("packetsDropped", .count(lost)))
    finding.detail +=
      " The capture itself lost \(lost) packet\(lost == 1 ? "" : "s") around that time: what is missing may be among them."
    return finding
  }
}
