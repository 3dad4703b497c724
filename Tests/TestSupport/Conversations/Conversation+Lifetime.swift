import Packets

/// How connections begin and end.
extension Conversation {
  /// The three-way handshake.
  package mutating func handshake(after interval: Interval = .zero) {
    wait(interval)
    segment(.clientToServer, flags: .syn, at: clock)
    wait(roundTrip)
    segment(.serverToClient, flags: [.syn, .ack], at: clock)
    wait(acknowledgementDelay)
    segment(.clientToServer, flags: .ack, at: clock)
  }

  /// A SYN that is sent again and again after 1, 2, 4, … s and never answered.
  package mutating func unansweredSYN(retransmissions: Int = 3) {
    let first = segment(.clientToServer, flags: .syn, at: clock)
    for attempt in 0..<retransmissions {
      wait(.seconds(Double(1 << attempt)))
      retransmit(first, at: clock)
    }
  }

  /// A SYN that is answered by a reset.
  package mutating func refusedSYN() {
    segment(.clientToServer, flags: .syn, at: clock)
    wait(roundTrip)
    segment(.serverToClient, flags: [.rst, .ack], at: clock)
  }

  /// An orderly end of TCP, begun by one side and followed at once by the other.
  package mutating func finish(by direction: Direction = .clientToServer, after interval: Interval = .milliseconds(1)) {
    halfClose(direction, after: interval)
    wait(acknowledgementDelay)
    segment(direction.reversed, flags: [.fin, .ack], at: clock)
    wait(acknowledgementDelay)
    segment(direction, flags: .ack, at: clock)
  }

  /// A FIN from one side only; returns its index.
  @discardableResult
  package mutating func halfClose(_ direction: Direction, after interval: Interval = .milliseconds(1)) -> Int {
    wait(interval)
    return segment(direction, flags: [.fin, .ack], at: clock)
  }

  /// A reset; returns its index.
  @discardableResult
  package mutating func reset(by direction: Direction, after interval: Interval = .milliseconds(1)) -> Int {
    wait(interval)
    return segment(direction, flags: [.rst, .ack], at: clock)
  }

  /// A bare acknowledgement of all that came so far, also the way to announce a changed window; returns its index.
  @discardableResult
  package mutating func acknowledge(_ direction: Direction, after interval: Interval = .zero) -> Int {
    wait(interval)
    return segment(direction, flags: .ack, at: clock)
  }

  /// A keep-alive probe: an empty segment one byte before the next (RFC 9293 section 3.8.4); returns its index.
  @discardableResult
  package mutating func keepAlive(_ direction: Direction, after interval: Interval = .seconds(1)) -> Int {
    wait(interval)
    let index = segment(direction, flags: .ack, at: clock)
    packets[index].packet.sequence &-= 1
    return index
  }
}
