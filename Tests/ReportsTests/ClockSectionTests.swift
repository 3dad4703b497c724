import Packets
import Testing

@testable import Analysis
@testable import Reports

@Suite struct ClockSectionTests {
  private func text(_ clock: ClockEstimate, isApplied: Bool = true) -> String {
    var second = CaptureInfo(path: "server.pcap", format: "pcap")
    second.clock = clock
    second.isClockApplied = isApplied
    let report = Report(version: "0.1.0", captures: [CaptureInfo(path: "proxy.pcap", format: "pcap"), second])
    return TextReport(report).clockLines.joined(separator: "\n")
  }

  private func estimate(_ offset: Interval, drift: Double = 0, _ uncertainty: Interval) -> ClockEstimate {
    ClockEstimate(
      correction: ClockCorrection(origin: captureStart, offset: offset, drift: drift), uncertainty: uncertainty,
      matches: 1209, isFromPackets: true)
  }

  @Test("the clock's lead is said with its uncertainty")
  func ahead() {
    #expect(
      text(estimate(.seconds(7), drift: 50e-6, Interval(nanoseconds: 72_000)))
        == "clocks      [1] is 7.0000 s ahead of [0], ± 72 µs, and gains 50.0 µs each second: 1,209 packets seen by both"
    )
    #expect(
      text(estimate(.seconds(-0.25), Interval(nanoseconds: 2_740_000)))
        == "clocks      [1] is 250.0 ms behind [0], ± 2.7 ms: 1,209 packets seen by both")
  }

  @Test("a clock that can't be compared, or came too late to be, is said to be")
  func unknown() {
    #expect(text(ClockEstimate()).contains("can't be compared"))
    #expect(text(estimate(.seconds(1), .milliseconds(1)), isApplied: false).contains("not corrected"))
  }

  @Test("one capture has no line")
  func single() {
    let report = Report(version: "0.1.0", captures: [CaptureInfo(path: "proxy.pcap", format: "pcap")])
    #expect(TextReport(report).clockLines.isEmpty)
  }
}
