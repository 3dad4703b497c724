import Diagnosis
import Packets

/// Joins what the packets prove with what only the passing of time showed.
package enum ClockMarking {
  /// The findings as a reader is to see them.
  ///
  /// A finding that the packets prove stays as they prove it, so that an analysis of the same packets says the same; one
  /// that only the clock shows, or that the clock makes worse, is marked `byClock`. `proven` is what an analysis of the
  /// packets says; `atLatest` and `atClock` are what the rules conclude, in one and the same way, at the latest packet and
  /// by the clock, which may have gone on since.
  package static func join(proven: [Finding], atLatest: [Finding], atClock: [Finding]) -> [Finding] {
    let known = FindingIndex(proven)
    let latest = FindingIndex(atLatest)
    var result = proven
    for finding in atClock {
      if let index = known.match(finding) {
        if finding.severity > result[index].severity { result[index] = marked(finding) }
      } else if latest.match(finding) == nil {
        result.append(marked(finding))
      }
    }
    result.sort { a, b in a.severity == b.severity ? a.at.time < b.at.time : a.severity > b.severity }
    return result
  }

  private static func marked(_ finding: Finding) -> Finding {
    var finding = finding
    finding.evidence.append(("byClock", .flag(true)))
    return finding
  }
}
