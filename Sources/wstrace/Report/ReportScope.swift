import Analysis
import ArgumentParser
import Diagnosis
import Packets
import Redaction
import Reports

/// What a report is narrowed to.
struct ScopeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Only what happened at or after this: seconds, or 2026-01-31T23:59:59Z.", valueName: "time"))
  var since: MomentChoice?

  @Option(help: ArgumentHelp("Only what happened at or before this.", valueName: "time"))
  var until: MomentChoice?

  @Option(help: ArgumentHelp("Only this session: its sid, or the beginning of it.", valueName: "sid"))
  var session: String?

  @Option(help: ArgumentHelp("Only this connection, by its number (may be repeated).", valueName: "number"))
  var connection: [Int] = []

  @Option(help: ArgumentHelp("Only this finding: its number, or all of an id (may be repeated).", valueName: "finding"))
  var finding: [String] = []
}

/// A moment as a person gives it.
enum MomentChoice: ExpressibleByArgument {
  case seconds(Double)
  case date(Timestamp)

  init?(argument: String) {
    if let seconds = Double(argument), seconds.isFinite {
      self = .seconds(seconds)
    } else if let date = Timestamp(utcText: argument) {
      self = .date(date)
    } else {
      return nil
    }
  }

  func timestamp(after epoch: Timestamp) -> Timestamp {
    switch self {
    case .seconds(let seconds): epoch + .seconds(seconds)
    case .date(let date): date
    }
  }
}

/// The part of a run that a report shows.
struct ReportScope {
  private var since: Timestamp?
  private var until: Timestamp?
  private var connections: Set<Int>?
  /// The sessions, by their names as they are and as a redacted report shortens them: connections to a proxy are shared.
  private var sids: Set<String>?
  private var findings: [String]
  /// Sentences that say what is not shown.
  private(set) var notes: [String] = []

  /// - Throws: where a session or connection is not in the report.
  init(_ options: ScopeOptions, in report: Report) throws {
    since = options.since?.timestamp(after: report.epoch)
    until = options.until?.timestamp(after: report.epoch)
    findings = options.finding
    if !options.connection.isEmpty { connections = Set(options.connection) }
    try narrow(to: options.session, in: report)
    try narrow(toFindings: report)
    noteSpan(report.epoch)
    if let connections, options.session == nil, options.finding.isEmpty {
      let list = connections.sorted().map { "#\($0)" }.joined(separator: ", ")
      notes.append("Only connection \(list) is shown.")
    }
  }

  private mutating func narrow(to session: String?, in report: Report) throws {
    guard let session else { return }
    let found = report.sessions.filter { $0.sid?.hasPrefix(session) == true }
    guard !found.isEmpty else {
      Diagnostics.say("no session's sid begins with '\(Sanitizer.visible(session))'")
      throw ExitCode(2)
    }
    let own = Set(found.flatMap(\.connections))
    sids = Set(found.compactMap(\.sid).flatMap { [$0, Redactor.shortened($0)] })
    connections = connections.map { $0.intersection(own) } ?? own
    notes.append("Only session \(Sanitizer.visible(String(session.prefix(6))))… is shown.")
  }

  private mutating func narrow(toFindings report: Report) throws {
    guard !findings.isEmpty else { return }
    let wanted = report.findings.filter { matches($0) }
    guard !wanted.isEmpty else {
      let names = findings.map(Sanitizer.visible).joined(separator: ", ")
      Diagnostics.say("the captures have no finding \(names)")
      throw ExitCode(2)
    }
    notes.append("Only \(findings.map(Sanitizer.visible).joined(separator: ", ")) is shown.")
    var own = Set(wanted.flatMap(\.connections))
    let sids = Set(wanted.compactMap(\.sid))
    for session in report.sessions where session.sid.map(sids.contains) == true { own.formUnion(session.connections) }
    if own.isEmpty { return }
    connections = connections.map { $0.intersection(own) } ?? own
  }

  private mutating func noteSpan(_ epoch: Timestamp) {
    func text(_ time: Timestamp) -> String { time.utcText() }
    switch (since, until) {
    case (let since?, let until?): notes.append("Only \(text(since)) to \(text(until)) is shown.")
    case (let since?, nil): notes.append("Only \(text(since)) and later is shown.")
    case (nil, let until?): notes.append("Only what came until \(text(until)) is shown.")
    case (nil, nil): break
    }
  }

  private func matches(_ finding: Finding) -> Bool {
    findings.isEmpty || findings.contains(finding.id.rawValue) || findings.contains("\(finding.number)")
  }

  private func includes(_ start: Timestamp, _ end: Timestamp) -> Bool {
    (since.map { end >= $0 } ?? true) && (until.map { start <= $0 } ?? true)
  }

  private func includes(_ ids: [Int]) -> Bool {
    guard let connections else { return true }
    return ids.isEmpty || ids.contains { connections.contains($0) }
  }

  /// Whether all of the report is shown.
  var isWhole: Bool { notes.isEmpty }

  /// Whether a message is shown.
  func includes(_ message: MessageRecord) -> Bool {
    includes(message.at.time, message.at.time) && connections?.contains(message.connection) ?? true
      && includes(message.sid)
  }

  private func includes(_ sid: String?) -> Bool {
    guard let sids, let sid else { return true }
    return sids.contains(sid)
  }

  /// Whether a mark of TCP is shown.
  func includes(_ mark: TransportMark) -> Bool {
    includes(mark.at.time, mark.at.time) && connections?.contains(mark.connection) ?? true
  }

  /// Whether a moment is shown.
  func includes(_ time: Timestamp) -> Bool { includes(time, time) }

  /// The report without what is not asked for.
  func narrowed(_ report: Report) -> Report {
    var narrowed = report
    narrowed.connections = report.connections.subset {
      includes($0.start.time, $0.end.time) && connections?.contains($0.id) ?? true
    }
    narrowed.sessions = report.sessions.subset {
      includes($0.start.time, $0.end.time) && includes($0.connections) && includes($0.sid)
    }
    let sids = Set(narrowed.sessions.compactMap(\.sid))
    narrowed.streams = report.streams.filter { stream in
      includes(stream.start.time, stream.end.time) && (connections == nil || stream.sid.map(sids.contains) ?? true)
    }
    narrowed.findings = report.findings.filter {
      matches($0) && includes($0.at.time, $0.until?.time ?? $0.at.time) && includes($0.connections)
    }
    return narrowed
  }
}
