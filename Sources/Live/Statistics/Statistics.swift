import Diagnosis
import Packets

/// The counters that a capture of weeks tells now and then, as lines of ndjson and to Prometheus.
package struct Statistics: Sendable {
  private let status: LiveStatus
  /// Findings that have appeared so far, by name and severity.
  private let appeared: [FindingKind: Int]

  /// A finding's name and severity.
  package struct FindingKind: Hashable, Sendable {
    package var id: FindingID
    package var severity: Severity

    package init(id: FindingID, severity: Severity) {
      self.id = id
      self.severity = severity
    }
  }

  package init(_ status: LiveStatus, appeared: [FindingKind: Int]) {
    self.status = status
    self.appeared = appeared
  }

  /// The counts by their names in JSON.
  package var counts: [(name: String, count: Int)] {
    let totals = status.totals
    return [
      ("packets", status.packets), ("packetsDropped", status.dropped), ("connections", totals.connections),
      ("connectionsOpen", totals.openConnections), ("sessions", totals.sessions),
      ("sessionsOpen", totals.openSessions), ("upgradesTried", totals.upgradesTried),
      ("upgradesAccepted", totals.upgradesAccepted), ("messages", totals.messages),
      ("messageBytes", totals.messageBytes), ("stalls", totals.stalls),
      ("errors", count(.error)), ("warnings", count(.warning)),
    ]
  }

  private func count(_ severity: Severity) -> Int {
    appeared.reduce(0) { $0 + ($1.key.severity == severity ? $1.value : 0) }
  }

  /// The counts in the text format of Prometheus, version 0.0.4.
  package func prometheusText(version: String) -> String {
    let totals = status.totals
    var text = PrometheusText()
    text.gauge("wstrace_build_info", "The version that runs.", 1, labels: [("version", version)])
    text.gauge("wstrace_uptime_seconds", "Time since the capture began.", Int(status.running.seconds))
    text.counter("wstrace_packets_total", "Packets that were captured.", status.packets)
    text.counter("wstrace_packets_dropped_total", "Packets that the kernel or an interface lost.", status.dropped)
    text.counter("wstrace_connections_total", "TCP connections that were seen.", totals.connections)
    text.gauge("wstrace_open_connections", "TCP connections that are open.", totals.openConnections)
    text.counter("wstrace_sessions_total", "Engine.IO sessions that were seen.", totals.sessions)
    text.gauge("wstrace_open_sessions", "Engine.IO sessions that go on.", totals.openSessions)
    text.counter("wstrace_upgrades_tried_total", "WebSocket upgrades that clients asked for.", totals.upgradesTried)
    text.counter(
      "wstrace_upgrades_accepted_total", "WebSocket upgrades that got their 101.", totals.upgradesAccepted)
    text.counter("wstrace_messages_total", "Data messages on WebSockets.", totals.messages)
    text.counter(
      "wstrace_message_bytes_total", "Payload of these messages, unmasked and inflated.", totals.messageBytes)
    text.counter("wstrace_stalled_streams_total", "Streams that stalled.", totals.stalls)
    text.family("wstrace_findings_total", "Findings that appeared, by name and severity.", "counter")
    for (kind, count) in appeared.sorted(by: { $0.key.id.rawValue < $1.key.id.rawValue }) {
      text.sample(
        "wstrace_findings_total", count, labels: [("id", kind.id.rawValue), ("severity", kind.severity.rawValue)])
    }
    return text.text
  }
}
