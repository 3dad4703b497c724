import Packets
import TestSupport

/// Packets that their receiver got and the capture misses.
extension Variant {
  static let holes: [Variant] =
    Direction.allCases.flatMap { direction in
      [
        gap("one segment within 200 kB, \(direction)") { $0.inside($0.longest(direction), direction, 40..<41) },
        gap("two holes within 200 kB, \(direction)") {
          $0.inside($0.longest(direction), direction, 30..<33) + $0.inside($0.longest(direction), direction, 60..<61)
        },
        gap("the end of 200 kB, \(direction)") {
          Array($0.data(direction, ofMessage: $0.longest(direction)).suffix(2))
        },
        gap("the header of 200 kB, \(direction)") {
          Array($0.data(direction, ofMessage: $0.longest(direction)).prefix(1))
        },
        gap("from within 200 kB into the next messages, \(direction)") { talk in
          let first = talk.data(direction, ofMessage: talk.longest(direction))[100]
          return talk.data(direction).filter { $0 >= first && $0 < first + 60 }
        },
        gap("a message of one segment, \(direction)") { $0.data(direction, ofMessage: 3) },
        gap("ten messages, \(direction)") { talk in (150..<160).flatMap { talk.data(direction, ofMessage: $0) } },
        gap("every thirtieth segment, \(direction)") { talk in
          talk.data(direction).dropFirst(2).enumerated().filter { $0.offset % 30 == 29 }.map(\.element)
        },
        gap("the last data, \(direction)") { Array($0.data(direction).suffix(1)) },
        Variant("a hole filled 100 packets later, \(direction)") {
          var packets = Talk.clean.packets
          let index = Talk.clean.data(direction, ofMessage: 60)[0]
          packets = packets.moving(index, to: index + 100)
          return Recording(packets.recordedAsWritten, [Expected(.clean)])
        },
        Variant("the FIN is missing, \(direction)") {
          let packets = Talk.clean.packets.filter { !($0.direction == direction && $0.packet.flags.contains(.fin)) }
          return Recording(packets.recorded, [Expected(.clean)])
        },
      ]
    } + [
      gap("the request") { Array($0.data(.clientToServer).prefix(1)) },
      gap("the 101") { Array($0.data(.serverToClient).prefix(1)) },
      gap("the request and the 101") { talk in Direction.allCases.map { talk.data($0)[0] } },
      gap("holes in both directions at once") { talk in
        Direction.allCases.flatMap { talk.inside(talk.longest($0), $0, 20..<22) }
      },
      Variant("data that nobody acknowledged is no hole") {
        var style = TalkStyle.short(count: 40)
        style.ending = .nothing
        let talk = Talk(style)
        var packets = talk.packets
        let last = talk.data(.serverToClient).suffix(2)
        let missing = last[last.startIndex]
        packets[missing].isDropped = true
        packets.holdAcknowledgements(
          of: .serverToClient, at: packets[missing].packet.sequence, from: packets[missing].time,
          until: packets[packets.count - 1].time + .seconds(1))
        var expected = Expected(talk)
        expected.messages.serverToClient.removeLast(2)
        return Recording(packets.recorded, [expected])
      },
    ]

  /// The clean conversation without packets; each hole is a notice about the capture and nothing else.
  private static func gap(_ name: String, _ missing: @escaping @Sendable (Talk) -> [Int]) -> Variant {
    Variant("missing: " + name) {
      let talk = Talk.clean
      var packets = talk.packets
      let missing = missing(talk)
      for index in missing { packets[index].isDropped = true }
      var recording = Recording(packets.recorded, [talk.expected(without: missing)])
      recording.notices = ["capture-gap"]
      return recording
    }
  }
}

extension Talk {
  /// The packets with some of the segments of a message.
  func inside(_ message: Int, _ direction: Direction, _ segments: Range<Int>) -> [Int] {
    Array(data(direction, ofMessage: message)[segments])
  }
}
