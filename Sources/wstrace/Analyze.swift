import Analysis
import ArgumentParser
import Capture
import Diagnosis
import Glibc
import Packets
import Redaction
import Reports
import Streams

/// `wstrace analyze`: reads captures and says what broke.
struct Analyze: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read captures and say what broke, where, the proof and the fix.",
    discussion: """
      Reads pcap and pcapng files, .gz and .zst of them, and '-' for standard input; several captures are read together, \
      in the order of time.

        wstrace analyze chat.pcap
        wstrace analyze --timeline chat.pcap | less
        tcpdump -i any -s 0 -U -w - 'tcp port 8080' | wstrace analyze -
      """)

  @Argument(help: "Captures to read; '-' is standard input.", completion: .file())
  var captures: [String] = []

  @OptionGroup var following: FollowingOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var redaction: RedactionOptions
  @OptionGroup var judgement: JudgementOptions

  @Option(
    help: ArgumentHelp(
      "A filter in libpcap's language; packets that don't match are left out.", valueName: "expression"))
  var filter: String?

  @Option(
    help: "What reads the files: the built-in block reader with libpcap for other formats (automatic), or libpcap.")
  var reader: ReaderChoice = .automatic

  @Option(help: "Exit with 1 when a finding is at least this severe.")
  var failOn: FailOn = .never

  mutating func validate() throws {
    if captures.isEmpty {
      guard isatty(STDIN_FILENO) == 0 else { throw ValidationError("give a capture file, or '-' for standard input") }
      captures = ["-"]
    }
  }

  mutating func run() throws {
    Interruption.install()
    let judging = try judgement.judging()
    let redactor = try redaction.redactor(isDefault: false)
    let sink = try output.open(inputs: captures)
    var options = following.options(wantsMessages: output.wantsMessages, payloadLimit: output.payloadLimit.count)
    options.fields = output.fields
    options.hashesPayloads = output.hash && output.wantsMessages
    options.wantsTransportMarks = output.format == .html
    let findings: [Finding]
    let errors: [CaptureError]
    do {
      if output.format == .ndjson {
        let lines = RecordLines(sink, captureCount: captures.count, redactor: redactor)
        (findings, errors) = try writeLines(lines, options, judging)
      } else {
        (findings, errors) = try writeReport(sink, redactor, options, judging)
      }
    } catch let error as TemporaryFileError {
      Diagnostics.say("\(error)")
      throw ExitCode(2)
    }
    if Interruption.isRequested { throw ExitCode(130) }
    if errors.contains(where: \.isFatal) { throw ExitCode(2) }
    if failOn.isReached(by: findings) { throw ExitCode(1) }
  }

  /// Analyses the captures, and writes what is found as it becomes known.
  private func writeLines(
    _ lines: RecordLines, _ options: AnalysisOptions, _ judging: Judging
  ) throws -> (findings: [Finding], errors: [CaptureError]) {
    let run = try read(options, judging, lines: lines)
    if let error = run.keepingError { throw error }
    let report = run.report()
    try lines.finish(report)
    if let error = run.keepingError { throw error }
    return (report.findings, run.errors)
  }

  /// Analyses the captures, and writes what was found in one piece.
  private func writeReport(
    _ sink: consuming OutputFile, _ redactor: Redactor?, _ options: AnalysisOptions, _ judging: Judging
  ) throws -> (findings: [Finding], errors: [CaptureError]) {
    let spool = output.wantsMessages ? try MessageSpool(redactor: redactor) : nil
    let run = try read(options, judging, spool: spool)
    if let error = run.keepingError { throw error }
    var report = run.report()
    var extras = ReportExtras()
    (extras.marks, extras.marksLeftOut) = (run.marks, run.marksLeftOut)
    if var redactor = spool?.redactor ?? redactor {
      report = redactor.redact(report)
      extras.removed = redactor.removals.list.map { ($0.kind.name, $0.count) }
    }
    try output.write(report, extras: extras, messages: spool, to: &sink)
    // Most summaries were read while it was written.
    if let error = run.keepingError { throw error }
    return (report.findings, run.errors)
  }

  /// Reads the captures, and says what is wrong with them.
  private func read(
    _ options: AnalysisOptions, _ judging: Judging, spool: MessageSpool? = nil, lines: RecordLines? = nil
  ) throws -> CaptureRun {
    var run = CaptureRun(
      paths: captures, reader: ReaderOptions(filter: filter, engine: reader.engine), analysis: options,
      judging: judging, spool: spool, lines: lines)
    for error in run.errors { Diagnostics.say("\(error)") }
    let known = run.errors.count
    guard run.hasFiles else { throw ExitCode(2) }
    run.read(progress: ProgressLine(isQuiet: false))
    for error in run.errors.dropFirst(known) { Diagnostics.say("\(error)") }
    return run
  }
}

/// What reads capture files.
enum ReaderChoice: String, ExpressibleByArgument, CaseIterable {
  case automatic, libpcap

  var engine: ReaderEngine { self == .libpcap ? .libpcap : .automatic }
}

/// The severity that makes the exit status 1.
enum FailOn: String, ExpressibleByArgument, CaseIterable {
  case error, warning, notice, never

  /// Whether a finding is at least that severe.
  func isReached(by findings: [Finding]) -> Bool {
    guard let least = Severity(rawValue: rawValue) else { return false }
    return findings.contains { $0.severity >= least }
  }
}
