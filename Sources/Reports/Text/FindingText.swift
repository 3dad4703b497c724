import Diagnosis

/// A finding as a person reads it: what broke, the proof, the fix, where to look.
package struct FindingText {
  private let finding: Finding
  private let width: Int
  private let ink: Ink

  package init(_ finding: Finding, _ options: TextOptions) {
    self.finding = finding
    width = options.proseWidth
    ink = Ink(isOn: options.color)
  }

  /// The finding in lines that fit the options' width.
  package func lines() -> [String] {
    title + Wrapping.lines(finding.detail, width: width, first: "    ", indent: "    ") + fix + look
  }

  /// The mark, the name and the title; how sure it is stands at the right, or below where there is no room.
  private var title: [String] {
    let head = "\(finding.severity.mark) \(finding.id)  "
    let isCounted = finding.title.split(separator: " ").contains { $0 == Quantity.count(finding.count) }
    let count = finding.count > 1 && !isCounted ? " × \(Quantity.count(finding.count))" : ""
    let confidence = finding.confidence.rawValue
    var lines = Wrapping.lines(finding.title + count, width: width, first: head, indent: "    ")
    let last = lines.removeLast()
    let room = width - DisplayWidth.of(last) - confidence.count
    lines.append(last + String(repeating: " ", count: max(2, room)) + confidence)
    if ink.isOn, lines[0].hasPrefix(head) {
      lines[0] = ink.paint(String(head.dropLast(2)), finding.severity.style) + "  " + lines[0].dropFirst(head.count)
    }
    return lines
  }

  private var fix: [String] {
    Wrapping.advice(
      finding.remedy, width: width, first: "    Fix: ", indent: "         ", code: "        ")
  }

  private var look: [String] {
    var lines: [String] = []
    if let filter = DisplayFilter.text(for: finding) { lines.append("    Look: " + ink.paint(filter, .cyan)) }
    if !finding.explains.isEmpty {
      lines.append("    " + ink.paint("explains " + finding.explains.map(\.rawValue).joined(separator: ", "), .dim))
    }
    return lines
  }
}
