import Diagnosis
import Live
import Packets
import Testing

@Suite("Lost packets beside findings")
struct DropLogTests {
  @Test("only a loss around a finding's time is put beside it", arguments: [(5.0, 0), (25, 3), (39, 3), (60, 0)])
  func time(lossAt: Double, count: Int) {
    var log = DropLog()
    log.note(total: 0, at: FindingLedgerTests.time(1))
    log.note(total: 3, at: FindingLedgerTests.time(lossAt))
    log.note(total: 3, at: FindingLedgerTests.time(lossAt + 1))
    var finding = FindingLedgerTests.finding("missing-101", packet: 30)
    finding.until = FindingLedgerTests.reference(32)
    let told = log.beside([finding])[0]
    #expect(told.evidence.first { $0.name == "packetsDropped" }?.value == (count > 0 ? .count(count) : nil))
    #expect(told.detail.contains("lost 3 packets") == (count > 0))
  }
}
