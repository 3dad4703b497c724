import Analysis
import Bytes
import Capture
import Diagnosis
import Packets
import Reports
import Streams

/// Reads captures from their first packet to their last and collects what a report needs.
struct CaptureRun: ~Copyable {
  private var files: [CaptureFile] = []
  private var analyzer: Analyzer
  private var diagnostician: Diagnostician
  private let expectations: Expectations
  private var environment = EnvironmentFacts()
  private let reader: ReaderOptions
  private let ports: PortSelection
  /// How the captures compare, where there are several.
  private(set) var comparison: CaptureComparison?
  private(set) var connections: SummaryList<ConnectionFacts>
  private(set) var sessions: SummaryList<SessionFacts>
  private(set) var streams: [StreamSummary] = []
  /// Where messages go that a report shows.
  private let spool: MessageSpool?
  /// Where everything goes as it becomes known, where lines of it are wanted.
  private let lines: RecordLines?
  /// Where quiet connections wait, of very many that are open, and where summaries go, of very many.
  private let parking = OverflowFile()
  let overflow = OverflowFile()
  /// Why messages, or the state of connections, could not be kept.
  var keepingError: TemporaryFileError? { spoolError ?? parking.failure ?? overflow.failure }
  private var spoolError: TemporaryFileError?
  /// What TCP did, for a picture; the first ones of very many.
  private(set) var marks: [TransportMark] = []
  private(set) var marksLeftOut = 0
  /// Marks that a picture can show.
  private static let mostMarks = 50_000
  private(set) var limits: [LimitUse] = []
  /// What went wrong with files, in their order.
  private(set) var errors: [CaptureError] = []

  /// Opens the files; those that can't be read are in `errors`.
  init(
    paths: [String], reader: ReaderOptions, analysis: AnalysisOptions, judging: Judging = Judging(),
    spool: MessageSpool? = nil, lines: RecordLines? = nil
  ) {
    self.spool = spool
    self.lines = lines
    self.reader = reader
    ports = analysis.ports
    let store = RecordStore(overflow)
    connections = SummaryList(overflowingTo: store)
    sessions = SummaryList(overflowingTo: store)
    var options = judging.adjusted(analysis)
    options.packsMessages = spool != nil
    analyzer = Analyzer(options: options, parkingIn: RecordStore(parking))
    diagnostician = Diagnostician(thresholds: judging.thresholds)
    expectations = judging.expectations
    for path in paths {
      do {
        files.append(try CaptureFile(path: path, index: files.count, options: reader))
      } catch {
        errors.append(error)
      }
    }
  }

  var hasFiles: Bool { !files.isEmpty }

  /// Reads everything.
  ///
  /// - Parameter progress: Told now and then how many of the stored bytes were read.
  mutating func read(progress: ProgressLine) {
    var pass = CapturePass(files, ports: ports)
    comparison = pass.compare(reader: reader)
    var captures = MergedCaptures(files, clocks: comparison?.clocks.corrections ?? [])
    var count = 0
    do {
      while !Interruption.isRequested, lines?.failure == nil, keepingError == nil {
        let taken = try takeSome(&captures, &pass)
        if taken == 0 { break }
        count += taken
        collect()
        progress.update(read: files.reduce(0) { $0 + $1.position }, of: files.map(\.totalBytes), packets: count)
      }
    } catch {
      errors.append(error)
    }
    errors += captures.warnings
    progress.clear()
    while analyzer.finishSome() { collect() }
    conclude(&pass)
    spoolMessages()
    do { try spool?.finish(counts: analyzer.packedCounts) } catch { spoolError = error }
    connections.sort()
    streams.sort { $0.start.time < $1.start.time }
  }

  /// Packets between two looks at what has become known: as many as leave their messages in a processor's cache.
  private static let packetsAtOnce = 1024

