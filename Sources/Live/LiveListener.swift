import Analysis
import Diagnosis
import Glibc
import Packets
import Reports

/// Shows, or writes, what a live capture finds out.
package protocol LiveListener: AnyObject {
  /// How many of the sessions that go on it wants to be told of each time.
  var wantedSessions: Int { get }
  /// Whether the user has asked it to end the capture.
  var wantsEnd: Bool { get }
  /// Whether the user has asked for the packets that are kept in memory.
  var wantsCapture: Bool { get }
  /// The interfaces are open, and packets may come.
  func begin(_ status: LiveStatus) throws
  /// Descriptors, a keyboard's for one, for which the capture is to wake up.
  func addDescriptors(to descriptors: inout [pollfd])
  /// Takes what has become known; the epoch is that from which times are counted, and is there where there is an event.
  func tell(_ events: [TraceEvent], epoch: Timestamp?) throws
  /// Takes what has changed among the findings, and how the capture stands: a few times a second.
  func tell(_ changes: [FindingLedger.Change], _ status: LiveStatus) throws
  /// Takes counters, as often as the user asked for them.
  func tell(_ statistics: Statistics, _ status: LiveStatus) throws
  /// Takes what became of the user's wish for the packets in memory.
  func tell(_ saved: SavedCapture)
  /// Takes a sentence about something that went wrong while the capture goes on: a full disk, packets that were lost.
  func tell(_ trouble: String)
  /// The capture is over.
  func end(_ report: Report) throws
}

extension LiveListener {
  package var wantedSessions: Int { 0 }
  package var wantsEnd: Bool { false }
  package var wantsCapture: Bool { false }
  package func tell(_ saved: SavedCapture) {}
  package func tell(_ statistics: Statistics, _ status: LiveStatus) {}
  package func addDescriptors(to descriptors: inout [pollfd]) {}
}

/// How a live capture stands.
package struct LiveStatus: Sendable {
  package var interfaces: [String]
  /// What is followed on them: `tcp port 8080`.
  package var followed = ""
  /// Since the interfaces were opened.
  package var running: Interval
  package var packets: Int
  package var dropped: Int
  /// Bytes in the file or files of --write; `nil` where there is none.
  package var savedBytes: Int?
  /// Whether --ring lets the oldest of these files give way.
  package var isRing = false
  /// Bytes of packets that are kept in memory; `nil` where none are.
  package var keptBytes: Int?
  package var totals = Totals()
  /// The findings that stand.
  package var findings: [FindingLedger.Entry] = []
  /// The sessions that go on, where the listener wants them.
  package var sessions: [OpenSession] = []
  /// The live clock, by which ages are counted.
  package var clock = Timestamp(nanoseconds: 0)
  /// From when times are counted; `nil` before the first packet.
  package var epoch: Timestamp?

  package init(interfaces: [String], running: Interval, packets: Int, dropped: Int, epoch: Timestamp?) {
    self.interfaces = interfaces
    self.running = running
    self.packets = packets
    self.dropped = dropped
    self.epoch = epoch
  }
}
