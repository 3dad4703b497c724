import Analysis
import Packets

/// The capture's own clock can't be trusted: it went back, or the clocks of its interfaces differ.
struct CaptureClock: Rule {
  /// A message that leaves a proxy before it came shows that two clocks differ by more than this.
  static let leastOffset = Interval.milliseconds(1)

  static let threshold: RuleThreshold? = RuleThreshold(
    leastOffset,
    reason: "How far a clock may be off: less is the resolution of ordinary captures.")

  static let entry = CatalogueEntry(
    "capture-clock",
    summary: "The capture's clock went back or leapt ahead, or the clocks of its interfaces differ.",
    proof: """
      A packet's time is more than 20 ms earlier than that of the packet before; or the whole capture is silent for 2 s or \
      more, and the hosts' own clocks (TCP timestamps, RFC 7323 section 5.4) have not gone on for half of that; or messages \
      left a proxy more than 1 ms before they had come to it.
      """,
    causes: """
      The clock was set while capturing (NTP), captures were joined in the wrong order, a virtual machine was paused, a \
      laptop slept.
      """,
    remedy:
      "Let the clocks be kept by NTP before capturing; merge captures by time: mergecap -w all.pcap a.pcap b.pcap",
    mistakenFor: """
      Packets of several queues, which are out of order by some microseconds and are put in order here; and a stalled \
      stream or a missed heartbeat: a stopped process or blocked event loop does not stop its host's clock.
      """)

  private var clock: ClockSteps?
  private var leaps: [ClockLeap] = []
  private var offsets: [LegDelay] = []

  private let leastOffset: Interval

  init(thresholds: Thresholds) { leastOffset = thresholds["capture-clock"] ?? CaptureClock.leastOffset }

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .captureEnded(let facts):
      clock = facts.clock
      leaps = facts.leaps
    case .legsMeasured(let delay) where delay.earliest < Interval(nanoseconds: -leastOffset.nanoseconds):
      offsets.append(delay)
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    var findings: [Finding] = []
    if let clock, let first = clock.first { findings.append(step(clock, first, scene)) }
    if let longest = leaps.max(by: { $0.lost < $1.lost }) { findings.append(leap(longest, scene)) }
    let known = offsets.filter { delay in
      // Of captures whose clocks were compared, what is within the uncertainty is no contradiction.
      let (a, b) = (delay.first.capture, delay.last.capture)
      let uncertainty = scene.clocks.uncertainty(between: a, and: b) ?? .zero
      return delay.earliest + uncertainty < Interval(nanoseconds: -leastOffset.nanoseconds)
    }
    if let worst = known.min(by: { $0.earliest < $1.earliest }) { findings.append(offset(worst, scene)) }
    return findings
  }

  private func step(_ clock: ClockSteps, _ first: PacketReference, _ scene: Scene) -> Finding {
    let at = clock.at ?? first
    var finding = Finding(
      "capture-clock", .notice, .certain, blame: .capture, connections: [], at: first,
      packets: first == at ? [first] : [first, at],
      title: "the capture's clock went back by \(duration(clock.largest))",
      detail: """
        \(counted(clock.count, "packet")) \(clock.count == 1 ? "bears" : "bear") an earlier time than the one before \
        (first: \(scene.place(first)); the largest step, \(duration(clock.largest)), at \(scene.packet(at))). Durations \
        across such a step are wrong.
        """,
      evidence: [
        ("largestStep", .number(clock.largest.seconds)), ("steps", .count(clock.count)), ("threshold", .number(0.02)),
      ],
      remedy: "Keep the clock by NTP before capturing; merge captures by time:  mergecap -w all.pcap a.pcap b.pcap")
    finding.count = clock.count
    return finding
  }

  private func leap(_ longest: ClockLeap, _ scene: Scene) -> Finding {
    let silence = longest.until.time - longest.from.time
    let whose =
      longest.sleeper.map { "the clock of \($0) stood still, while another host's went on: \($0) slept" }
      ?? "the hosts' own clocks (TCP timestamps) went on for \(duration(silence - longest.lost)) at most"
    var finding = Finding(
      "capture-clock", .notice, .certain, blame: .capture, connections: [], at: longest.from,
      packets: leaps.flatMap { [$0.from, $0.until] },
      title: longest.sleeper.map { "\($0) slept for \(duration(longest.lost)) in the middle of the capture" }
        ?? "the capture's clock leapt ahead by at least \(duration(longest.lost))",
      detail: """
        Nothing was captured for \(duration(silence)) (\(scene.place(longest.from)) to \(scene.packet(longest.until))), and \
        \(whose). What seems to have waited across that time did not, and is not reported.
        """,
      evidence: [
        ("longestLeap", .number(longest.lost.seconds)), ("silence", .number(silence.seconds)),
        ("leaps", .count(leaps.count)), ("threshold", .number(HostClocks.leastSilence.seconds)),
      ],
      remedy: """
        Keep the capturing machine awake and its clock kept by NTP before capturing; a suspended laptop or a paused virtual \
        machine loses its sessions, which reconnect by themselves.
        """)
    finding.until = longest.until
    finding.count = leaps.count
    return finding
  }

  private func offset(_ worst: LegDelay, _ scene: Scene) -> Finding {
    let offset = Interval(nanoseconds: -worst.earliest.nanoseconds)
    let isOneCapture = worst.first.capture == worst.last.capture
    var finding = Finding(
      "capture-clock", .notice, .certain, blame: .capture,
      connections: [worst.clientConnection, worst.serverConnection],
      at: worst.first, packets: [worst.first, worst.last],
      title:
        "the clocks of the \(isOneCapture ? "capture's interfaces" : "captures") differ by at least \(duration(offset))",
      detail: """
        Messages left the proxy \(worst.proxy) up to \(duration(offset)) before they came to it: two clocks wrote \
        \(isOneCapture ? "this capture" : "these captures"). Delays between the legs are uncertain by that much.
        """,
      evidence: [("offset", .number(offset.seconds)), ("threshold", .number(leastOffset.seconds))],
      remedy: isOneCapture
        ? "Capture all interfaces in one process (-i any), or keep both clocks by NTP or PTP."
        : "Keep both hosts' clocks by NTP or PTP; give the captures as files, which are read twice to compare clocks.")
    finding.sid = worst.sid
    finding.until = worst.last
    finding.endpoints = (worst.client, worst.server)
    return finding
  }
}
