import Analysis
import Packets

/// Times that the capture's clock leapt over: nothing that was measured across one is known.
struct LostTime: Sendable {
  private let leaps: [ClockLeap]

  init(_ leaps: [ClockLeap]) { self.leaps = leaps }

  /// What a finding's proof calls the time that it measured, where waiting is what it is about.
  private static let measures: [FindingID: String] = [
    "stalled-stream": "gap", "missed-heartbeat": "waited", "unanswered-event": "waited", "slow-upgrade": "waited",
    "probe-failed": "waited", "missing-101": "waited", "half-open": "waited", "network-loss": "longest",
    "zero-window": "closedFor", "polling-only": "lasted", "buffering-delay": "delay", "incomplete-message": "silence",
    "idle-timeout-close": "silence",
  ]
  /// The share of a measured time that has to be lost for it to say nothing.
  private static let leastShare = 0.5

  /// The findings without those that only a leap made, which are listed under what is said of the clock.
  func sift(_ findings: [Finding]) -> [Finding] {
    guard !leaps.isEmpty else { return findings }
    var kept = findings.filter { !covers($0) }
    guard let clock = kept.firstIndex(where: { $0.id == "capture-clock" && $0.isLeap }) else { return kept }
    for finding in findings where covers(finding) && !kept[clock].explains.contains(finding.id) {
      kept[clock].explains.append(finding.id)
    }
    return kept
  }

  /// Whether what a finding is about may have taken no time at all.
  private func covers(_ finding: Finding) -> Bool {
    guard !leaps.isEmpty, let name = LostTime.measures[finding.id],
      case .number(let measured)? = finding.evidence.first(where: { $0.name == name })?.value, measured > 0
    else { return false }
    let times = finding.packets.map(\.time) + [finding.at.time]
    guard let first = times.min(), let last = times.max() else { return false }
    return leaps.contains { leap in
      let isBetween = leap.until.time >= first + .seconds(-measured) && leap.from.time <= last
      // A host that slept was not waited for, and did not wait, on its own connections; a server that sleeps is a fault.
      let isConcerned = leap.sleeper.map { $0 == finding.endpoints?.client.address } ?? true
      return isBetween && isConcerned && leap.lost.seconds >= measured * LostTime.leastShare
    }
  }
}

extension Finding {
  /// Whether it says that the capture's clock leapt ahead.
  fileprivate var isLeap: Bool { evidence.contains { $0.name == "longestLeap" } }
}
