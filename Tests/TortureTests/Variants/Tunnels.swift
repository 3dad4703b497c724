import Packets
import TestSupport

/// IP packets in other packets.
extension Variant {
  static let tunnels: [Variant] = [
    Variant(whole: "IP in IP") { talk in talk.framed(1) { Framing.ethernet(Framing.ipv4($0, protocol: 4)) } },
    Variant(whole: "IP in IP in IP") { talk in
      talk.framed(1) { Framing.ethernet(Framing.ipv4(Framing.ipv4($0, protocol: 4), protocol: 4)) }
    },
    Variant(whole: "IPv4 in IPv6") { talk in talk.framed(1) { Framing.ethernet(Framing.ipv6($0, next: 4)) } },
    Variant("6in4") {
      Recording(Talk.ipv6.framed(1) { Framing.ethernet(Framing.ipv4($0, protocol: 41)) }, [Expected(.ipv6)])
    },
    Variant("IPv6 in IPv6") {
      Recording(Talk.ipv6.framed(1) { Framing.ethernet(Framing.ipv6($0, next: 41)) }, [Expected(.ipv6)])
    },
    Variant("IPv6 with extension headers") {
      Recording(
        Talk.ipv6.framed(1) { packet in
          // Hop-by-hop options, then destination options, before TCP.
          let extensions: [UInt8] = [60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0]
          var header = Array(packet[..<40])
          let length = UInt16(packet.count - 40 + extensions.count)
          header[4] = UInt8(length >> 8)
          header[5] = UInt8(length & 0xff)
          header[6] = 0
          return Framing.ethernet(header + extensions + packet[40...])
        }, [Expected(.ipv6)])
    },
    gre("GRE", 0, []),
    gre("GRE with a key", 0x2000, [0, 0, 0, 9]),
    gre("GRE with checksum, key and sequence number", 0xb000, [0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1]),
    Variant(whole: "transparent Ethernet over GRE") { talk in
      talk.framed(1) { Framing.ethernet(Framing.gre(Framing.ethernet($0), flags: 0, type: 0x6558)) }
    },
    Variant(whole: "a mirrored port over GRE") { talk in
      talk.framed(1) {
        Framing.ethernet(
          Framing.gre(
            [0x10, 1, 0, 0, 0, 0, 0, 0] + Framing.ethernet($0), flags: 0x1000, type: 0x88be, fields: [0, 0, 0, 1]))
      }
    },
    Variant(whole: "VXLAN") { talk in
      talk.framed(1) { Framing.ethernet(Framing.udp([8, 0, 0, 0, 0, 0, 7, 0] + Framing.ethernet($0), port: 4789)) }
    },
    Variant(whole: "VXLAN on Linux's old port, with a VLAN inside") { talk in
      talk.framed(1) {
        Framing.ethernet(
          Framing.udp([8, 0, 0, 0, 0, 0, 7, 0] + Framing.ethernet($0, tags: [(0x8100, 5)]), port: 8472))
      }
    },
    Variant(whole: "Geneve with options") { talk in
      talk.framed(1) {
        Framing.ethernet(
          Framing.udp([1, 0, 0x65, 0x58, 0, 0, 7, 0, 0, 1, 2, 0] + Framing.ethernet($0), port: 6081))
      }
    },
    Variant(whole: "GTP-U") { talk in
      talk.framed(1) { Framing.ethernet(Framing.udp([0x30, 0xff, 0, 0, 0, 0, 0, 1] + $0, port: 2152)) }
    },
    Variant(whole: "GTP-U with an extension header") { talk in
      talk.framed(1) {
        Framing.ethernet(
          Framing.udp([0x34, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 9, 0] + $0, port: 2152))
      }
    },
    Variant(whole: "everything at once: VLANs, MPLS, GRE and VXLAN") { talk in
      talk.framed(1) { packet in
        let inner = Framing.udp([8, 0, 0, 0, 0, 0, 7, 0] + Framing.ethernet(packet), port: 4789)
        let outer = Framing.gre(inner, flags: 0, type: 0x0800)
        return Framing.ethernet([0, 1, 1, 64] + outer, tags: [(0x88a8, 3), (0x8100, 7)], type: 0x8847)
      }
    },
  ]

  private static func gre(_ name: String, _ flags: UInt16, _ fields: [UInt8]) -> Variant {
    Variant(whole: name) { talk in
      talk.framed(1) { Framing.ethernet(Framing.gre($0, flags: flags, type: 0x0800, fields: fields)) }
    }
  }
}
