import Capture
import Diagnosis
import Glibc
import Packets

/// For each finding a small capture of its own: the packets from 30 s before it to 10 s after it.
///
/// Findings that become known together share one: it has a name for each of them.
package struct FindingCaptures {
  static let before = Interval.seconds(30)
  static let after = Interval.seconds(10)
  /// How old a finding may be by the time that its rule is sure: a missed heartbeat is one after 45 s by Socket.IO's
  /// usual timers.
  static let lateness = Interval.seconds(60)
  /// Captures of one run: a fault that shows up as more findings than that is in those.
  package static let most = 1000
  /// Captures that grow at the same time: as many as can begin in the 10 s that each goes on.
  static let mostOpen = 40

  private struct Open {
    var file: GrowingFile
    var end: Timestamp
  }

  private let folder: String
  private let linkType: LinkType
  private var open: [Open] = []
  private var made = 0
  /// Whether findings had to go without a capture, because there were so many.
  package private(set) var isExhausted = false

  package init(folder: String, linkType: LinkType) {
    self.folder = folder
    self.linkType = linkType
  }

  /// Takes a packet.
  package mutating func append(_ packet: CapturedPacket, _ bytes: RawSpan) throws(CaptureError) {
    for capture in open where packet.reference.time <= capture.end { try capture.file.append(packet, bytes) }
  }

  /// Begins captures for findings that are new, and ends those whose time is over, by the live clock; notices get none.
  package mutating func note(
    _ changes: [FindingLedger.Change], at clock: Timestamp, from memory: PacketMemory
  ) throws(CaptureError) {
    for capture in open { try capture.file.flush() }
    open.removeAll { $0.end < clock }
    var fresh: [Finding] = []
    for case .appeared(let finding) in changes where finding.severity > .notice { fresh.append(finding) }
    guard !fresh.isEmpty else { return }
    let room = open.count < FindingCaptures.mostOpen ? max(0, FindingCaptures.most - made) : 0
    isExhausted = isExhausted || fresh.count > room
    if room > 0 { try begin(Array(fresh.prefix(room)), at: clock, from: memory) }
  }

  private mutating func begin(
    _ findings: [Finding], at clock: Timestamp, from memory: PacketMemory
  ) throws(CaptureError) {
    made += findings.count
    let file = try GrowingFile(path: path(of: findings[0]), linkType: linkType)
    // A file system without links has the packets under the first finding's name.
    for other in findings.dropFirst() { link(file.path, path(of: other)) }
    let first = findings.map(\.at.time).min() ?? clock
    let start = first + Interval(nanoseconds: -FindingCaptures.before.nanoseconds)
    try memory.forEach(since: start) { packet, bytes throws(CaptureError) in try file.append(packet, bytes) }
    try file.flush()
    open.append(Open(file: file, end: clock + FindingCaptures.after))
  }

  private func path(of finding: Finding) -> String {
    "\(folder)/\(RingName.stamp(finding.at.time))-\(finding.id)-\(finding.number).pcap"
  }
}