  /// Analyses some packets, and says how many; none at the end.
  private mutating func takeSome(
    _ captures: inout MergedCaptures, _ pass: inout CapturePass
  ) throws(CaptureError) -> Int {
    var count = 0
    if files.count == 1 {
      while count < CaptureRun.packetsAtOnce, let run = try captures.nextRun() {
        for index in run.indices { take(run[index], run.bytes(at: index).bytes) }
        count += run.indices.count
      }
    } else {
      while count < CaptureRun.packetsAtOnce,
        try captures.next({ packet, bytes in if pass.admits(packet, bytes) { take(packet, bytes) } })
      {
        count += 1
      }
    }
    return count
  }

  /// Tells the rules what only the comparison of captures shows.
  private mutating func conclude(_ pass: inout CapturePass) {
    comparison = pass.conclude()
    for place in pass.lossPlaces { diagnostician.observe(.lossPlaced(place)) }
  }

  @inline(__always)
  private mutating func take(_ packet: CapturedPacket, _ bytes: RawSpan) {
    analyzer.receive(
      bytes, linkType: packet.linkType, wireLength: packet.wireLength, reference: packet.reference)
  }

  private mutating func collect() {
    if MessageSpool.isWorth(analyzer.packedBytes) { spoolMessages() }
    let events = analyzer.takeEvents()
    guard !events.isEmpty else { return }
    lines?.tell(events, epoch: epoch)
    // Looked at where they stand: messages are nearly all there is, and the spool or the lines have taken them.
    let span = events.span
    for index in span.indices where !span[index].isMessage { take(span[index]) }
  }

  private mutating func spoolMessages() {
    guard let spool else { return }
    let batch = spool.emptyBatch()
    analyzer.moveMessages(to: batch)
    spool.append(batch)
  }

  private mutating func take(_ event: TraceEvent) {
    diagnostician.observe(event)
    switch event {
    case .transportMark(let mark):
      if marks.count < CaptureRun.mostMarks { marks.append(mark) } else { marksLeftOut += 1 }
    case .connectionClosed(let connection): connections.append(connection, key: connection.id)
    case .sessionClosed(let session): sessions.append(session)
    case .streamEnded(let stream): streams.append(stream)
    case .captureEnded(let facts):
      environment = facts.environment
      limits = facts.limits.map { LimitUse(name: $0.name, value: $0.value, reached: $0.reached) }
    default: break
    }
  }

  /// The earliest first packet of all captures, to which all times are relative.
  var epoch: Timestamp {
    zip(files, clocks.corrections).compactMap { file, clock in file.firstPacket.map { clock.corrected($0.time) } }.min()
      ?? Timestamp(nanoseconds: 0)
  }

  private var clocks: CaptureClocks { comparison?.clocks ?? CaptureClocks(captures: files.count) }

  /// Everything as a report shows it.
  func report() -> Report {
    let scene = Scene(epoch: epoch, captures: files.count, clocks: clocks, expectations: expectations)
    var infos: [CaptureInfo] = []
    for file in files { infos.append(info(file)) }
    var report = Report(version: Wstrace.programVersion, captures: infos, epoch: epoch)
    report.connections = connections
    report.sessions = sessions
    report.streams = streams
    report.findings = diagnostician.conclude(in: scene)
    report.limits = limits
    report.environment = Environment(environment, sessions: sessions, captures: infos)
    return report
  }

  private func info(_ file: CaptureFile) -> CaptureInfo {
    let tally = analyzer.counts.tally(of: file.index)
    var info = CaptureInfo(path: file.path, format: "\(file.format)")
    info.linkTypes = file.linkTypes.map(\.name)
    info.packets = file.counts.packets
    info.bytes = file.counts.bytes
    info.firstPacket = file.firstPacket?.time
    info.fractionDigits = file.timestampDigits
    info.duration = file.duration
    info.dropped = file.dropped
    info.isCutOff = errors.contains { $0.path == file.path }
    info.truncated = file.counts.truncated
    info.duplicated = tally.duplicates
    info.clock = clocks.estimates[file.index]
    info.isClockApplied = clocks.isApplied
    info.skipped = tally.skipped.map { ("\($0.key)", $0.value) }
    info.otherPorts = tally.otherPorts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return info
  }
}
