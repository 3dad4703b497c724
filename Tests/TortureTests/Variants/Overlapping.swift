import Packets
import TestSupport

/// Segments that share sequence numbers, and segments of all sizes.
extension Variant {
  static let overlapping: [Variant] =
    [1, 7, 100, 536].map { size in
      Variant(whole: "segments of \(size) octets") { talk in talk.resized(to: size, onlyShort: size < 100) }
    } + [
      Variant(whole: "segments of up to 60,000 octets") { talk in talk.packets.coalesced(upTo: 60_000).recorded },
      Variant(whole: "every segment begins 100 octets early") { talk in
        var packets = talk.packets
        for direction in Direction.allCases {
          let all = talk.data(direction).dropFirst()
          for (before, index) in zip(all, all.dropFirst()) where talk.packets[before].count >= 100 {
            packets[index].packet.sequence &-= 100
            packets[index].packet.payload =
              talk.packets[before].packet.payload.suffix(100) + talk.packets[index].packet.payload
          }
        }
        return packets.recorded
      },
      Variant(whole: "every segment again in two that meet in its middle") { talk in
        var packets = talk.packets
        for direction in Direction.allCases {
          for index in talk.data(direction) where packets[index].count > 1 {
            let again = packets[index].again(after: .milliseconds(3))
            packets += [again.part(0..<again.count / 2), again.part(again.count / 2..<again.count)]
          }
        }
        return packets.recorded
      },
      Variant(whole: "a retransmission with other bytes: the first copy stays") { talk in
        talk.resending(every: 15, after: 4) { segment, _ in segment.garbled() }.recorded
      },
      Variant(whole: "other bytes for what waits out of order: the first copy stays") { talk in
        var packets = talk.packets
        for index in talk.inner(every: 14) {
          // The later segment first, then its garbled twin, then what both wait for.
          packets[index].time = packets[index].time + Interval(nanoseconds: 9_000)
          var twin = packets[index + 1].again(after: Interval(nanoseconds: 4_000)).garbled()
          twin.packet.options = []
          packets.append(twin)
        }
        return packets.recorded
      },
      Variant(whole: "a segment around one that waits: the first copy stays") { talk in
        var packets = talk.packets
        for index in talk.inner(every: 14) {
          let whole = packets[index].joined(packets[index + 1]).again(after: Interval(nanoseconds: 6_000))
          packets[index].isDropped = true
          packets.append(whole)
        }
        return packets.recorded
      },
    ]
}

extension ScriptedPacket {
  /// The same sequence numbers with other bytes.
  func garbled() -> ScriptedPacket {
    var result = self
    result.packet.payload = packet.payload.map { $0 ^ 0x5a }
    return result
  }
}

extension Talk {
  /// The packets with data split into segments of a size; with `onlyShort`, where that does not make thousands of them.
  func resized(to size: Int, onlyShort: Bool) -> [RecordedPacket] {
    packets.flatMap { packet -> [ScriptedPacket] in
      guard packet.count > size, !onlyShort || packet.count < 120 else { return [packet] }
      return stride(from: 0, to: packet.count, by: size).enumerated().map { number, start in
        var part = packet.part(start..<min(start + size, packet.count))
        part.packet.identification &+= UInt16(truncatingIfNeeded: number &* 0x101)
        part.time = packet.time + Interval(nanoseconds: Int64(number))
        return part
      }
    }.recorded
  }
}

extension [ScriptedPacket] {
  /// Segments of one burst joined, as offloading to the network card makes them.
  func coalesced(upTo limit: Int) -> [ScriptedPacket] {
    var result: [ScriptedPacket] = []
    for packet in self {
      if let last = result.last, last.time == packet.time, last.count > 0, last.count + packet.count <= limit,
        last.direction == packet.direction, last.packet.nextSequence == packet.packet.sequence, packet.count > 0
      {
        result[result.count - 1].packet.payload += packet.packet.payload
        result[result.count - 1].packet.flags.formUnion(packet.packet.flags)
      } else {
        result.append(packet)
      }
    }
    return result
  }
}
