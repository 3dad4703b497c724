import Analysis
import Packets

/// What the shape of bursts on one leg says: a buffer that is flushed by a timer or when it is full.
struct BurstShape {
  static let fewestBursts = 3
  /// Fewer messages in a burst are an application that says several things at once.
  static let fewestMessages = 4.0
  /// Times the mean spacing of messages, so that a silence is none of a slow stream.
  static let spacingFactor = 5.0
  /// How many bursts have to have the same size or distance, and how alike those are.
  static let leastShare = 0.7
  static let likeness = 0.1
  /// The sizes of buffers in use, in bytes.
  static let bufferSizes: [Double] = [4096, 8192, 16_384, 32_768]

  var isTimer: Bool
  /// The median time from burst to burst, and the median size in bytes.
  var period: Interval
  var bytes: Int
  var bursts: [MessageBurst]

  /// The shape, where it is one that a buffer makes; what an application sends in its own batches is not.
  init?(_ facts: BurstFacts) {
    guard !facts.isNetworkTroubled, facts.messages > 0 else { return nil }
    let spacing = facts.activeTime.seconds / Double(facts.messages)
    bursts = facts.bursts.filter { $0.silence.seconds >= BurstShape.spacingFactor * spacing }
    guard bursts.count >= BurstShape.fewestBursts else { return nil }
    let messages = bursts.reduce(0) { $0 + $1.messages }
    guard Double(messages) >= BurstShape.fewestMessages * Double(bursts.count) else { return nil }
    let periods = zip(bursts.dropFirst(), bursts).map { ($0.at.time - $1.at.time).seconds }.sorted()
    let sizes = bursts.map { Double($0.bytes) }.sorted()
    let period = periods[periods.count / 2]
    let size = sizes[sizes.count / 2]
    self.period = .seconds(period)
    bytes = Int(size)
    let isSize =
      BurstShape.bufferSizes.contains { abs($0 - size) <= BurstShape.likeness * $0 }
      && BurstShape.share(of: sizes) { abs($0 - size) <= BurstShape.likeness * size } >= BurstShape.leastShare
    // A stream that pauses skips some of the timer's beats.
    let isPeriod =
      BurstShape.share(of: periods) { time in
        let beats = max(1, (time / period).rounded())
        return abs(time / beats - period) <= BurstShape.likeness * period
      } >= BurstShape.leastShare
    isTimer = isPeriod && BurstShape.isOnBeat(facts, bursts.count, period)
    guard isTimer || isSize else { return nil }
  }

  private static func share(of values: [Double], where isAlike: (Double) -> Bool) -> Double {
    Double(values.count(where: isAlike)) / Double(max(1, values.count))
  }

  /// Whether what came on its own kept to the timer's beat as well.
  ///
  /// An application that sends several messages at a time lets heartbeats and acks through in between; a timer on the way
  /// holds everything.
  private static func isOnBeat(_ facts: BurstFacts, _ bursts: Int, _ period: Double) -> Bool {
    let lone = facts.loneArrivals + facts.loneGaps.count
    guard lone * 2 > bursts else { return true }
    guard facts.loneArrivals * 2 < lone, let gap = facts.loneGaps.percentile(0.5) else { return false }
    return gap.seconds >= period * 0.5
  }

  static func findings(_ measured: [BurstFacts], threshold: Interval, _ scene: Scene) -> [Finding] {
    measured.compactMap { facts in
      BurstShape(facts).flatMap { $0.held >= threshold ? $0.finding(facts, threshold, scene) : nil }
    }
  }

  /// How long messages were held, as a rule.
  private var held: Interval { bursts.map(\.silence).sorted()[bursts.count / 2] }

  private func finding(_ facts: BurstFacts, _ threshold: Interval, _ scene: Scene) -> Finding {
    let how = isTimer ? "every \(duration(period))" : "\(counted(bytes)) bytes at a time"
    var finding = Finding(
      "buffering-delay", .warning, isTimer ? .likely : .possible, blame: .unknown, blameDetail: .upstream,
      connections: [facts.connection], at: bursts[0].at, packets: bursts.map(\.at) + [facts.last],
      title: "messages of \(facts.server) come in bursts, \(how): something on the way collects them",
      detail: """
        \(counted(bursts.count, "time")) \(duration(held)) of silence (median) and then \
        \(counted(bursts.reduce(0) { $0 + $1.messages } / bursts.count)) messages at once (first: \(scene.place(bursts[0].at))). \
        \(isTimer ? "The bursts keep to one beat, as a timer does that flushes a buffer." : "Each has the size of a usual buffer.") \
        TCP is healthy: no timeout, no closed window. Only this leg was captured, so who holds them is not known: a proxy \
        or middlebox behind \(facts.server), or the application itself.
        """,
      evidence: [
        ("delay", .number(held.seconds)), ("threshold", .number(threshold.seconds)),
        ("bursts", .count(facts.burstCount)), ("burstInterval", .number(period.seconds)), ("burstBytes", .count(bytes)),
        ("cause", .text(isTimer ? "timer" : "buffer-size")),
      ],
      remedy: """
        Capture on the server too: if its leg is even, look between (inspection, a TCP proxy, a load balancer that \
        buffers); if it is not, the application sends in batches. nginx's proxy_buffering is not it: a WebSocket never \
        goes through that buffer.
        """)
    finding.sid = facts.sid
    finding.until = facts.last
    finding.count = facts.burstCount
    finding.endpoints = (facts.client, facts.server)
    return finding
  }
}
