import Packets
import Streams

extension TCPHealth {
  /// What the connection table knows of a direction at a connection's end.
  init(_ connection: Connection, _ direction: Direction) {
    let half = connection.halves[direction]
    let facts = connection.facts[direction]
    count(facts.counters)
    leastRoundTrip = half.roundTrip.least
    smoothedRoundTrip = half.roundTrip.smoothed
    latestRoundTrip = half.roundTrip.latest
    zeroWindowSpans = Int(facts.zeroWindowSpans)
    zeroWindowTime = facts.zeroWindowTime + (facts.zeroWindowSince.map { max(.zero, connection.latest - $0) } ?? .zero)
    unacknowledgedBytes = half.unacknowledgedBytes
    unacknowledgedFor = half.unacknowledgedSince.map { max(.zero, connection.latest - $0) }
  }

  private mutating func count(_ counters: HealthCounters) {
    retransmissions = Int(counters.retransmissions)
    retransmissionTimeouts = Int(counters.retransmissionTimeouts)
    fastRetransmissions = Int(counters.fastRetransmissions)
    spuriousRetransmissions = Int(counters.spuriousRetransmissions)
    outOfOrder = Int(counters.outOfOrder)
    duplicateAcks = Int(counters.duplicateAcks)
    keepAlives = Int(counters.keepAlives)
    keepAliveAnswers = Int(counters.keepAliveAnswers)
    windowFull = Int(counters.windowFull)
    zeroWindows = Int(counters.zeroWindows)
    zeroWindowProbes = Int(counters.zeroWindowProbes)
  }
}
