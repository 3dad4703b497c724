import Packets

/// What a network or a capture does to packets. Indices are those that the sending steps return.
extension Conversation {
  /// Takes a packet out of the capture; the peers are not aware of it.
  package mutating func drop(_ index: Int) { packets[index].isDropped = true }

  /// Takes packets out of the capture.
  package mutating func drop(_ indices: Range<Int>) {
    for index in indices { drop(index) }
  }

  /// Moves a packet in time, and so in the capture's order.
  package mutating func delay(_ index: Int, by interval: Interval) {
    packets[index].time = packets[index].time + interval
  }

  /// Exchanges the times of two packets: they arrive in the other order.
  package mutating func swap(_ a: Int, _ b: Int) {
    (packets[a].time, packets[b].time) = (packets[b].time, packets[a].time)
  }

  /// Sends a packet's bytes again, with a new IP identification; returns the copy's index.
  ///
  /// Without a time, that is 200 ms after the original: the shortest retransmission timeout of Linux.
  @discardableResult
  package mutating func retransmit(_ index: Int, at time: Timestamp? = nil) -> Int {
    var copy = packets[index]
    copy.packet.identification &+= 0x4000
    copy.time = time ?? copy.time + .milliseconds(200)
    copy.packet.options = copy.packet.options.map { option in
      guard case .timestamps(_, let echo) = option else { return option }
      return .timestamps(stamp(copy.direction, at: copy.time), echo)
    }
    copy.isDropped = false
    packets.append(copy)
    return packets.count - 1
  }

  /// Records a packet twice, as a capture on all interfaces of a bridge host does; returns the copy's index.
  @discardableResult
  package mutating func duplicate(_ index: Int, after interval: Interval = Interval(nanoseconds: 5_000)) -> Int {
    var copy = packets[index]
    copy.time = copy.time + interval
    packets.append(copy)
    return packets.count - 1
  }

  /// Changes a packet that was already scripted: a flag, a window, an option.
  package mutating func change(_ index: Int, _ body: (inout PacketBuilder) -> Void) { body(&packets[index].packet) }
}
