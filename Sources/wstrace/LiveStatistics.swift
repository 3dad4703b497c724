import Diagnosis
import Live
import Metrics
import Packets
import Reports

/// Tells the counters of a live capture to a file and to Prometheus.
final class LiveStatistics {
  private let interval: Interval?
  private let file: LiveOutput?
  private let server: MetricsServer?
  private var appeared: [Statistics.FindingKind: Int] = [:]
  private var next: Interval

  init(interval: Interval?, file: LiveOutput?, server: MetricsServer?) {
    self.interval = interval
    self.file = file
    self.server = server
    next = interval ?? .zero
  }

  /// Takes how the capture stands.
  ///
  /// - Returns: a line of counters for the listener, when it is time for one and no file takes it.
  func note(_ changes: [FindingLedger.Change], _ status: LiveStatus) throws -> Statistics? {
    for case .appeared(let finding) in changes {
      appeared[Statistics.FindingKind(id: finding.id, severity: finding.severity), default: 0] += 1
    }
    guard interval != nil || server != nil else { return nil }
    let statistics = Statistics(status, appeared: appeared)
    server?.publish(statistics.prometheusText(version: Wstrace.programVersion))
    guard let interval, status.running >= next, let epoch = status.epoch else { return nil }
    while next <= status.running { next = next + interval }
    guard let file else { return statistics }
    var lines = NDJSON(epoch: epoch, captureCount: status.interfaces.count)
    lines.statistics(at: status.clock, statistics.counts)
    try file.write(lines.take())
    return nil
  }
}
