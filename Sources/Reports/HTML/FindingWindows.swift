import Diagnosis
import Packets

/// The times around findings, in which each message is worth its text.
struct FindingWindows {
  /// What a person wants to see before and after a fault.
  private static let margin = Interval.seconds(2)
  /// Findings that have windows; the worst come first.
  private static let most = 100

  private let windows: [ClosedRange<Timestamp>]

  init(_ findings: [Finding]) {
    var windows: [ClosedRange<Timestamp>] = []
    for finding in findings.sorted(by: { $0.severity > $1.severity }).prefix(FindingWindows.most) {
      windows.append(FindingWindows.around(finding.at.time))
      if let until = finding.until { windows.append(FindingWindows.around(until.time)) }
    }
    self.windows = windows
  }

  private static func around(_ time: Timestamp) -> ClosedRange<Timestamp> {
    let start = Timestamp(nanoseconds: time.nanoseconds &- margin.nanoseconds)
    return min(start, time)...max(time, time + margin)
  }

  func contains(_ time: Timestamp) -> Bool {
    for window in windows where window.contains(time) { return true }
    return false
  }
}
