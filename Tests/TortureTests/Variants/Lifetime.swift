import Packets
import TestSupport

/// How connections begin, end and follow each other, and what is sent beside the data.
extension Variant {
  static let lifetime: [Variant] = beginnings + probes + endings + successors + partial

  private static let beginnings: [Variant] = [
    Variant(whole: "data on the SYN, accepted") { $0.withFastOpen(isAccepted: true) },
    Variant(whole: "data on the SYN, refused") { $0.withFastOpen(isAccepted: false) },
    Variant(whole: "simultaneous open") { talk in
      var packets = talk.packets
      var answer = packets[1]
      answer.packet.flags = .syn
      answer.packet.acknowledgement = 0
      answer.time = packets[0].time + Interval(nanoseconds: 1_000)
      var second = packets[0]
      second.packet.flags = [.syn, .ack]
      second.packet.acknowledgement = answer.packet.sequence &+ 1
      second.time = packets[1].time + Interval(nanoseconds: -1_000)
      second.packet.identification &+= 0x2000
      packets += [answer, second]
      return packets.recorded
    },
    Variant(whole: "SYN and SYN-ACK sent again") { talk in
      talk.packets.resent(0, after: Interval(nanoseconds: 100_000)).resent(1, after: Interval(nanoseconds: 10_000))
        .recorded
    },
    Variant("no SYN") { Recording(Array(Talk.clean.packets.recorded.dropFirst()), [Expected(.clean)]) },
    Variant("no handshake") {
      var recording = Recording(Array(Talk.clean.packets.recorded.dropFirst(3)), [Expected(.clean)])
      recording.notices = ["capture-mid-stream"]
      return recording
    },
  ]

  private static let probes: [Variant] = [
    Variant(whole: "keep-alives without data, answered") { $0.probing(bytes: []) },
    Variant(whole: "keep-alives with an octet of garbage, answered") { $0.probing(bytes: [0]) },
    Variant(whole: "zero-window probes without data") { $0.withClosedWindow(probe: nil) },
    Variant(whole: "zero-window probes with the next octet, refused") { $0.withClosedWindow(probe: false) },
    Variant(whole: "zero-window probes with the next octet, taken") { $0.withClosedWindow(probe: true) },
    Variant(whole: "forged resets outside the window") { talk in
      var packets = talk.packets
      for direction in Direction.allCases {
        for index in talk.quiet(direction, every: 30) {
          for distance in [1 << 30, 20_000_000, UInt32(bitPattern: -40_000)] as [UInt32] {
            var forged = packets[index].part(0..<0)
            forged.packet.flags = .rst
            forged.time = forged.time + Interval(nanoseconds: 100_000)
            forged.packet.sequence &+= distance
            forged.packet.identification = UInt16(truncatingIfNeeded: distance &+ UInt32(index))
            forged.packet.options = []
            packets.append(forged)
          }
        }
      }
      return packets.recorded
    },
  ]

  private static let endings: [Variant] = [
    Variant(whole: "data on the FIN") { talk in
      var packets = talk.packets
      for direction in Direction.allCases {
        let last = talk.data(direction).last ?? 0
        let fin = packets.firstIndex { $0.direction == direction && $0.packet.flags.contains(.fin) } ?? 0
        packets[fin].packet.sequence = packets[last].packet.sequence
        packets[fin].packet.payload = packets[last].packet.payload
        packets[last].isDropped = true
      }
      // What was acknowledged before the FINs is what came before them.
      for direction in Direction.allCases {
        packets.holdAcknowledgements(
          of: direction, at: packets[talk.data(direction).last ?? 0].packet.sequence,
          from: packets[talk.data(direction).last ?? 0].time,
          until: packets.first { $0.direction == direction && $0.packet.flags.contains(.fin) }?.time ?? packets[0].time)
      }
      return packets.recorded
    },
    Variant(whole: "a reset with a text, which is no data") { talk in
      var packets = talk.packets.filter { !$0.packet.flags.contains(.fin) }
      var reset = packets[talk.data(.serverToClient).last ?? 0]
      reset.packet.sequence = reset.packet.nextSequence
      reset.packet.flags = [.rst, .ack]
      reset.packet.payload = Array("\u{81}\u{02}hi: connection reset by application".utf8)
      reset.time = reset.time + .milliseconds(1)
      packets.append(reset)
      return packets.recorded
    },
    Variant("half-closed: the server goes on") {
      var style = TalkStyle.short(count: 60)
      style.tail = 20
      let talk = Talk(style)
      return Recording(talk.packets.recorded, [Expected(talk)])
    },
    Variant("no end") {
      var style = TalkStyle.short(count: 40)
      style.ending = .nothing
      let talk = Talk(style)
      return Recording(talk.packets.recorded, [Expected(talk)])
    },
  ]

