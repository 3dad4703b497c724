import Packets

extension Sequence<RecordedPacket> {
  /// The packets as a machine's clock shows them that is ahead, and gets further ahead.
  ///
  /// `drift` is in seconds per second, from the first packet on.
  package func byClock(ahead offset: Interval, drift: Double = 0) -> [RecordedPacket] {
    var start: Timestamp?
    return map { packet in
      start = start ?? packet.time
      let elapsed = Double((packet.time - (start ?? packet.time)).nanoseconds)
      var shifted = packet
      shifted.time = packet.time + offset + Interval(nanoseconds: Int64((elapsed * drift).rounded()))
      return shifted
    }
  }
}

extension Conversation {
  /// The packets as they pass a point further on towards the server, some time later, or earlier for what comes from it.
  package func passing(distance: Interval, without lost: Set<Int> = []) -> [RecordedPacket] {
    packets.indices.filter { !packets[$0].isDropped && !lost.contains($0) }
      .map { index in
        var packet = packets[index].recorded
        let isUp = packets[index].direction == .clientToServer
        packet.time = packet.time + (isUp ? distance : Interval(nanoseconds: -distance.nanoseconds))
        return packet
      }
      .sortedByTime()
  }
}
