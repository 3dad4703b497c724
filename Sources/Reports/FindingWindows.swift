import Diagnosis
import Packets

/// The times around findings, in which each message is worth its text.
struct FindingWindows: Sendable {
  /// What a person wants to see before and after a fault.
  private static let margin = Interval.seconds(2)
  /// Findings that have windows; the worst come first.
  private static let most = 100

  /// In order, with a pause between any two.
  private var windows: [ClosedRange<Timestamp>] = []

  init(_ findings: [Finding]) {
    var all: [ClosedRange<Timestamp>] = []
    for finding in findings.sorted(by: { $0.severity > $1.severity }).prefix(FindingWindows.most) {
      all.append(FindingWindows.around(finding.at.time))
      if let until = finding.until { all.append(FindingWindows.around(until.time)) }
    }
    for window in all.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = windows.last, last.upperBound >= window.lowerBound {
        windows[windows.count - 1] = last.lowerBound...max(last.upperBound, window.upperBound)
      } else {
        windows.append(window)
      }
    }
  }

  private static func around(_ time: Timestamp) -> ClosedRange<Timestamp> {
    let start = Timestamp(nanoseconds: time.nanoseconds &- margin.nanoseconds)
    return min(start, time)...max(time, time + margin)
  }

  /// Whether a moment is near a finding.
  func contains(_ time: Timestamp) -> Bool {
    var (low, high) = (0, windows.count)
    while low < high {
      let middle = (low + high) / 2
      if windows[middle].upperBound < time { low = middle + 1 } else { high = middle }
    }
    return low < windows.count && windows[low].lowerBound <= time
  }
}
