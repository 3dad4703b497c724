import Packets

/// From when on rules judge, where a user has set it (`--threshold stalled-stream=5s`).
package struct Thresholds: Sendable, Equatable {
  private var values: [FindingID: Interval] = [:]

  package init() {}

  /// What was set for a finding; a rule has its own default, with the reason beside it.
  package subscript(id: FindingID) -> Interval? {
    get { values[id] }
    set { values[id] = newValue }
  }
}
