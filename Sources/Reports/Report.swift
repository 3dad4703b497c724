import Analysis
import Diagnosis
import Packets

/// All that one run found out, for the renderers: they add nothing to it but words.
///
/// Messages, of which there are many, they take one by one.
package struct Report: Sendable {
  /// The program's version, `0.1.0`.
  package var version: String
  package var captures: [CaptureInfo]
  /// In the order of their numbers.
  package var connections: SummaryList<ConnectionFacts>
  package var sessions: SummaryList<SessionFacts>
  package var streams: [StreamSummary]
  package var findings: [Finding]
  package var environment: Environment
  package var limits: [LimitUse]
  /// The earliest first packet of all captures, from which times are counted.
  package var epoch: Timestamp

  package init(
    version: String, captures: [CaptureInfo] = [], connections: SummaryList<ConnectionFacts> = [],
    sessions: SummaryList<SessionFacts> = [], streams: [StreamSummary] = [], findings: [Finding] = [],
    environment: Environment = Environment(), limits: [LimitUse] = [],
    epoch: Timestamp = Timestamp(nanoseconds: 0)
  ) {
    self.version = version
    self.captures = captures
    self.connections = connections
    self.sessions = sessions
    self.streams = streams
    self.findings = findings
    self.environment = environment
    self.limits = limits
    self.epoch = epoch
  }

  /// The connection of a number, where it is listed: they are in the order of their numbers.
  func connection(_ id: Int) -> ConnectionSummary? {
    var (low, high) = (0, connections.count)
    while low < high {
      let middle = (low + high) / 2
      if connections[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < connections.count && connections[low].id == id ? connections[low] : nil
  }

  /// The findings of a severity.
  package func findings(of severity: Severity) -> [Finding] {
    findings.filter { $0.severity == severity }
  }
}

/// A limit of the program, and how often it was reached.
package struct LimitUse: Sendable {
  package var name: String
  package var value: Int
  package var reached: Int

  package init(name: String, value: Int, reached: Int) {
    self.name = name
    self.value = value
    self.reached = reached
  }
}
