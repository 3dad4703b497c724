import Diagnosis

/// The catalogue of findings as `docs/findings.md`.
package enum CatalogueMarkdown {
  /// The page: a table of all kinds, then a section for each.
  package static func text(_ entries: [CatalogueEntry]) -> String {
    var text =
      "# Findings\n\nFrom a symptom to a finding: [troubleshooting.md](troubleshooting.md). What each rule does *not* "
    text += "report, and why: [near-misses.md](near-misses.md).\n\n| finding | what it means |\n| --- | --- |\n"
    for entry in entries { text += "| [`\(entry.id)`](#\(entry.id)) | \(cell(entry.summary)) |\n" }
    for entry in entries { text += "\n" + section(entry) }
    return text
  }

  private static func section(_ entry: CatalogueEntry) -> String {
    var text = "## `\(entry.id)`\n\n\(entry.summary)\n"
    for (heading, body) in entry.sections where !body.isEmpty { text += "\n**\(heading).** \(paragraphs(body))\n" }
    return text
  }

  /// The lines as paragraphs; those that begin with four spaces, which are configuration, as code.
  private static func paragraphs(_ body: String) -> String {
    var blocks: [String] = []
    var code: [Substring] = []
    let lines: [Substring] = body.split(separator: "\n") + [""]
    for line in lines {
      if line.hasPrefix("    ") {
        code.append(line.dropFirst(4))
        continue
      }
      if !code.isEmpty { blocks.append("```\n\(code.joined(separator: "\n"))\n```") }
      code = []
      if !line.isEmpty { blocks.append(String(line)) }
    }
    return blocks.joined(separator: "\n\n")
  }

  /// A table's cell has one line, and no bar of its own.
  private static func cell(_ text: String) -> String {
    text.split(separator: "\n").joined(separator: " ").split(separator: "|", omittingEmptySubsequences: false)
      .joined(separator: "\\|")
  }
}
