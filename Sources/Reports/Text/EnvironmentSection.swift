import Diagnosis

extension TextReport {
  /// What the peers said about themselves, and the settings that the wire shows: two lines, as a ticket asks for them.
  var environmentLines: [String] {
    let environment = report.environment
    let names = [
      environment.clientLibrary, environment.browser, environment.operatingSystem,
      environment.proxy.map { "proxy \($0)" }, environment.server.map { "server \($0)" },
    ].compactMap { $0 }
    let settings = environment.settings.filter { $0.name != "linkTypes" }.map { setting in
      "\(Sanitizer.visible(setting.name)) \(EvidenceText.text(setting.value, limit: 80))"
    }
    let lines = [names.map(Sanitizer.visible), settings].filter { !$0.isEmpty }
    return section(
      "environment",
      lines.flatMap {
        Wrapping.lines($0.joined(separator: ", "), width: options.proseWidth - 12, first: "", indent: "  ")
      })
  }
}
