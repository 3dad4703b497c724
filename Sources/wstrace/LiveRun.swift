import Analysis
import ArgumentParser
import Capture
import Diagnosis
import Glibc
import Live
import Packets
import Reports

/// Captures from interfaces until something ends it, and tells a listener what happens.
struct LiveRun: ~Copyable {
  /// Packets taken from an interface before its neighbours have their turn.
  private static let batch = 4096

  private let devices: [LiveDevice]
  private var analysis: LiveAnalysis
  private var keeping: PacketKeeping
  private let statistics: LiveStatistics
  private let listener: any LiveListener
  private var ending: EndingConditions
  private let waitsForDevices: Bool
  private let followed: String
  private var order: ReorderBuffer?
  private var dropWarning = DropWarning()
  private var schedule = ConclusionSchedule()
  private let limits = LiveLimits()
  private let started = MachineClock.steady()
  private var isOver = false
  private var failure: DeviceError?

  init(
    devices: [LiveDevice], analysis: consuming LiveAnalysis, keeping: PacketKeeping, statistics: LiveStatistics,
    listener: any LiveListener, ending: EndingConditions, waitsForDevices: Bool, followed: String
  ) {
    self.followed = followed
    self.devices = devices
    self.analysis = analysis
    self.keeping = keeping
    self.statistics = statistics
    self.listener = listener
    self.ending = ending
    self.waitsForDevices = waitsForDevices
    order = devices.count > 1 ? ReorderBuffer(interfaces: devices.count) : nil
  }

  /// Captures to the end, and answers the findings that stand.
  mutating func run() throws -> [Finding] {
    try listener.begin(status())
    while !isOver, !Interruption.isRequested {
      wait()
      try take()
      try listener.tell(analysis.collect(), epoch: analysis.epoch)
      if listener.wantsCapture, let saved = keeping.save(at: MachineClock.timeOfDay()) { listener.tell(saved) }
      let now = MachineClock.steady()
      if schedule.isDue(at: now) {
        try conclude()
        schedule.finished(at: MachineClock.steady(), begun: now)
      }
      isOver = isOver || listener.wantsEnd || ending.isOver(packets: packets, started: started, now: now)
    }
    return try finish()
  }

  private var dropped: Int { devices.reduce(0) { $0 + $1.dropped } }
  private var packets: Int { devices.reduce(0) { $0 + $1.counts.packets } }

  /// Waits for packets, but not beyond the next conclusion.
  private func wait() {
    var descriptors = devices.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    listener.addDescriptors(to: &descriptors)
    poll(&descriptors, nfds_t(descriptors.count), schedule.millisecondsLeft(at: MachineClock.steady()))
  }

  private mutating func take() throws {
    for device in devices {
      let limit = ending.packetsLeft(after: packets) ?? LiveRun.batch
      guard limit > 0 else { break }
      do throws(DeviceError) {
        try take(from: device, atMost: min(limit, LiveRun.batch))
      } catch {
        if error.kind != .isDown || !waitsForDevices { end(by: error) }
      }
    }
    releaseOrdered(isLast: false)
  }

  private mutating func end(by error: DeviceError) {
    failure = failure ?? error
    isOver = true
  }

  private mutating func take(from device: LiveDevice, atMost limit: Int) throws(DeviceError) {
    if order == nil {
      _ = try device.receive(atMost: limit) { receive($0, $1) }
    } else {
      _ = try device.receive(atMost: limit) { order?.insert($0, $1) }
    }
  }

  /// Hands on what several interfaces showed, in the order of time.
  private mutating func releaseOrdered(isLast: Bool) {
    guard var buffer = order.take() else { return }
    buffer.release(until: isLast ? Timestamp(nanoseconds: .max) : clock()) { receive($0, $1) }
    order = buffer
  }

  private mutating func receive(_ packet: CapturedPacket, _ bytes: RawSpan) {
    analysis.receive(packet, bytes)
    if keeping.isOn { keeping.append(packet, bytes) }
  }

  /// The time of day up to which all packets have come.
  private func clock() -> Timestamp {
    MachineClock.timeOfDay() + Interval(nanoseconds: -limits.clockLag.nanoseconds)
  }

