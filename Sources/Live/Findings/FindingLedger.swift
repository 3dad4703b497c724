import Diagnosis
import Packets

/// Gives findings stable numbers while rules conclude again and again, and tells what changed since the last time.
package struct FindingLedger: Sendable {
  /// What a reader must be told of a finding.
  package enum Change: Sendable {
    /// It is new.
    case appeared(Finding)
    /// The same fault became worse, happened again, ended, or is better understood.
    case changed(Finding, was: Finding)
    /// Its cause was found, or what was missing came after all.
    case withdrawn(Finding)
  }

  /// A finding and when it became known.
  package struct Entry: Sendable {
    package var finding: Finding
    /// By the live clock.
    package var appeared: Timestamp
    /// What a reader was told last, without its lists of connections and packets.
    var told: Finding
  }

  /// How long a shortcoming of the capture has to last before it is told: the first packets of a capture show less than
  /// there is.
  static let settling = Interval.seconds(3)

  /// The findings that stand, in the order in which they became known.
  package private(set) var entries: [Entry] = []
  private var pending: [(finding: Finding, since: Timestamp)] = []
  private var nextNumber = 1

  package init() {}

  /// Takes the latest conclusions.
  ///
  /// That a fault happened again is told when its count has doubled, so that a flood of them does not become a flood of
  /// lines; the last time all is told.
  package mutating func update(_ findings: [Finding], at clock: Timestamp, isLast: Bool = false) -> [Change] {
    var changes: [Change] = []
    var known = FindingIndex(entries.map(\.finding))
    var kept: [Entry] = []
    var fresh: [Finding] = []
    for var finding in findings {
      guard let index = known.take(finding) else {
        fresh.append(finding)
        continue
      }
      var entry = entries[index]
      finding.number = entry.finding.number
      if FindingLedger.hasChanged(entry.told, finding, isLast: isLast) {
        changes.append(.changed(finding, was: entry.told))
        entry.told = FindingLedger.reminder(of: finding)
      }
      entry.finding = finding
      kept.append(entry)
    }
    for index in known.left { changes.append(.withdrawn(entries[index].finding)) }
    for var finding in isLast ? fresh : settled(fresh, at: clock) {
      finding.number = nextNumber
      nextNumber += 1
      kept.append(Entry(finding: finding, appeared: clock, told: FindingLedger.reminder(of: finding)))
      changes.append(.appeared(finding))
    }
    entries = kept.sorted { $0.finding.number < $1.finding.number }
    return changes
  }

  /// New findings that may be told: a capture's shortcomings only when they last.
  private mutating func settled(_ fresh: [Finding], at clock: Timestamp) -> [Finding] {
    let known = FindingIndex(pending.map(\.finding))
    var waiting: [(finding: Finding, since: Timestamp)] = []
    var result: [Finding] = []
    for finding in fresh {
      let since = known.match(finding).map { pending[$0].since } ?? clock
      if finding.blame != .capture || clock - since >= FindingLedger.settling {
        result.append(finding)
      } else {
        waiting.append((finding, since))
      }
    }
    pending = waiting
    return result
  }

  /// Whether a reader must be told; that a silence lasts longer than a moment ago is no news.
  private static func hasChanged(_ old: Finding, _ new: Finding, isLast: Bool) -> Bool {
    if old.severity != new.severity || old.confidence != new.confidence || old.blame != new.blame
      || old.blameDetail != new.blameDetail || (old.until == nil) != (new.until == nil) || old.explains != new.explains
    {
      return true
    }
    let (before, now) = (old.count + connections(of: old), new.count + connections(of: new))
    return isLast ? now != before : now >= 2 * before
  }

  private static func connections(of finding: Finding) -> Int {
    finding.connections.count + finding.leftOut.connections
  }

  /// A finding as it was told: for weeks, its lists would be too much to keep.
  private static func reminder(of finding: Finding) -> Finding {
    var finding = finding
    finding.abridge(connections: 0, packets: 0)
    return finding
  }
}
