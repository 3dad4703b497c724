import Packets

/// When the rules conclude next: a few times a second, and less often where a conclusion takes long.
package struct ConclusionSchedule: Sendable {
  private let limits: LiveLimits
  private var next: Timestamp?

  package init(limits: LiveLimits = LiveLimits()) { self.limits = limits }

  /// Whether it is time.
  package func isDue(at now: Timestamp) -> Bool { next.map { now >= $0 } ?? true }

  /// How long poll(2) may wait, in milliseconds.
  package func millisecondsLeft(at now: Timestamp) -> Int32 {
    guard let next else { return 0 }
    return Int32(clamping: max(0, (next - now).nanoseconds / 1_000_000 + 1))
  }

  /// Takes note of a conclusion, and of the time it took.
  package mutating func finished(at now: Timestamp, begun: Timestamp) {
    let cost = max(Interval.zero, now - begun)
    let pause = Interval(nanoseconds: cost.nanoseconds &* Int64(limits.tickShare))
    next = now + max(limits.tick, min(pause, LiveLimits.longestTick))
  }
}
