import Packets
import TestSupport

/// Segments beside the data of a conversation.
extension Talk {
  /// Every so many segments of a direction, of those that are acknowledged before another one comes.
  func quiet(_ direction: Direction, every count: Int) -> [Int] {
    data(direction).dropFirst(2).filter { index in
      let next = packets[index + 1]
      return next.count == 0 && next.direction != direction
    }
    .enumerated().filter { $0.offset % count == 0 }.map(\.element)
  }

  /// The request in the SYN (RFC 7413); where it is not accepted, it comes again as usual.
  func withFastOpen(isAccepted: Bool) -> [RecordedPacket] {
    var packets = packets
    let request = data(.clientToServer)[0]
    packets[0].packet.payload = packets[request].packet.payload
    guard isAccepted else { return packets.recorded }
    packets[1].packet.acknowledgement &+= UInt32(packets[0].count)
    packets[2].packet.sequence = packets[request].packet.nextSequence
    packets[request].isDropped = true
    return packets.recorded
  }

  /// Keep-alives one octet before the next, between messages, and their answers.
  func probing(bytes: [UInt8]) -> [RecordedPacket] {
    var packets = packets
    for direction in Direction.allCases {
      for index in quiet(direction, every: 10) {
        // After the acknowledgement, which comes 20 µs after the data.
        guard let answer = packets[index...].first(where: { $0.direction != direction && $0.count == 0 }) else {
          continue
        }
        var probe = answer.again(after: Interval(nanoseconds: 100_000))
        probe.direction = direction
        probe.packet = packets[index].packet
        probe.packet.identification &+= 0x4321
        probe.packet.flags = .ack
        probe.packet.sequence = answer.packet.acknowledgement &- 1
        probe.packet.acknowledgement = answer.packet.sequence
        probe.packet.payload = bytes
        packets += [probe, answer.again(after: Interval(nanoseconds: 120_000))]
      }
    }
    return packets.recorded
  }

  /// Windows that close after a message and open before the next, with a probe in between: without data, or with the
  /// next octet, which the receiver takes or not.
  func withClosedWindow(probe isTaken: Bool?) -> [RecordedPacket] {
    var packets = packets
    let all = data(.serverToClient)
    for (index, next) in zip(all, all.dropFirst()).filter({ packets[$1].time > packets[$0].time }).enumerated()
      .filter({ $0.offset % 15 == 3 }).map(\.element)
    {
      guard let closing = packets[index...].firstIndex(where: { $0.direction == .clientToServer && $0.count == 0 }),
        packets[closing].packet.acknowledgement == packets[next].packet.sequence
      else { continue }
      packets[closing].packet.window = 0
      var probe = packets[next]
      probe.time = packets[closing].time + Interval(nanoseconds: 50_000)
      probe.packet.identification &+= 0x4321
      probe = isTaken == nil ? probe.part(0..<0) : probe.part(0..<1)
      if isTaken == nil { probe.packet.sequence &-= 1 }
      var answer = packets[closing].again(after: Interval(nanoseconds: 60_000))
      if isTaken == true { answer.packet.acknowledgement &+= 1 }
      var opening = answer.again(after: Interval(nanoseconds: 70_000))
      opening.packet.window = 65_535
      packets += [probe, answer, opening]
    }
    return packets.recorded
  }
}
