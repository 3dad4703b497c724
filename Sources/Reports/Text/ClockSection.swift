import Analysis
import Packets

extension TextReport {
  /// A line for each capture but the first: how its clock compares, and how far to trust that.
  var clockLines: [String] {
    guard report.captures.count > 1 else { return [] }
    return section("clocks", report.captures.indices.dropFirst().map { clockLine(of: report.captures[$0], $0) })
  }

  private func clockLine(of capture: CaptureInfo, _ index: Int) -> String {
    let name = "[\(index)]"
    guard let correction = capture.clock.correction else {
      return "\(name) can't be compared: no packet, and no WebSocket, is in it and another capture in both directions"
    }
    let lead = correction.offset
    var line = "\(name) is \(TextReport.exact(Interval(nanoseconds: Int64(clamping: lead.nanoseconds.magnitude)))) "
    line += lead.nanoseconds < 0 ? "behind" : "ahead of"
    line += " [0], ± \(TextReport.exact(capture.clock.uncertainty))"
    if correction.drift != 0 {
      let drift = Quantity.rate(abs(correction.drift) * 1e6)
      line += ", and \(correction.drift > 0 ? "gains" : "loses") \(drift) µs each second"
    }
    let things = capture.clock.isFromPackets ? "packet" : "message"
    line +=
      ": \(Quantity.count(capture.clock.matches, things)) \(capture.clock.isFromPackets ? "seen by both" : "on both legs")"
    if !capture.isClockApplied { line += "; not corrected, because standard input can be read only once" }
    return line
  }

  /// An interval in a unit in which it has a few digits: `72 µs`, `2.7 ms`, `7.0000 s`.
  private static func exact(_ interval: Interval) -> String {
    if interval < .milliseconds(1) { return Quantity.duration(interval) }
    if interval < .seconds(1) {
      return Quantity.decimal(Interval(nanoseconds: interval.nanoseconds * 1000), digits: 1) + " ms"
    }
    return Quantity.decimal(interval, digits: 4) + " s"
  }
}
