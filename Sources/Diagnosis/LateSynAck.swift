import Analysis
import Packets

/// A SYN-ACK that came later than the way takes: the server's accept queue was full, or its host out of breath.
struct LateSynAck: Sendable {
  /// The kernel answers a SYN in no more than a round trip; a fifth of a second, and five times that, is late.
  private static let leastWait = Interval.milliseconds(200)
  private static let roundTripFactor = 5.0

  var at: PacketReference
  var waited: Interval
  /// The least time that data took to be acknowledged, as seen at the same point.
  var roundTrip: Interval

  /// `nil` where it came in time, or where nothing tells.
  init?(_ tcp: TCPFacts) {
    guard let syn = tcp.syn.first, let synAck = tcp.synAck.first,
      let roundTrip = tcp.health.clientToServer.leastRoundTrip
    else { return nil }
    let asked = tcp.lastSYN.map { $0.time <= synAck.time ? max($0.time, syn.time) : syn.time } ?? syn.time
    (at, waited, self.roundTrip) = (synAck, synAck.time - asked, roundTrip)
    guard waited >= LateSynAck.leastWait, waited.seconds >= LateSynAck.roundTripFactor * roundTrip.seconds else {
      return nil
    }
  }
}
