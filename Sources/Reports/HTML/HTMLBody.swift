import Diagnosis
import Packets

/// The page as it reads without its script: the findings in words, and the places that the script fills.
extension HTMLReport {
  /// Findings that are written out; a page of a thousand helps nobody.
  private static let mostFindings = 50
  /// Findings that the page's head lists.
  private static let mostIndexed = 8

  var body: String {
    let verdict = ReportVerdict(report)
    var text = "<body>\n<a class=\"skip\" href=\"#picture\">Skip to the picture</a>\n<header>\n"
    text += "<p class=\"meta\">\(HTMLText.escaped(metaLine))</p>\n"
    let headline = verdict.headline.prefix(1).uppercased() + verdict.headline.dropFirst()
    text += "<h1>\(HTMLText.escaped(verdict.faults.isEmpty ? headline : "What broke"))</h1>\n"
    text += "<p class=\"counts\">\(HTMLText.escaped(verdict.counts))</p>\n"
    text += index(of: verdict.faults) + "</header>\n<main>\n"
    text += scopeNotes
    text += "<section id=\"findings\" aria-label=\"Findings\">\n"
    for finding in verdict.faults.prefix(HTMLReport.mostFindings) { text += article(finding) }
    let notices = verdict.ranked.filter { $0.severity == .notice }
    if !notices.isEmpty {
      text += "<details class=\"notices\"\(verdict.faults.isEmpty ? " open" : "")><summary>"
      text += "\(Quantity.count(notices.count, "notice"))</summary>\n"
      for finding in notices.prefix(HTMLReport.mostFindings) { text += article(finding) }
      text += "</details>\n"
    }
    return text + "</section>\n" + HTMLReport.places
  }

  private var metaLine: String {
    let names = report.captures.map(\.path).joined(separator: ", ")
    let digits = report.captures.first?.fractionDigits ?? 6
    let packets = report.captures.reduce(0) { $0 &+ $1.packets }
    return "wstrace \(report.version) · \(names) · \(Quantity.count(packets, "packet")) · times are seconds since "
      + report.epoch.utcText(fractionDigits: digits)
  }

  private var scopeNotes: String {
    var notes = extras.scope
    if let removed = extras.removed {
      let list = removed.map { "\(Quantity.count($0.count)) × \($0.kind)" }.joined(separator: ", ")
      notes.append("Redacted: " + (list.isEmpty ? "nothing had to be removed" : list) + ".")
    }
    return notes.map { "<p class=\"note\">\(HTMLText.escaped($0))</p>\n" }.joined()
  }

  /// All faults in a line each, where there are several: the first screen must name them.
  private func index(of faults: [Finding]) -> String {
    guard faults.count > 1 else { return "" }
    var text = "<ol class=\"index\">\n"
    for finding in faults.prefix(HTMLReport.mostIndexed) {
      text += "<li class=\"\(finding.severity.rawValue)\"><a href=\"#finding-\(finding.number)\">"
      text += "<span class=\"mark\" aria-hidden=\"true\">\(finding.severity.mark)</span> "
      text += "<span class=\"id\">\(HTMLText.escaped(finding.id.rawValue))</span></a> "
      text += "\(HTMLText.prose(finding.title))</li>\n"
    }
    text += "</ol>\n"
    let rest = faults.count - HTMLReport.mostIndexed
    return rest > 0 ? text + "<p class=\"counts\">… and \(Quantity.count(rest)) more below</p>\n" : text
  }

  private func article(_ finding: Finding) -> String {
    let count = finding.count > 1 ? " × \(Quantity.count(finding.count))" : ""
    var text = "<article class=\"finding \(finding.severity.rawValue)\" id=\"finding-\(finding.number)\""
    text += " data-finding=\"\(finding.number)\">\n"
    text += "<h2><span class=\"mark\" aria-hidden=\"true\">\(finding.severity.mark)</span> "
    text += "<span class=\"id\">\(HTMLText.escaped(finding.id.rawValue))</span> "
    text += "<span class=\"title\">\(HTMLText.prose(finding.title + count))</span></h2>\n"
    text += "<p class=\"tags\">\(HTMLText.escaped(tags(of: finding)))</p>\n"
    for paragraph in finding.detail.split(separator: "\n") { text += "<p>\(HTMLText.prose(String(paragraph)))</p>\n" }
    text += "<div class=\"fix\"><h3>Fix</h3>\(HTMLText.advice(finding.remedy))</div>\n"
    if let filter = DisplayFilter.text(for: finding) {
      text += "<p class=\"look\">In Wireshark: <code>\(HTMLText.escaped(filter))</code></p>\n"
    }
    if !finding.explains.isEmpty {
      let names = finding.explains.map(\.rawValue).joined(separator: ", ")
      text += "<p class=\"tags\">Explains \(HTMLText.escaped(names))</p>\n"
    }
    return text + "</article>\n"
  }

  private func tags(of finding: Finding) -> String {
    var span = Quantity.decimal(finding.at.time - report.epoch, digits: 3) + " s"
    if let until = finding.until, until.time > finding.at.time {
      span += " – " + Quantity.decimal(until.time - report.epoch, digits: 3) + " s"
    }
    let blame = finding.blameDetail.map { "\(finding.blame.rawValue) (\($0.rawValue))" } ?? finding.blame.rawValue
    let packets = finding.packets.prefix(6).map { String($0.number) }.joined(separator: ", ")
    let more = finding.packets.count > 6 ? ", … \(Quantity.count(finding.packets.count)) in all" : ""
    var tags = [finding.severity.rawValue, finding.confidence.rawValue, span, "points at: \(blame)"]
    if !packets.isEmpty { tags.append("packets \(packets)\(more)") }
    return tags.joined(separator: " · ")
  }

  /// What the script fills.
  private static let places = """
    <section id="picture" aria-labelledby="picture-title"><h2 id="picture-title">The picture</h2>
    <div id="picture-body"></div></section>
    <section id="charts" aria-labelledby="charts-title"><h2 id="charts-title">Rhythm and delay</h2>
    <div id="charts-body"></div></section>
    <section id="tables" aria-label="Tables"></section>
    <noscript><p class="note">The picture, the charts and the tables are drawn by a script, which is switched off here.
    The findings above, and the other files of this report, need none.</p></noscript>
    </main>
    <div id="announcer" role="status" aria-live="polite"></div>

    """
}
