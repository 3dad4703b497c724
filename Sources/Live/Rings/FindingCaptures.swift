import Capture
import Diagnosis
import Packets

/// For each finding a small capture of its own: the packets from 30 s before it to 10 s after it.
package struct FindingCaptures {
  static let before = Interval.seconds(30)
  static let after = Interval.seconds(10)
  /// Bytes of packets that wait in memory for a finding: half a minute at 17 Mbit/s.
  static let memory = 64 << 20
  /// Captures of one run: a fault that shows up as more findings than that is in those.
  static let most = 1000
  /// Captures that grow at the same time; what begins meanwhile is in one of them.
  static let mostOpen = 8

  private struct Open {
    var file: GrowingFile
    var end: Timestamp
  }

  private let folder: String
  private let linkType: LinkType
  private var memory: PacketMemory
  private var open: [Open] = []
  private var made = 0

  package init(folder: String, linkType: LinkType) {
    self.folder = folder
    self.linkType = linkType
    // By the time that a rule is sure, its finding is some seconds old.
    memory = PacketMemory(capacity: FindingCaptures.memory, age: FindingCaptures.before + FindingCaptures.before)
  }

  /// Takes a packet.
  package mutating func append(_ packet: CapturedPacket, _ bytes: RawSpan) throws(CaptureError) {
    memory.append(packet, bytes)
    for capture in open where packet.reference.time <= capture.end { try capture.file.append(packet, bytes) }
  }

  /// Begins captures for findings that are new, and ends those whose time is over, by the live clock; notices get none.
  package mutating func note(_ changes: [FindingLedger.Change], at clock: Timestamp) throws(CaptureError) {
    for capture in open { try capture.file.flush() }
    open.removeAll { $0.end < clock }
    for case .appeared(let finding) in changes where finding.severity > .notice {
      guard made < FindingCaptures.most, open.count < FindingCaptures.mostOpen else { continue }
      try begin(finding, at: clock)
    }
  }

  private mutating func begin(_ finding: Finding, at clock: Timestamp) throws(CaptureError) {
    made += 1
    let path = "\(folder)/\(RingName.stamp(finding.at.time))-\(finding.id)-\(finding.number).pcap"
    let file = try GrowingFile(path: path, linkType: linkType)
    let start = finding.at.time + Interval(nanoseconds: -FindingCaptures.before.nanoseconds)
    try memory.forEach(since: start) { packet, bytes throws(CaptureError) in try file.append(packet, bytes) }
    try file.flush()
    open.append(Open(file: file, end: clock + FindingCaptures.after))
  }
}
