import Analysis
import ArgumentParser
import Glibc
import Packets
import Reports

/// What is written, how, and where.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .customLong("format"), help: "What to write: text, json, ndjson, html, markdown or har. (default: text)")
  var chosenFormat: OutputFormat?

  var format: OutputFormat { chosenFormat ?? .text }

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write; an existing file is kept unless --force.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace an existing output file.")
  var force = false

  @Option(help: "How text shows times: relative, utc or local.")
  var time: TimeChoice = .relative

  @Flag(help: "Print every message, not only the summary and the findings.")
  var timeline = false

  @Flag(name: .customLong("all"), help: "Show notices too.")
  var showsNotices = false

  @Option(
    help: ArgumentHelp(
      "How much of each payload is kept and shown; 0 for none, 'all' for everything.", valueName: "bytes"))
  var payloadLimit = CountLimit(4096)

  @Flag(help: "Give each message the SHA-256 of its whole payload, unmasked and inflated.")
  var hash = false

  /// Whether each message is part of what is written.
  var wantsMessages: Bool { timeline || ![.text, .json].contains(format) }

  /// Of which requests header fields are part of what is written.
  var fields: FieldKeeping {
    switch format {
    case .har: .all
    case .html: .upgrades
    case .text, .json, .ndjson, .markdown: .none
    }
  }

  /// Opens the output before anything is read, so that a mistake is told at once.
  func open(inputs: [String]) throws -> OutputFile {
    guard let output else { return OutputFile(descriptor: STDOUT_FILENO, path: "standard output") }
    return try OutputFile(creating: output, replacing: force, inputs: inputs)
  }

  /// Writes a whole report, with the messages where they were kept.
  func write(
    _ report: Report, extras: ReportExtras = ReportExtras(), messages: MessageSpool? = nil, to file: inout OutputFile
  ) throws {
    switch format {
    case .html:
      var page = HTMLReport(report, extras: extras)
      try messages?.forEach { page.add($0) }
      try page.write { try file.write($0) }
    case .markdown:
      var summary = MarkdownReport(report, extras: extras)
      try messages?.forEach { summary.add($0) }
      try file.write(Array(summary.text().utf8))
    case .har:
      if let messages { try Archive(report, messages).write { try file.write($0) } }
    case .json:
      try writeJSON(report, messages, to: file)
    // Has been written line by line as it became known.
    case .ndjson: break
    case .text:
      let options = textOptions(file)
      if timeline { try writeTimeline(report, messages, options, to: file) }
      try file.write(Array(TextReport(report, options: options).text().utf8))
    }
    try file.finish()
  }

  private func writeJSON(_ report: Report, _ messages: MessageSpool?, to file: borrowing OutputFile) throws {
    guard timeline else { return try JSONDocument.write(report) { try file.write($0) } }
    var document = JSONDocument(report, listsMessages: true)
    try document.writeHead(report) { try file.write($0) }
    try messages?.forEach { message in try document.write(message) { try file.write($0) } }
    try document.finish { try file.write($0) }
  }

  private func writeTimeline(
    _ report: Report, _ messages: MessageSpool?, _ options: TextOptions, to file: borrowing OutputFile
  ) throws {
    var lines = MarkedTimeline(report, options: options)
    try messages?.forEach { message in try lines.write(message) { try file.write($0) } }
    try lines.finish { try file.write($0) }
  }

  func textOptions(_ file: borrowing OutputFile) -> TextOptions {
    var options = TextOptions()
    options.showsNotices = showsNotices
    options.time = time.style
    options.color = file.isTerminal && getenv("NO_COLOR") == nil
    var size = winsize()
    if file.isTerminal, ioctl(file.descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      options.width = Int(size.ws_col)
    }
    return options
  }
}

/// The forms of a report.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, ndjson, html, markdown, har
}

/// How times are shown.
enum TimeChoice: String, ExpressibleByArgument, CaseIterable {
  case relative, utc, local

  var style: TimeStyle {
    switch self {
    case .relative: .relative
    case .utc: .utc
    case .local: .local
    }
  }
}

/// How much is kept or listed: a number, or `all`.
struct CountLimit: ExpressibleByArgument {
  var count: Int

  init(_ count: Int) { self.count = count }

  init?(argument: String) {
    if argument == "all" {
      count = .max
    } else if let number = Int(argument), number >= 0 {
      count = number
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { count == .max ? "all" : "\(count)" }
}
