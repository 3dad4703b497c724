import Analysis
import Packets

extension TextReport {
  /// A line for each capture, and one for what was not decoded.
  var captureLines: [String] {
    var lines: [String] = []
    for (index, capture) in report.captures.enumerated() {
      let name = report.captures.count > 1 ? "[\(index)] \(Sanitizer.visible(capture.path)): " : ""
      lines.append(name + facts(of: capture).joined(separator: ", "))
      for (reason, count) in capture.skipped {
        lines.append("\(Quantity.count(count, "packet")) not decoded: \(Sanitizer.visible(reason))")
      }
    }
    return section("capture", lines)
  }

  private func facts(of capture: CaptureInfo) -> [String] {
    var facts = [Quantity.count(capture.packets, "packet"), Quantity.bytes(capture.bytes)]
    if capture.firstPacket != nil { facts.append(Quantity.duration(capture.duration)) }
    facts.append(capture.linkTypes.map(Sanitizer.visible).joined(separator: " and "))
    if report.captures.count == 1, !totals.paired.isEmpty {
      facts.append("both legs of a proxy")
    }
    if capture.isCutOff { facts.append("the file is cut off") }
    if capture.truncated > 0 { facts.append("\(Quantity.count(capture.truncated)) cut by the snap length") }
    if capture.duplicated > 0 { facts.append(Quantity.count(capture.duplicated, "duplicate")) }
    if let dropped = capture.dropped, dropped > 0 { facts.append("\(Quantity.count(dropped)) lost while capturing") }
    if report.captures.count == 1, (capture.dropped ?? 0) == 0, let lossText { facts.append(lossText) }
    return facts.filter { !$0.isEmpty }
  }

  /// The program's own limits, where they were reached.
  var limitLines: [String] {
    section(
      "limits",
      report.limits.filter { $0.reached > 0 }.map {
        "\(Sanitizer.visible($0.name)) of \(Quantity.count($0.value)) reached \(Quantity.count($0.reached, "time"))"
      })
  }
}
