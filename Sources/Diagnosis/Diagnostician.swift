import Analysis
import Packets

/// Runs the rules over the events of an analysis and says what they found.
package struct Diagnostician: Sendable {
  /// Every rule, in the order of the catalogue.
  package static let rules: [any Rule.Type] = [
    ConnectRefused.self, ConnectTimeout.self, UpgradeHeaderStripped.self, Missing101.self, SessionUnknown.self,
    RequestRefused.self, PollingOnly.self, StalledStream.self, UnansweredEvent.self,
    InvalidHandshake.self, SlowUpgrade.self, ProbeFailed.self, MissedHeartbeat.self, IncompleteMessage.self,
    OversizeMessage.self, ErrorClose.self, ConnectError.self, ProtocolViolation.self,
    ZeroWindow.self, NetworkLoss.self, HalfOpen.self, BufferingDelay.self, IdleTimeoutClose.self, AbnormalClose.self,
    ReconnectLoop.self, ReconnectStorm.self, CORSBlocked.self, HTTP10Upstream.self, SettingsMismatch.self,
    StreamConflict.self,
    CaptureSYNOnly.self, CaptureOneSided.self, CaptureTruncated.self, CaptureGap.self, CaptureMidStream.self,
    CaptureDuplicates.self, CaptureClock.self, EncryptedTraffic.self, UnsupportedHTTP2.self, NoWebSocketTraffic.self,
  ]

  /// What `explain` shows, in the order of the rules.
  package static var catalogue: [CatalogueEntry] {
    rules.map { rule in
      var entry = rule.entry
      entry.threshold = rule.threshold
      return entry
    }
  }

  private var running: [any Rule]
  private var lostTime = LostTime([])
  private var paths = PathEvidence()

  package init(thresholds: Thresholds = Thresholds()) {
    running = Diagnostician.rules.map { $0.init(thresholds: thresholds) }
  }

  /// Takes one event.
  package mutating func observe(_ event: TraceEvent) {
    // Rules judge what the analysis makes of messages and marks, never single ones, of which a report has millions.
    if event.isForReportsOnly { return }
    if case .captureEnded(let facts) = event { lostTime = LostTime(facts.leaps) }
    paths.observe(event)
    for index in running.indices { running[index].observe(event) }
  }

  /// Says what would be found if the capture ended with these events; nothing is remembered of them.
  package func conclude(after events: [TraceEvent], in scene: Scene) -> [Finding] {
    var copy = self
    for event in events { copy.observe(event) }
    return copy.conclude(in: scene)
  }

  /// Says what was found, the worst and earliest first.
  package func conclude(in scene: Scene) -> [Finding] {
    let found = paths.added(to: running.flatMap { $0.conclude(in: scene) }, scene)
    var findings = Repetitions.join(Precedence.resolve(lostTime.sift(found)))
    findings.sort { a, b in
      a.severity == b.severity ? a.at.time < b.at.time : a.severity > b.severity
    }
    for index in findings.indices { findings[index].number = index + 1 }
    return findings
  }
}
