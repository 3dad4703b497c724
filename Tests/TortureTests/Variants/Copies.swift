import Packets
import TestSupport

/// The same packets seen several times.
extension Variant {
  static let copies: [Variant] = [
    copied("twice on one interface", of: .clean) { [$0, $0.seen(5_000)] },
    copied("three times", of: .clean) { [$0, $0.seen(5_000), $0.seen(9_000)] },
    copied("twice, over IPv6", of: .ipv6) { [$0, $0.seen(5_000)] },
    copied("a routed hop away, the TTL one less", of: .clean) { packet in
      [packet, packet.seen(900_000) { $0.timeToLive -= 1 }]
    },
    copied("with its VLAN tag and then without", of: .clean) { packet in
      [packet.seen(0) { $0.link = .ethernet(vlans: [7]) }, packet.seen(6_000)]
    },
    copied("without its VLAN tag and then with it", of: .clean) { packet in
      [packet, packet.seen(6_000) { $0.link = .ethernet(vlans: [7]) }]
    },
    copied("on a bridge and two of its ports", of: .clean) { packet in
      (0..<3).map { port in
        packet.seen(Int64(port) * 4_000) { $0.link = .linuxSLL2(interfaceIndex: UInt32(port) + 2) }
      }
    },
    copied("on two interfaces, without IP identifications", of: .clean) { packet in
      (0..<2).map { port in
        packet.seen(Int64(port) * 4_000) {
          $0.link = .linuxSLL2(interfaceIndex: UInt32(port) + 2)
          $0.identification = 0
        }
      }
    },
    copied("on two interfaces, without IP identifications and timestamps", of: plain) { packet in
      (0..<2).map { port in
        packet.seen(Int64(port) * 4_000) {
          $0.link = .linuxSLL2(interfaceIndex: UInt32(port) + 2)
          $0.identification = 0
        }
      }
    },
    Variant("copies apart from retransmissions") {
      let resent = Talk.clean.resending(every: 10, after: 300) { segment, _ in segment }
      let again = resent.count - Talk.clean.packets.count
      var recording = Recording((resent + resent.map { $0.seen(5_000) }).recorded, [Expected(.clean)])
      recording.duplicates = Talk.clean.packets.count + again
      recording.notices = ["capture-duplicates"]
      return recording
    },
    Variant("copies of packets out of order") {
      let packets = Talk.clean.packets.flatMap { [$0, $0.seen(5_000)] }
      var recording = Recording(packets.recorded.shuffledRuns(of: 12, seed: 4), [Expected(.clean)])
      recording.duplicates = Talk.clean.packets.count
      recording.notices = ["capture-duplicates"]
      return recording
    },
    Variant("copies of half the packets") {
      let copies = Talk.clean.packets.indices.filter { $0 % 2 == 0 }.map { Talk.clean.packets[$0].seen(5_000) }
      var recording = Recording((Talk.clean.packets + copies).recorded, [Expected(.clean)])
      recording.duplicates = copies.count
      recording.notices = ["capture-duplicates"]
      return recording
    },
  ]

  /// A conversation without the timestamps option.
  private static let plain: Talk = {
    var style = TalkStyle.short(count: 60, longest: 4000)
    style.hasTimestamps = false
    return Talk(style)
  }()

  private static func copied(
    _ name: String, of talk: Talk, _ sightings: @escaping @Sendable (ScriptedPacket) -> [ScriptedPacket]
  ) -> Variant {
    Variant("each packet " + name) {
      let packets = talk.packets.flatMap(sightings)
      var recording = Recording(packets.recorded, [Expected(talk)])
      recording.duplicates = packets.count - talk.packets.count
      recording.notices = ["capture-duplicates"]
      return recording
    }
  }
}

extension ScriptedPacket {
  /// The same packet at another place, nanoseconds later.
  func seen(_ nanoseconds: Int64, _ change: (inout PacketBuilder) -> Void = { _ in }) -> ScriptedPacket {
    var copy = self
    copy.time = time + Interval(nanoseconds: nanoseconds)
    change(&copy.packet)
    return copy
  }
}