  private static let successors: [Variant] = [
    followed("the same ports after FIN", by: 800_000, ending: .finish) { _ in [] },
    followed("the same ports after a reset", by: 800_000, ending: .goodbye) { talk in
      var reset = talk.packets[talk.packets.count - 1]
      reset.packet = talk.packets[talk.data(.clientToServer).last ?? 0].packet
      reset.packet.sequence = reset.packet.nextSequence
      reset.packet.payload = []
      reset.packet.flags = [.rst, .ack]
      return [reset]
    },
    followed("the same ports without any end", by: 800_000_000, ending: .nothing) { _ in [] },
    followed("the same ports without any end, the new numbers just above the old", by: 0, ending: .nothing) { _ in [] },
    Variant("the same addresses and ports on two VLANs") {
      let talks = [Talk(.short(seed: 5)), Talk(sibling(seed: 6, start: .zero, initial: 77_000))]
      let packets = zip(talks, [10, 20] as [UInt16]).flatMap { talk, vlan in
        talk.packets.map { packet in
          var packet = packet
          packet.packet.link = .ethernet(vlans: [vlan])
          return packet
        }
      }
      return Recording(packets.recorded, talks.map(Expected.init))
    },
  ]

  private static func sibling(seed: UInt64, start: Interval, initial: UInt32) -> TalkStyle {
    var style = TalkStyle.short(seed: seed)
    style.start = style.start + start
    style.initialSequences = Directional(both: initial)
    return style
  }

  /// A connection and, two seconds later, another with the same addresses and ports.
  private static func followed(
    _ name: String, by distance: UInt32, ending: TalkStyle.Ending,
    _ end: @escaping @Sendable (Talk) -> [ScriptedPacket]
  ) -> Variant {
    Variant(name) {
      var style = TalkStyle.short(seed: 5)
      style.ending = ending
      let first = Talk(style)
      let last = first.packets[first.data(.clientToServer).last ?? 0].packet.nextSequence
      let second = Talk(sibling(seed: 6, start: .seconds(2), initial: last &+ distance &+ 90))
      return Recording(
        (first.packets + end(first) + second.packets).recorded, [Expected(first), Expected(second)])
    }
  }

  private static let partial: [Variant] =
    Direction.allCases.map { direction in
      Variant("only \(direction) captured") {
        var expected = Expected(.clean)
        expected.messages[direction.reversed] = []
        var recording = Recording(Talk.clean.packets.filter { $0.direction == direction }.recorded, [expected])
        recording.notices = ["capture-one-sided"]
        return recording
      }
    }
    + [0, 1, 3, 100].map { cut in
      Variant("the capture starts in the middle of a frame, \(cut) octets into it") {
        let talk = Talk.clean
        let index = talk.data(.serverToClient, ofMessage: talk.longest(.serverToClient))[cut == 0 ? 0 : 40]
        var packets = Array(talk.packets[index...])
        if cut > 0 { packets[0] = packets[0].part(cut..<packets[0].count) }
        var expected = Expected(talk)
        for direction in Direction.allCases {
          let seen =
            packets.first { $0.direction == direction && $0.count > 0 }.map { talk.range(of: $0).lowerBound } ?? 0
          let hurt = talk.hurt(direction, without: [0..<seen])
          expected.messages[direction] = talk.messages[direction].indices.filter { !hurt.contains($0) }
            .map { talk.messages[direction][$0] }
        }
        var recording = Recording(packets.recorded, [expected])
        recording.notices = ["capture-mid-stream"]
        return recording
      }
    }
}
