import Packets

/// The time from which on a rule judges, which a user may set (`--threshold stalled-stream=5s`).
package struct RuleThreshold: Sendable, Equatable {
  /// What holds unless a user sets another.
  package var standard: Interval
  /// What is measured, and why the default is as long as it is: one sentence.
  package var reason: String

  package init(_ standard: Interval, reason: String) {
    self.standard = standard
    self.reason = reason
  }

  /// The default as it is written after `--threshold ID=`: `250ms`, `2s`.
  package var standardText: String {
    let milliseconds = standard.nanoseconds / 1_000_000
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
  }
}
