import Diagnosis

/// The catalogue of findings for a terminal: `wstrace explain`.
package enum CatalogueText {
  /// All that is known about one kind of finding.
  package static func text(_ entry: CatalogueEntry, options: TextOptions = TextOptions()) -> String {
    let ink = Ink(isOn: options.color)
    var blocks = [
      [ink.paint(entry.id.rawValue, .bold)]
        + Wrapping.lines(entry.summary, width: options.proseWidth, first: "    ", indent: "    ")
    ]
    for section in entry.sections where !section.text.isEmpty {
      let body = Wrapping.advice(
        section.text, width: options.proseWidth, first: "    ", indent: "    ", code: "    ")
      blocks.append([ink.paint(section.heading, .bold)] + body)
    }
    return blocks.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  /// A line for each kind of finding.
  package static func list(_ entries: [CatalogueEntry], options: TextOptions = TextOptions()) -> String {
    var table = Table([], [.left, .left])
    for entry in entries { table.add([entry.id.rawValue, entry.summary]) }
    return table.lines(width: options.width).map { $0 + "\n" }.joined()
  }
}

extension CatalogueEntry {
  /// Its texts with their headings, in the order in which a reader needs them.
  var sections: [(heading: String, text: String)] {
    [
      ("What proves it", proof), ("Threshold", thresholdText), ("What causes it", causes), ("How to fix it", remedy),
      ("What it is mistaken for", mistakenFor),
    ]
  }

  /// The threshold with its default and the default's reason; empty where there is none to set.
  private var thresholdText: String {
    guard let threshold else { return "" }
    return "\(threshold.standardText) by default; `--threshold \(id)=DURATION` sets another. \(threshold.reason)"
  }
}
