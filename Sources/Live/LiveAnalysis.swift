import Analysis
import Capture
import Diagnosis
import Packets
import Reports

/// An analysis that goes on and says again and again what it has found so far.
///
/// It reads no device and no clock: give it packets, and tell it the time.
package struct LiveAnalysis: ~Copyable {
  private var analyzer: Analyzer
  private var rules: RuleGenerations
  private let limits: LiveLimits
  private let captures: Int
  private let expectations: Expectations
  private var drops = DropLog()
  /// What the rules have taken and the caller has not.
  private var untold: [TraceEvent] = []
  package private(set) var ledger = FindingLedger()
  package private(set) var kept: KeptSummaries
  package private(set) var totals = Totals()
  /// The first packet's time, from which times are counted; `nil` before one came.
  package private(set) var epoch: Timestamp?
  /// The newest packet's time.
  package private(set) var newest: Timestamp?

  /// - Parameters:
  ///   - options: what is followed and kept.
  ///   - captures: how many interfaces are captured from.
  ///   - limits: how much is kept.
  ///   - thresholds: from when on rules judge.
  ///   - expectations: the settings that a team believes it runs.
  package init(
    options: AnalysisOptions, captures: Int, limits: LiveLimits = LiveLimits(), thresholds: Thresholds = Thresholds(),
    expectations: Expectations = Expectations()
  ) {
    analyzer = Analyzer(options: options)
    rules = RuleGenerations(thresholds: thresholds)
    self.expectations = expectations
    self.limits = limits
    self.captures = captures
    kept = KeptSummaries(capacity: limits.summaries)
  }

  /// What the peers have said about themselves so far.
  package var environment: EnvironmentFacts { analyzer.environment }

  /// What became of the packets.
  package var counts: PacketCounts { analyzer.counts }

  /// Takes one packet.
  package mutating func receive(_ packet: CapturedPacket, _ bytes: RawSpan) {
    if epoch == nil { epoch = packet.reference.time }
    if newest.map({ $0 < packet.reference.time }) ?? true { newest = packet.reference.time }
    analyzer.receive(
      bytes, linkType: packet.linkType, wireLength: packet.wireLength, reference: packet.reference)
  }

  /// What has become known since the last call; the rules have taken it.
  package mutating func collect() -> [TraceEvent] {
    observe()
    var events: [TraceEvent] = []
    swap(&events, &untold)
    return events
  }

  /// Lets the rules and counters take what has become known.
  private mutating func observe() {
    let events = analyzer.takeEvents()
    for event in events {
      totals.note(event)
      kept.note(event)
      rules.observe(event, in: scene(isRunning: true))
    }
    if untold.isEmpty { untold = events } else { untold += events }
  }

  /// Takes the count of packets that the kernel or an interface has lost so far.
  package mutating func note(dropped total: Int, at clock: Timestamp) { drops.note(total: total, at: clock) }

  /// Lets the clock go on, and says what changed among the findings.
  package mutating func conclude(at clock: Timestamp) -> [FindingLedger.Change] {
    guard let newest else { return [] }
    analyzer.advance(to: clock)
    analyzer.retireConnections(silentSince: moment(limits.connectionSilence, before: clock))
    analyzer.retireSessions(
      silentSince: moment(limits.sessionSilence, before: clock),
      goodbye: moment(limits.goodbyeSilence, before: clock))
    // What is over is not told as provisional any more: the rules must have it before they conclude.
    observe()
    let changes = ledger.update(drops.beside(findings(at: clock, newest)), at: clock)
    totals.note(changes)
    return changes
  }

  private func moment(_ interval: Interval, before clock: Timestamp) -> Timestamp {
    clock + Interval(nanoseconds: -interval.nanoseconds)
  }

  /// What the rules conclude at a moment; what only the clock shows is marked.
  private mutating func findings(at clock: Timestamp, _ newest: Timestamp) -> [Finding] {
    let now = rules.conclude(after: analyzer.provisionalEvents(at: newest), in: scene(isRunning: true))
    guard clock > newest else { return now }
    let byClock = rules.conclude(after: analyzer.provisionalEvents(at: clock), in: scene(isRunning: true))
    return ClockMarking.join(proven: now, atLatest: now, atClock: byClock)
  }

  /// Ends the capture: the last events, and the findings as a report lists them.
  package mutating func finish(
    at clock: Timestamp
  ) -> (events: [TraceEvent], changes: [FindingLedger.Change], findings: [Finding]) {
    let scene = scene(isRunning: false)
    let atLatest = rules.conclude(after: analyzer.provisionalEvents(at: newest ?? clock), in: scene)
    let atClock = rules.conclude(after: analyzer.provisionalEvents(at: clock), in: scene)
    analyzer.finish()
    let events = collect()
    var findings = drops.beside(
      ClockMarking.join(proven: rules.conclude(after: [], in: scene), atLatest: atLatest, atClock: atClock))
    let changes = ledger.update(findings, at: clock, isLast: true)
    totals.note(changes)
    for index in findings.indices { findings[index].number = index + 1 }
    return (events, changes, findings)
  }

  /// Counters of open connections, with those of closed ones.
  package func statistics() -> Totals { totals.adding(analyzer.openTotals()) }

  /// The most recently active of the sessions that go on, in the order in which they began.
  package func openSessions(atMost limit: Int) -> [OpenSession] { analyzer.openSessions(atMost: limit) }

  private func scene(isRunning: Bool) -> Scene {
    Scene(
      epoch: epoch ?? Timestamp(nanoseconds: 0), captures: captures, isRunning: isRunning, expectations: expectations)
  }
}