  private mutating func conclude() throws {
    for device in devices {
      _ = device.readDrops()
      if !waitsForDevices, !device.isUp { end(by: DeviceError(device: device.name, .isDown)) }
    }
    let clock = clock()
    analysis.note(dropped: dropped, at: clock)
    if let sentence = dropWarning.sentence(dropped: dropped, running: MachineClock.steady() - started) {
      listener.tell(sentence)
    }
    let changes = analysis.conclude(at: clock)
    ending.note(changes, at: MachineClock.steady())
    try listener.tell(analysis.collect(), epoch: analysis.epoch)
    keep(changes, at: clock)
    try tell(changes)
  }

  private func tell(_ changes: [FindingLedger.Change]) throws {
    let status = status()
    try listener.tell(changes, status)
    if let counters = try statistics.note(changes, status) { try listener.tell(counters, status) }
  }

  private mutating func keep(_ changes: [FindingLedger.Change], at clock: Timestamp) {
    keeping.note(changes, at: clock)
    for trouble in keeping.takeTroubles() { listener.tell(trouble.description) }
  }

  private mutating func finish() throws -> [Finding] {
    releaseOrdered(isLast: true)
    for device in devices { _ = device.readDrops() }
    try listener.tell(analysis.collect(), epoch: analysis.epoch)
    let clock = clock()
    let (events, changes, findings) = analysis.finish(at: clock)
    try listener.tell(events, epoch: analysis.epoch)
    keep(changes, at: clock)
    try tell(changes)
    try listener.end(report(findings))
    if let failure {
      Diagnostics.say("\(failure)")
      throw ExitCode(2)
    }
    return findings
  }

  private func status() -> LiveStatus {
    var status = LiveStatus(
      interfaces: devices.map(\.name), running: MachineClock.steady() - started, packets: packets,
      dropped: dropped, epoch: analysis.epoch)
    status.followed = followed
    status.savedBytes = keeping.savedBytes
    status.keptBytes = keeping.keptBytes
    status.isRing = keeping.isRing
    status.totals = analysis.statistics()
    status.findings = analysis.ledger.entries
    status.sessions = listener.wantedSessions > 0 ? analysis.openSessions(atMost: listener.wantedSessions) : []
    status.clock = clock()
    return status
  }

  private func report(_ findings: [Finding]) -> Report {
    let infos = devices.map { CaptureInfo($0, analysis.counts) }
    var report = Report(
      version: Wstrace.programVersion, captures: infos,
      epoch: devices.compactMap { $0.firstPacket?.time }.min() ?? MachineClock.timeOfDay())
    report.connections = SummaryList(analysis.kept.connections)
    report.sessions = SummaryList(analysis.kept.sessions)
    report.streams = analysis.kept.streams
    report.findings = findings
    report.limits = analysis.kept.limits
    report.environment = Environment(analysis.environment, sessions: report.sessions, captures: infos)
    return report
  }
}

extension CaptureInfo {
  /// What an interface delivered.
  init(_ device: LiveDevice, _ counts: PacketCounts) {
    self.init(path: device.name, format: "live")
    linkTypes = [device.linkType.name]
    packets = device.counts.packets
    bytes = device.counts.bytes
    firstPacket = device.firstPacket?.time
    fractionDigits = 9
    if let first = device.firstPacket, let latest = device.latest { duration = latest - first.time }
    dropped = device.dropped
    truncated = device.counts.truncated
    duplicated = counts.duplicates
    skipped = counts.skipped.map { ("\($0.key)", $0.value) }
    otherPorts = counts.otherPorts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

extension PacketKeeping.Trouble {
  /// A sentence for the user.
  fileprivate var description: String {
    switch self {
    case .givenUp(let error): "\(error); no more packets are saved there"
    case .noMoreCaptures:
      "\(FindingCaptures.most) captures of findings were made, or too many began at once; further findings get none"
    }
  }
}

/// The machine's own time.
enum MachineClock {
  /// The time of day, by which the kernel stamps packets; it may be set while a capture goes on.
  static func timeOfDay() -> Timestamp { read(CLOCK_REALTIME) }

  /// A time that only goes on, for what is to happen after a while.
  static func steady() -> Timestamp { read(CLOCK_MONOTONIC) }

  private static func read(_ clock: clockid_t) -> Timestamp {
    var time = timespec()
    clock_gettime(clock, &time)
    return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
