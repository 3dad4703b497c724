import Packets
import Testing

@testable import Analysis

@Suite struct DelayMeterTests {
  /// Measures messages of 20 bytes, one each 50 ms, that leave at the times that a proxy makes of theirs.
  private func measure(
    _ count: Int, losing lost: Set<Int> = [], missing: Set<Int> = [], leavingAt time: (_ milliseconds: Int) -> Int
  ) -> DelayMeter {
    var meter = DelayMeter()
    var arrivals: [(order: Int, isLeaving: Bool, message: Int)] = []
    for message in 0..<count {
      if !missing.contains(message) { arrivals.append((message * 50, false, message)) }
      if !lost.contains(message) { arrivals.append((time(message * 50), true, message)) }
    }
    arrivals.sort { ($0.order, $0.message, $1.isLeaving ? 1 : 0) < ($1.order, $1.message, $0.isLeaving ? 1 : 0) }
    for (at, isLeaving, message) in arrivals {
      let end = UInt64(message + 1) * 20
      if isLeaving {
        meter.left(endOffset: end, at: packet(at: at))
      } else {
        meter.entered(endOffset: end, at: packet(at: at))
      }
    }
    return meter
  }

  @Test("a constant delay is measured, and is no burst")
  func constant() {
    let meter = measure(100) { $0 + 7 }
    #expect(meter.delays.count == 100)
    #expect(meter.delays.minimum == .milliseconds(7))
    #expect(meter.delays.maximum == .milliseconds(7))
    #expect(meter.bursts == 0)
    #expect(meter.burstInterval == nil)
    #expect(meter.first == packet(at: 0))
    #expect(meter.last == packet(at: 99 * 50 + 7))
  }

  @Test("a timer that lets all go together makes sawteeth")
  func sawtooth() {
    let meter = measure(100) { ($0 / 500 + 1) * 500 }
    #expect(meter.delays.count == 100)
    #expect(meter.delays.minimum == .milliseconds(50))
    #expect(meter.delays.maximum == .milliseconds(500))
    #expect(meter.bursts == 10)
    #expect(meter.burstInterval == .milliseconds(500))
    #expect(meter.burstPackets.count == 10)
    #expect(meter.burstPackets.first == packet(at: 500))
  }

  @Test("a message that one leg misses disturbs no other", arguments: [0, 1, 42, 98, 99])
  func missing(message: Int) {
    let lost = measure(100, losing: [message]) { $0 + 7 }
    #expect(lost.delays.count == 99)
    #expect(lost.delays.maximum == .milliseconds(7))
    let unseen = measure(100, missing: [message]) { $0 + 7 }
    #expect(unseen.delays.count == 99)
    #expect(unseen.delays.maximum == .milliseconds(7))
  }

  @Test("messages that came together and leave together are no burst")
  func together() {
    var meter = DelayMeter()
    for round in 0..<10 {
      for message in 0..<5 { meter.entered(endOffset: UInt64(round * 5 + message), at: packet(at: round * 500)) }
      for message in 0..<5 { meter.left(endOffset: UInt64(round * 5 + message), at: packet(at: round * 500 + 3)) }
    }
    #expect(meter.delays.count == 50)
    #expect(meter.bursts == 0)
  }

  @Test("a proxy that never passes anything on takes no more room than the limit")
  func bounded() {
    var meter = DelayMeter()
    let count = DelayMeter.mostPending + 5_000
    for message in 0..<count { meter.entered(endOffset: UInt64(message), at: packet(at: message)) }
    meter.left(endOffset: 0, at: packet(at: count))
    #expect(meter.delays.count == 0, "the oldest are forgotten")
    meter.left(endOffset: UInt64(count - 1), at: packet(at: count))
    #expect(meter.delays.count == 1)
    #expect(meter.delays.maximum == .milliseconds(1))
  }
}
