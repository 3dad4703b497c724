import Analysis
import Packets

/// What the round trips of a connection say beside a finding about it.
///
/// A path that was slow for a while, or a server that took connections late, is no fault of its own.
struct PathEvidence: Sendable {
  /// Findings that a slow path may explain, and what their proof calls the time that was waited.
  private static let measures: [FindingID: String] = [
    "stalled-stream": "gap", "missed-heartbeat": "waited", "unanswered-event": "waited", "slow-upgrade": "waited",
    "probe-failed": "waited", "missing-101": "waited", "buffering-delay": "delay", "network-loss": "longest",
  ]
  /// The least part of that time which a round trip has to take to explain it.
  private static let leastShare = 0.25
  /// Findings about openings, which a server that is out of breath explains: its accept queue is full.
  private static let openings: Set<FindingID> = ["slow-upgrade", "missing-101", "probe-failed", "reconnect-storm"]
  /// Connections remembered; each needs a trouble of its own.
  private static let mostConnections = 4096

  private struct Path: Sendable {
    var rises: [SlowPath]
    var synAck: LateSynAck?
  }

  private var paths: [Int: Path] = [:]

  init() {}

  mutating func observe(_ event: TraceEvent) {
    guard case .connectionClosed(let connection) = event, paths.count < PathEvidence.mostConnections else { return }
    let slow = connection.tcp.troubles.slowPaths
    let path = Path(
      rises: slow.clientToServer.rises + slow.serverToClient.rises, synAck: LateSynAck(connection.tcp))
    if !path.rises.isEmpty || path.synAck != nil { paths[connection.id] = path }
  }

  /// The findings, with what the round trips add to their proof.
  func added(to findings: [Finding], _ scene: Scene) -> [Finding] {
    if paths.isEmpty { return findings }
    return findings.map { finding in
      var finding = finding
      addRise(to: &finding, scene)
      addSynAck(to: &finding, scene)
      return finding
    }
  }

  private func addRise(to finding: inout Finding, _ scene: Scene) {
    guard let name = PathEvidence.measures[finding.id],
      case .number(let waited)? = finding.evidence.first(where: { $0.name == name })?.value
    else { return }
    let end = max(finding.until?.time ?? finding.at.time, finding.at.time + .seconds(waited))
    let rises = finding.connections.flatMap { paths[$0]?.rises ?? [] }.filter { rise in
      rise.since <= end && rise.last.time >= finding.at.time
        && rise.longest.seconds >= PathEvidence.leastShare * waited
    }
    guard let worst = rises.max(by: { $0.longest < $1.longest }) else { return }
    finding.evidence += [
      ("roundTripRose", .number(worst.longest.seconds)), ("roundTripUsual", .number(worst.usual.seconds)),
    ]
    finding.detail +=
      " The path was slow meanwhile: acknowledgements took up to \(duration(worst.longest)) (\(scene.place(worst.first))), "
      + "\(duration(worst.usual)) before; a full buffer on the way, or Wi-Fi."
  }

  private func addSynAck(to finding: inout Finding, _ scene: Scene) {
    guard PathEvidence.openings.contains(finding.id) else { return }
    let slow = finding.connections.compactMap { paths[$0]?.synAck }
    guard let worst = slow.max(by: { $0.waited < $1.waited }) else { return }
    finding.evidence += [
      ("synAckAfter", .number(worst.waited.seconds)), ("dataRoundTrip", .number(worst.roundTrip.seconds)),
    ]
    finding.detail +=
      " The server took the connection late as well: its SYN-ACK came after \(duration(worst.waited)) "
      + "(\(scene.place(worst.at))), where data takes \(duration(worst.roundTrip)); a full accept queue, or a host out of breath."
  }
}
