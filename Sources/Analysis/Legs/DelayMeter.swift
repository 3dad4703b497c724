import Packets

/// Measures how long a proxy held each message of a tunnel.
///
/// After the 101 a tunnelling proxy passes the bytes on unchanged: the message that ends at octet *n* on the server's
/// leg is the one that ends at octet *n* on the client's, whatever was lost or retransmitted between.
struct DelayMeter {
  /// Messages on their way through the proxy that are remembered; more than a proxy's buffers hold.
  static let mostPending = 65_536
  /// Messages that seem to leave before they come; a few tell how far two clocks are apart.
  static let mostEarly = 64
  /// Packets listed as evidence.
  static let mostPackets = 1000

  private struct Sighting {
    var endOffset: UInt64
    var at: PacketReference
  }

  private var pending: [Sighting] = []
  private var head = 0
  private var early: [Sighting] = []
  private(set) var delays = GapDigest()
  /// The least delay; negative where the clocks of both legs differ.
  private(set) var earliest = Interval.zero
  private(set) var first: PacketReference?
  private(set) var last: PacketReference?
  private(set) var bursts = 0
  private(set) var burstPackets: [PacketReference] = []
  private var burst = Burst()
  private var burstTimes: [Timestamp] = []

  /// Messages that left together.
  private struct Burst {
    var start: PacketReference?
    var count = 0
    var spread = Interval.zero
    var firstSighting: Timestamp?
  }

  /// Takes a message on the server's leg.
  mutating func entered(endOffset: UInt64, at reference: PacketReference) {
    if pending.count - head >= DelayMeter.mostPending { head += 1 }
    if head > 1024, head * 2 > pending.count {
      pending.removeFirst(head)
      head = 0
    }
    pending.append(Sighting(endOffset: endOffset, at: reference))
    if !early.isEmpty { matchEarly(endOffset, reference) }
  }

  /// Compares a message with one that left before it came, which only two clocks can make so.
  private mutating func matchEarly(_ endOffset: UInt64, _ reference: PacketReference) {
    guard let index = early.firstIndex(where: { $0.endOffset >= endOffset }) else { return early.removeAll() }
    let sighting = early[index]
    early.removeFirst(index)
    guard sighting.endOffset == endOffset else { return }
    early.removeFirst()
    earliest = min(earliest, sighting.at.time - reference.time)
    first = first ?? sighting.at
    last = reference
  }

  /// Takes a message on the client's leg.
  mutating func left(endOffset: UInt64, at reference: PacketReference) {
    while head < pending.count, pending[head].endOffset < endOffset { head += 1 }
    guard head < pending.count, pending[head].endOffset == endOffset else {
      if head == pending.count, early.count < DelayMeter.mostEarly {
        early.append(Sighting(endOffset: endOffset, at: reference))
      }
      return
    }
    let entered = pending[head].at
    head += 1
    let delay = reference.time - entered.time
    delays.add(delay)
    first = first ?? entered
    last = reference
    count(delay, entered: entered, left: reference)
  }

  /// Three messages or more that leave within a millisecond and came more than ten times as far apart are a burst.
  private mutating func count(_ delay: Interval, entered: PacketReference, left: PacketReference) {
    if let start = burst.start, left.time - start.time <= .milliseconds(1), let firstEntered = burst.firstSighting {
      burst.count += 1
      burst.spread = entered.time - firstEntered
      if burst.count == 3, burst.spread > .milliseconds(10) { endorse(start) }
      return
    }
    burst = Burst(start: left, count: 1, firstSighting: entered.time)
  }

  private mutating func endorse(_ start: PacketReference) {
    bursts += 1
    if burstPackets.count < DelayMeter.mostPackets { burstPackets.append(start) }
    if burstTimes.count < 4096 { burstTimes.append(start.time) }
  }

  /// The median time from burst to burst.
  var burstInterval: Interval? {
    guard burstTimes.count > 1 else { return nil }
    let gaps = zip(burstTimes.dropFirst(), burstTimes).map { $0 - $1 }.sorted()
    return gaps[gaps.count / 2]
  }
}
