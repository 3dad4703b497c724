import Analysis
import ArgumentParser
import Capture
import Glibc
import Packets
import Redaction
import Reports

/// `wstrace report`: a folder that ends an escalation.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make a ticket's folder: what broke, the proof, the fix, a picture, and the packets.",
    discussion: """
      Writes report.html (one file, opens anywhere), summary.md (for a comment), timeline.txt, trace.json, evidence.pcap \
      and manifest.json. Message texts, cookies, tokens and e-mail addresses are replaced by their shape or by marks \
      unless --no-redact.

        wstrace report chat.pcap -o ticket/
        wstrace report chat.pcap --attach nginx-error.log --finding missing-101 -o ticket/
        wstrace report chat.pcap --format markdown -o - | gh issue comment 1234 --body-file -
      """)

  @Argument(help: "Captures to read; '-' is standard input.", completion: .file())
  var captures: [String] = []

  @OptionGroup var following: FollowingOptions
  @OptionGroup var scope: ScopeOptions
  @OptionGroup var redaction: RedactionOptions
  @OptionGroup var judgement: JudgementOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder, or with --format the file; '-' is standard output.", valueName: "path"))
  var output: String?

  @Option(help: "Write one file and no folder: html or markdown.")
  var format: ReportFormat?

  @Flag(help: "Replace a report that exists.")
  var force = false

  @Option(
    help: ArgumentHelp(
      "A program's log to copy in and to show beside the packets (may be repeated).", valueName: "file"),
    completion: .file())
  var attach: [String] = []

  @Option(
    help: ArgumentHelp("How much of each payload is kept; 0 for none, 'all' for everything.", valueName: "bytes"))
  var payloadLimit = CountLimit(4096)

  @Option(
    help: ArgumentHelp(
      "The most messages that timeline.txt and trace.json list, those of findings first.",
      valueName: "count"))
  var messageLimit = CountLimit(.max)

  mutating func validate() throws {
    if captures.isEmpty { throw ValidationError("give a capture file, or '-' for standard input") }
    if output == nil, format == nil { throw ValidationError("say where the folder is to be: -o ticket/") }
    if output == "-", format == nil { format = .markdown }
    if captures.filter({ $0 == "-" }).count > 1 { throw ValidationError("standard input can be read once only") }
  }

  mutating func run() throws {
    Interruption.install()
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    try redaction.confirm()
    let redactor = try redaction.redactor(isDefault: true)
    let logs = try attach.map { try AttachedLog($0) }
    do {
      if let format { try writeFile(format, logs, redactor) } else { try writeFolder(logs, redactor) }
    } catch let error as TemporaryFileError {
      throw failure("\(error)")
    } catch let error as CaptureError {
      throw failure("\(error)")
    }
    if Interruption.isRequested { throw ExitCode(130) }
  }

  private func writeFolder(_ logs: [AttachedLog], _ redactor: Redactor?) throws {
    let folder = try ReportFolder(path: output ?? "", replacing: force)
    let inputs = try captures.map { try InputCopy($0) }
    let hashes = InputHashes(inputs)
    let ticket = try makeTicket(inputs, redactor, hashes)
    try ticket.select(atMost: messageLimit.count)
    try ticket.writeFiles(to: folder, logs: logs, hashes)
    try folder.finish()
    let isFine = !ticket.hasUnreadableInput
    // The program ends: to give back all that the ticket holds, piece by piece, is time that nobody has anything of.
    _ = Unmanaged.passRetained(ticket)
    if !isFine { throw ExitCode(2) }
  }

  private func writeFile(_ format: ReportFormat, _ logs: [AttachedLog], _ redactor: Redactor?) throws {
    let file = try openFile()
    let ticket = try makeTicket(try captures.map { try InputCopy($0) }, redactor)
    try ticket.gather(logs)
    try ticket.write(format) { try file.write($0) }
    try file.finish()
    if ticket.hasUnreadableInput { throw ExitCode(2) }
  }

  private func openFile() throws -> OutputFile {
    guard let output, output != "-" else { return OutputFile(descriptor: STDOUT_FILENO, path: "standard output") }
    return try OutputFile(creating: output, replacing: force, inputs: captures)
  }

  private func failure(_ text: String) -> ExitCode {
    Diagnostics.say(text)
    return ExitCode(2)
  }

  /// Reads the captures, and gives all that was found out.
  private func makeTicket(
    _ inputs: [InputCopy], _ redactor: Redactor?, _ hashes: InputHashes? = nil
  ) throws -> Ticket {
    let spool = try MessageSpool(redactor: redactor) { hashes?.advance() ?? false }
    var options = following.options(wantsMessages: true, payloadLimit: payloadLimit.count)
    options.fields = .upgrades
    options.wantsTransportMarks = true
    var run = try CaptureRun(
      paths: inputs.map(\.path), reader: ReaderOptions(), analysis: options,
      judging: judgement.judging(), spool: spool)
    for error in run.errors { Diagnostics.say("\(error)") }
    let known = run.errors.count
    guard run.hasFiles else { throw ExitCode(2) }
    run.read(progress: ProgressLine(isQuiet: false))
    hashes?.finish()
    for error in run.errors.dropFirst(known) { Diagnostics.say("\(error)") }
    if let error = run.keepingError { throw error }
    var found = Ticket.Findings(report: run.report(), overflow: run.overflow)
    found.marks = run.marks
    found.marksLeftOut = run.marksLeftOut
    found.comparison = run.comparison
    found.hasUnreadableInput = run.errors.contains(where: \.isFatal)
    return try Ticket(found, inputs: inputs, spool: spool, scope: scope, analysis: options)
  }
}

/// A report in one file.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case html, markdown
}
