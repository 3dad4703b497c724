import Packets
import Streams

/// Probes and repetitions in a row to which the other side gave no sign of life.
package struct ProbeRun: Sendable {
  package private(set) var count = 0
  /// Of these, the keep-alives.
  package private(set) var keepAlives = 0
  /// Since when an answer is waited for.
  package private(set) var since = Timestamp(nanoseconds: 0)
  package private(set) var first: PacketReference?
  package private(set) var last: PacketReference?
  private var mark: Mark?

  package init() {}

  /// Where both sides stand: as long as it stays the same, the peer has sent nothing and acknowledged nothing.
  struct Mark: Equatable, Sendable {
    var acknowledged: SequenceNumber
    var received: SequenceNumber

    init(_ sender: HalfConnection, _ receiver: HalfConnection) {
      acknowledged = sender.acknowledged
      received = receiver.highest
    }
  }

  mutating func add(_ at: PacketReference, since: Timestamp, isKeepAlive: Bool, mark: Mark) {
    if self.mark != mark { self = ProbeRun() }
    if count == 0 {
      first = at
      self.since = since
    }
    self.mark = mark
    last = at
    count += 1
    if isKeepAlive { keepAlives += 1 }
  }

  /// Forgets the run: the other side sent something.
  mutating func heardPeer() {
    if count > 0 { self = ProbeRun() }
  }

  /// Forgets the run where the peer has sent or acknowledged something since.
  mutating func settle(_ sender: HalfConnection, _ receiver: HalfConnection) {
    if mark != Mark(sender, receiver) { self = ProbeRun() }
  }
}
