import Analysis
import Diagnosis
import Reports

/// The rules of a capture without an end.
///
/// Rules remember what they may need, which grows with all that has passed. So after a number of events their findings
/// are put on record, and fresh rules take over: what happens again then is another finding.
package struct RuleGenerations: Sendable {
  /// Events that one generation takes: in a quarter of an hour of a busy chat server there are fewer.
  ///
  /// They take some tens of MB, and are concluded in some tens of milliseconds.
  static let length = 30_000
  /// Findings of earlier generations that stay on record, with as much of them as a report lists.
  static let recorded = 1000

  private var diagnostician: Diagnostician
  private let thresholds: Thresholds
  private var observed = 0
  private var record: [Finding] = []
  private let length: Int

  package init(length: Int = RuleGenerations.length, thresholds: Thresholds = Thresholds()) {
    self.length = length
    self.thresholds = thresholds
    diagnostician = Diagnostician(thresholds: thresholds)
  }

  /// Takes one event.
  package mutating func observe(_ event: TraceEvent, in scene: Scene) {
    if case .message = event {
      diagnostician.observe(event)
      return
    }
    if observed >= length { renew(scene) }
    observed += 1
    diagnostician.observe(event)
  }

  private mutating func renew(_ scene: Scene) {
    record += diagnostician.conclude(in: scene).map { finding in
      var finding = finding
      finding.abridge(connections: RecordWriter.connectionLimit, packets: RecordWriter.packetLimit)
      return finding
    }
    if record.count > RuleGenerations.recorded { record.removeFirst(record.count - RuleGenerations.recorded) }
    diagnostician = Diagnostician(thresholds: thresholds)
    observed = 0
  }

  /// What all generations have found, were the capture to end with these events.
  package func conclude(after events: [TraceEvent], in scene: Scene) -> [Finding] {
    record + diagnostician.conclude(after: events, in: scene)
  }
}
