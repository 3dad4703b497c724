import Packets
import TestSupport

/// Packets in another order, on the wire or in the file.
extension Variant {
  static let reordering: [Variant] =
    [2, 5, 20, 50].flatMap { depth in
      [
        Variant(whole: "each \(depth) packets reversed on the wire") { talk in
          talk.packets.rewired { $0.reversedRuns(of: depth) }.recorded
        },
        Variant(whole: "each \(depth) packets reversed in the file") { talk in
          talk.packets.recorded.reversedRuns(of: depth)
        },
        Variant(whole: "shuffled within \(depth) packets on the wire") { talk in
          talk.packets.rewired { $0.shuffledRuns(of: depth, seed: UInt64(depth)) }.recorded
        },
        Variant(whole: "shuffled within \(depth) packets in the file") { talk in
          talk.packets.recorded.shuffledRuns(of: depth, seed: UInt64(depth))
        },
      ]
    } + [
      Variant(whole: "as sent") { $0.packets.recorded },
      Variant(whole: "SYN-ACK before SYN") { $0.packets.recorded.moving(1, to: 0) },
      Variant(whole: "the handshake backwards") {
        Array($0.packets.recorded.prefix(3).reversed() + $0.packets.recorded.dropFirst(3))
      },
      Variant(whole: "the 101 before its request") { talk in
        talk.packets.recorded.moving(talk.data(.serverToClient)[0], to: talk.data(.clientToServer)[0])
      },
      Variant(whole: "the 101 and the first frames before the request") { talk in
        talk.packets.recorded.moving(talk.data(.clientToServer)[0], to: 12)
      },
      Variant(whole: "the client's first frame before the 101") { talk in
        talk.packets.recorded.moving(talk.data(.clientToServer)[1], to: talk.data(.serverToClient)[0])
      },
      Variant(whole: "acknowledgements before their data") { talk in
        talk.packets.recorded.acknowledgementsFirst(talk.packets)
      },
      Variant(whole: "FIN before the last data, on the wire") { talk in
        var packets = talk.packets
        for direction in Direction.allCases {
          let fin = packets.firstIndex { $0.direction == direction && $0.packet.flags.contains(.fin) } ?? 0
          let last = talk.data(direction).suffix(3)
          for index in last { packets[index].time = packets[fin].time + .milliseconds(1) }
        }
        return packets.recorded
      },
      Variant(whole: "FIN before the last data, in the file") { $0.packets.recorded.reversedTail(8) },
      Variant(whole: "one direction 50 packets late") { talk in
        let order = talk.packets.enumerated().sorted { a, b in
          let (late, soon) = (a.element.direction == .serverToClient, b.element.direction == .serverToClient)
          return (a.offset + (late ? 50 : 0), a.offset) < (b.offset + (soon ? 50 : 0), b.offset)
        }
        return order.map(\.element.recorded)
      },
    ]
}

extension [ScriptedPacket] {
  /// The packets in another order on the wire: each has the time of the one whose place it takes.
  func rewired(_ order: ([ScriptedPacket]) -> [ScriptedPacket]) -> [ScriptedPacket] {
    let times = map(\.time).sorted()
    let sorted = enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    return zip(order(sorted), times).map { packet, time in
      var packet = packet
      packet.time = time
      return packet
    }
  }
}

extension Array {
  /// Each run of a length backwards.
  func reversedRuns(of length: Int) -> [Element] {
    stride(from: 0, to: count, by: length).flatMap { self[$0..<Swift.min($0 + length, count)].reversed() }
  }

  /// Each run of a length in random order.
  func shuffledRuns(of length: Int, seed: UInt64) -> [Element] {
    var random = SeededGenerator(seed: seed)
    return stride(from: 0, to: count, by: length).flatMap {
      self[$0..<Swift.min($0 + length, count)].shuffled(using: &random)
    }
  }

  /// The last elements backwards.
  func reversedTail(_ length: Int) -> [Element] { Array(dropLast(length) + suffix(length).reversed()) }

  /// One element at another place.
  func moving(_ index: Int, to place: Int) -> [Element] {
    var result = self
    result.insert(result.remove(at: index), at: place)
    return result
  }
}

extension [RecordedPacket] {
  /// Each bare acknowledgement before the packet that stands before it; the script has them in the order of the times.
  fileprivate func acknowledgementsFirst(_ script: [ScriptedPacket]) -> [RecordedPacket] {
    let bare = Set(script.filter { $0.packet.payload.isEmpty && $0.packet.flags == .ack }.map(\.recorded))
    var result = self
    for index in result.indices.dropFirst(8) where bare.contains(result[index]) { result.swapAt(index, index - 1) }
    return result
  }
}
