import Diagnosis

extension MarkdownReport {
  /// What the peers said about themselves; empty where nothing is known.
  var environmentTable: String {
    let rows = report.environment.rows
    guard !rows.isEmpty else { return "" }
    var text = "## Environment\n\n| | |\n| --- | --- |\n"
    for (name, value) in rows.prefix(40) { text += "| \(MarkdownText.prose(name)) | \(MarkdownText.prose(value)) |\n" }
    return text
  }
}

extension Environment {
  /// What is known, in the order in which people ask.
  var rows: [(name: String, value: String)] {
    let known: [(String, String?)] = [
      ("browser", browser), ("operating system", operatingSystem), ("proxy", proxy), ("server", server),
      ("client library", clientLibrary),
    ]
    return known.compactMap { name, value in value.map { (name, Sanitizer.visible($0)) } }
      + settings.map { (Sanitizer.visible($0.name), EvidenceText.text($0.value, limit: 200)) }
  }
}
