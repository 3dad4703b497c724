import Analysis
import Packets

/// What follows from what: one cause is one finding, and its consequences are listed under it.
enum Precedence {
  /// Causes and the findings that they explain on the same connections at or after their time.
  private static let consequences: [(cause: FindingID, effect: FindingID)] = [
    ("upgrade-header-stripped", "missing-101"),
    ("upgrade-header-stripped", "polling-only"),
    ("missing-101", "polling-only"),
    ("connect-refused", "connect-timeout"),
    ("abnormal-close", "stalled-stream"),
    ("abnormal-close", "unanswered-event"),
    ("stalled-stream", "unanswered-event"),
  ]

  /// Folds consequences into their causes.
  static func resolve(_ findings: [Finding]) -> [Finding] {
    var result = findings
    for (cause, effect) in consequences {
      for index in result.indices where result[index].id == cause {
        let found = result[index]
        let explained = result.indices.filter { other in
          result[other].id == effect && explains(found, result[other])
        }
        guard !explained.isEmpty else { continue }
        if !result[index].explains.contains(effect) { result[index].explains.append(effect) }
        result = result.enumerated().filter { !explained.contains($0.offset) }.map(\.element)
        break
      }
    }
    return suppressWhereUnjudgeable(result)
  }

  private static func explains(_ cause: Finding, _ effect: Finding) -> Bool {
    let isSameSession = cause.sid != nil && cause.sid == effect.sid
    guard isSameSession || !Set(cause.connections).isDisjoint(with: effect.connections) else { return false }
    // A session's whole life is the span of what became of it.
    if isSameSession, effect.id == "polling-only" { return true }
    // A stream that had stopped long before the connection broke was stalled by something else.
    return (cause.at.time - effect.at.time).seconds < 2
  }

  /// A capture that holds SYNs only, or one direction only, can't prove that anything is missing.
  private static func suppressWhereUnjudgeable(_ findings: [Finding]) -> [Finding] {
    guard findings.contains(where: { $0.id == "capture-syn-only" || $0.id == "capture-one-sided" }) else {
      return findings
    }
    return findings.filter { $0.blame == .capture || $0.id == "connect-refused" || $0.id == "connect-timeout" }
  }
}
