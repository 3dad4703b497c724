import Packets
import TestSupport

/// The headers of all kinds of links.
extension Variant {
  static let links: [Variant] = tags + loops + pointToPoint + others

  private static let tags: [Variant] =
    [
      ("one VLAN", [(0x8100, 7)]), ("two VLANs", [(0x88a8, 100), (0x8100, 7)]),
      ("two VLANs of an old switch", [(0x9100, 100), (0x8100, 7)]),
      ("three VLANs", [(0x88a8, 3), (0x88a8, 100), (0x8100, 7)]), ("a priority tag", [(0x8100, 0xe000)]),
    ].map { (name: String, tags: [(UInt16, UInt16)]) in
      Variant(whole: name) { talk in talk.framed(1) { Framing.ethernet($0, tags: tags) } }
    } + [
      Variant(whole: "one side tagged with a priority only") { talk in
        var isTagged = false
        return talk.framed(1) { packet in
          isTagged.toggle()
          return Framing.ethernet(packet, tags: isTagged ? [(0x8100, 0xe000)] : [])
        }
      },
      Variant(whole: "a VLAN within cooked capture") { talk in
        talk.framed(113) { [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0, 0x81, 0, 0, 7, 8, 0] + $0 }
      },
      Variant(whole: "a VLAN within cooked capture v2") { talk in
        talk.framed(276) { [0x81, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0, 0, 7, 8, 0] + $0 }
      },
    ]

  private static let loops: [Variant] =
    [[2, 0, 0, 0], [0, 0, 0, 2]].map { (family: [UInt8]) in
      Variant(whole: "null, family \(family)") { talk in talk.framed(0) { family + $0 } }
    }
    + [10, 24, 28, 30].flatMap { (family: UInt8) in
      [[family, 0, 0, 0], [0, 0, 0, family]].map { bytes in
        Variant("null, IPv6 family \(bytes)") {
          Recording(Talk.ipv6.framed(0) { bytes + $0 }, [Expected(.ipv6)])
        }
      }
    } + [
      Variant(whole: "loop") { talk in talk.framed(108) { [0, 0, 0, 2] + $0 } },
      Variant("loop, IPv6") { Recording(Talk.ipv6.framed(108) { [0, 0, 0, 24] + $0 }, [Expected(.ipv6)]) },
    ]

  private static let pointToPoint: [Variant] = [
    Variant(whole: "PPP") { talk in talk.framed(9) { [0, 0x21] + $0 } },
    Variant(whole: "PPP in HDLC-like framing") { talk in talk.framed(9) { [0xff, 3, 0, 0x21] + $0 } },
    Variant(whole: "PPP with a compressed protocol field") { talk in talk.framed(9) { [0x21] + $0 } },
    Variant(whole: "PPP over a serial line") { talk in talk.framed(50) { [0xff, 3, 0, 0x21] + $0 } },
    Variant(whole: "Cisco HDLC") { talk in talk.framed(50) { [0x0f, 0, 8, 0] + $0 } },
    Variant(whole: "PPPoE") { talk in
      talk.framed(1) { Framing.ethernet(pppoe($0), type: 0x8864) }
    },
    Variant(whole: "PPPoE within a VLAN") { talk in
      talk.framed(1) { Framing.ethernet(pppoe($0), tags: [(0x8100, 7)], type: 0x8864) }
    },
    Variant(whole: "PPPoE alone") { talk in talk.framed(51) { pppoe($0) } },
    Variant("PPP, IPv6") { Recording(Talk.ipv6.framed(9) { [0, 0x57] + $0 }, [Expected(.ipv6)]) },
  ]

  private static func pppoe(_ packet: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x11, 0, 0, 9]
    bytes.append(uint16: UInt16(clamping: packet.count + 2))
    return bytes + [0, packet[0] >> 4 == 4 ? 0x21 : 0x57] + packet
  }

  private static let others: [Variant] =
    [101, 12, 14, 228].map { (linkType: UInt16) in
      Variant(whole: "raw IP, link type \(linkType)") { talk in talk.framed(linkType) { $0 } }
    } + [
      Variant("raw IPv6, link type 229") { Recording(Talk.ipv6.framed(229) { $0 }, [Expected(.ipv6)]) },
      Variant(whole: "IPv4 over Ethernet with a trailer") { talk in
        talk.framed(1) { Framing.ethernet($0) + [UInt8](repeating: 0x81, count: max(0, 46 - $0.count) + 6) }
      },
      Variant(whole: "Ethernet with its frame check sequence") { talk in
        talk.framed(1) { Framing.ethernet($0) + [0xde, 0xad, 0xbe, 0xef] }
      },
      Variant("IPv6 over Ethernet with a frame check sequence") {
        Recording(Talk.ipv6.framed(1) { Framing.ethernet($0) + [0x82, 1, 0, 0] }, [Expected(.ipv6)])
      },
      Variant(whole: "IEEE 802.3 with SNAP") { talk in
        talk.framed(1) {
          Framing.ethernet([0xaa, 0xaa, 3, 0, 0, 0, 8, 0] + $0, type: UInt16(clamping: min(1500, $0.count + 8)))
        }
      },
      Variant(whole: "MPLS, one label") { talk in
        talk.framed(1) { Framing.ethernet([0, 1, 1, 64] + $0, type: 0x8847) }
      },
      Variant(whole: "MPLS, three labels") { talk in
        talk.framed(1) { Framing.ethernet([0, 1, 0, 64, 0, 2, 0, 64, 0, 3, 1, 64] + $0, type: 0x8847) }
      },
      Variant("link types that nobody knows are counted, and the rest goes on") {
        let strange = RecordedPacket(time: Talk.clean.packets[9].time, bytes: [1, 2, 3, 4], linkType: 147)
        var recording = Recording(
          (Talk.clean.packets.recorded + [strange, strange, strange]).sortedByTime(), [Expected(.clean)])
        recording.skipped = 3
        return recording
      },
    ]
}
