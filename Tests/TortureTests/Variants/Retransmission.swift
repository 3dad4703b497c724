import Packets
import TestSupport

/// Bytes that are sent again, as they were, in part, or with others.
extension Variant {
  static let retransmission: [Variant] =
    [1, 5, 200].flatMap { milliseconds in
      [
        Variant(whole: "every tenth segment again, whole, after \(milliseconds) ms") { talk in
          talk.resending(every: 10, after: milliseconds) { segment, _ in segment }.recorded
        },
        Variant(whole: "every tenth segment again, its first half, after \(milliseconds) ms") { talk in
          talk.resending(every: 10, after: milliseconds) { segment, _ in segment.part(0..<segment.count / 2) }.recorded
        },
        Variant(whole: "every tenth segment again, its second half, after \(milliseconds) ms") { talk in
          talk.resending(every: 10, after: milliseconds) { segment, _ in segment.part(segment.count / 2..<segment.count)
          }
          .recorded
        },
        Variant(whole: "every tenth segment again with the next one's bytes, after \(milliseconds) ms") { talk in
          talk.resending(every: 10, after: milliseconds) { segment, next in segment.joined(next) }.recorded
        },
      ]
    } + [
      Variant(whole: "everything again after 200 ms") { talk in
        talk.resending(every: 1, after: 200) { segment, _ in segment }.recorded
      },
      Variant(whole: "old duplicates from 300 ms before") { talk in
        talk.resending(every: 25, after: 300) { segment, _ in segment }.recorded
      },
      Variant(whole: "the 101 again, late") { talk in
        talk.packets.resent(talk.data(.serverToClient)[0], after: .milliseconds(400)).recorded
      },
      Variant(whole: "lost on the network, sent again after a timeout") {
        $0.losing(every: 40, after: .milliseconds(220))
      },
      Variant(whole: "lost on the network, sent again soon") { $0.losing(every: 40, after: .milliseconds(2)) },
      Variant(whole: "lost on the network, sent again merged with the next") { talk in
        talk.losing(every: 40, after: .milliseconds(30)) { segment, next in segment.joined(next) }
      },
      Variant(whole: "an extended retransmission comes before what it extends to") { talk in
        var packets = talk.packets
        for index in talk.inner(every: 12) {
          let next = packets[index + 1]
          packets[index] = packets[index].joined(next)
        }
        return packets.recorded
      },
      Variant(whole: "a tail-loss probe repeats the last segment") { talk in
        let last = talk.data(.serverToClient).last ?? 0
        return talk.packets.resent(last, after: Interval(nanoseconds: 700_000)).recorded
      },
    ]
}

extension ScriptedPacket {
  var count: Int { packet.payload.count }

  /// A part of a segment, as a packet of its own.
  func part(_ range: Range<Int>) -> ScriptedPacket {
    var result = self
    result.packet.sequence &+= UInt32(range.lowerBound)
    result.packet.payload = Array(packet.payload[range])
    if range.upperBound < count { result.packet.flags.remove([.fin, .psh]) }
    return result
  }

  /// A segment with the bytes of the one that follows it in the stream, too.
  func joined(_ next: ScriptedPacket) -> ScriptedPacket {
    guard next.direction == direction, next.packet.sequence == packet.nextSequence, !next.packet.payload.isEmpty else {
      return self
    }
    var result = self
    result.packet.payload += next.packet.payload
    return result
  }

  /// The same once more: with an identification of its own, later.
  func again(after interval: Interval) -> ScriptedPacket {
    var copy = self
    copy.packet.identification &+= 0x4000
    copy.time = time + interval
    copy.isDropped = false
    return copy
  }
}

extension [ScriptedPacket] {
  /// The packets and one of them again.
  func resent(_ index: Int, after interval: Interval) -> [ScriptedPacket] {
    self + [self[index].again(after: interval)]
  }
}

extension Talk {
  /// Every so many segments of each direction that another segment of the same burst follows.
  func inner(every count: Int) -> [Int] {
    Direction.allCases.flatMap { direction in
      let all = data(direction).dropFirst(2)
      return zip(all, all.dropFirst()).filter { $1 == $0 + 1 }.map(\.0).enumerated().filter { $0.offset % count == 0 }
        .map(\.element)
    }
  }

  /// The packets, and segments made from every so many once more.
  func resending(
    every count: Int, after milliseconds: Int, _ change: (ScriptedPacket, ScriptedPacket) -> ScriptedPacket
  ) -> [ScriptedPacket] {
    var packets = packets
    for direction in Direction.allCases {
      let all = data(direction)
      for (index, next) in zip(all, all.dropFirst()).enumerated().filter({ $0.offset % count == 0 }).map(\.element) {
        let again = packets[index].again(after: .milliseconds(Int64(milliseconds)))
        packets.append(change(again, packets[next]))
      }
    }
    return packets
  }

  /// The packets of a network that loses every so many segments: they are not acknowledged until they come again.
  func losing(
    every count: Int, after interval: Interval,
    _ change: (ScriptedPacket, ScriptedPacket) -> ScriptedPacket = { segment, _ in segment }
  ) -> [RecordedPacket] {
    var result = packets
    for direction in Direction.allCases {
      let all = data(direction)
      for (index, next) in zip(all, all.dropFirst()).enumerated().filter({ $0.offset % count == count - 1 }).map(
        \.element)
      {
        let again = change(packets[index].again(after: interval), packets[next])
        result[index].isDropped = true
        result.append(again)
        result.holdAcknowledgements(
          of: direction, at: packets[index].packet.sequence, from: packets[index].time, until: again.time)
      }
    }
    return result.recorded
  }
}

extension [ScriptedPacket] {
  /// Makes a receiver acknowledge no more than what came before a hole, for a while.
  mutating func holdAcknowledgements(of direction: Direction, at sequence: UInt32, from: Timestamp, until: Timestamp) {
    for index in indices
    where self[index].direction != direction && self[index].time >= from && self[index].time < until {
      let ahead = Int32(bitPattern: self[index].packet.acknowledgement &- sequence)
      if ahead > 0 { self[index].packet.acknowledgement = sequence }
    }
  }
}
