import Analysis
import ArgumentParser
import Glibc
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
  var payloadLimit = PayloadLimit(bytes: 4096)

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

  /// Writes a whole report.
  func write(_ report: Report, extras: ReportExtras = ReportExtras(), to file: inout OutputFile) throws {
    switch format {
    case .html: try file.write(HTMLReport.bytes(report, extras: extras))
    case .markdown: try file.write(Array(MarkdownReport.text(report, extras: extras).utf8))
    case .har: try HARDocument.write(report) { try file.write($0) }
    case .json: try JSONDocument.write(report, listsMessages: timeline) { try file.write($0) }
    // Has been written line by line as it became known.
    case .ndjson: break
    case .text:
      if timeline { try file.write(Array(Timeline.text(report, options: textOptions(file)).utf8)) }
      try file.write(Array(TextReport(report, options: textOptions(file)).text().utf8))
    }
    try file.finish()
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

/// How many bytes of a payload are kept.
struct PayloadLimit: ExpressibleByArgument {
  var bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    if argument == "all" {
      bytes = .max
    } else if let number = Int(argument), number >= 0 {
      bytes = number
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { "\(bytes)" }
}
