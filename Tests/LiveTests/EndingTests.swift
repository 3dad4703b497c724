import Diagnosis
import Live
import Packets
import Testing

@Suite("When a capture ends, and when rules conclude")
struct EndingTests {
  private func time(_ seconds: Double) -> Timestamp { FindingLedgerTests.time(seconds) }

  @Test("by packets, by time, or 10 s after a finding")
  func conditions() {
    let packets = EndingConditions(packets: 5)
    #expect(!packets.isOver(packets: 4, started: time(0), now: time(1000)))
    #expect(packets.isOver(packets: 5, started: time(0), now: time(1)))
    #expect(packets.packetsLeft(after: 3) == 2)
    let duration = EndingConditions(duration: .seconds(30))
    #expect(!duration.isOver(packets: 9, started: time(10), now: time(39.9)))
    #expect(duration.isOver(packets: 9, started: time(10), now: time(40)))
    var finding = EndingConditions(findings: ["missing-101"])
    finding.note([.appeared(FindingLedgerTests.finding("abnormal-close", packet: 1))], at: time(5))
    #expect(!finding.isOver(packets: 9, started: time(0), now: time(1000)))
    finding.note([.appeared(FindingLedgerTests.finding("missing-101", packet: 1))], at: time(6))
    finding.note([.appeared(FindingLedgerTests.finding("missing-101", packet: 2))], at: time(12))
    #expect(!finding.isOver(packets: 9, started: time(0), now: time(15.9)))
    #expect(finding.isOver(packets: 9, started: time(0), now: time(16)))
  }

  @Test("conclusions come four times a second, and seldom where they take long")
  func schedule() {
    var schedule = ConclusionSchedule()
    #expect(schedule.isDue(at: time(0)))
    schedule.finished(at: time(0.001), begun: time(0))
    #expect(!schedule.isDue(at: time(0.2)))
    #expect(schedule.isDue(at: time(0.252)))
    #expect((1...252).contains(schedule.millisecondsLeft(at: time(0.001))))
    schedule.finished(at: time(1.2), begun: time(1))
    #expect(!schedule.isDue(at: time(3)))
    #expect(schedule.isDue(at: time(3.21)))
    schedule.finished(at: time(20), begun: time(10))
    #expect(schedule.isDue(at: time(25)))
  }
}
