import Packets
import TestSupport

/// IP fragments, and IP packets without a length.
extension Variant {
  static let fragments: [Variant] = [
    fragmented("in order") { $0 },
    fragmented("backwards") { $0.reversed() },
    Variant("fragments each twice") {
      doubtful(
        Talk.clean.framedApart(1) { packet in
          let pieces = ipv4Fragments(packet, of: 512).map { Framing.ethernet($0) }
          return pieces.count == 1 ? pieces : pieces.flatMap { [$0, $0] }
        })
    },
    fragmented("shuffled") { $0.shuffledRuns(of: 8, seed: 5) },
    Variant("fragments that overlap and agree") {
      doubtful(Talk.clean.framedApart(1) { ipv4Fragments($0, of: 512, overlap: 64).map { Framing.ethernet($0) } })
    },
    Variant("IPv6 fragments") {
      Recording(
        Talk.ipv6.framedApart(1) { ipv6Fragments($0, of: 512).reversed().map { Framing.ethernet($0) } },
        [Expected(.ipv6)])
    },
    Variant(whole: "fragments of different datagrams in turn") { talk in
      talk.framedApart(1) { ipv4Fragments($0, of: 512).map { Framing.ethernet($0) } }.shuffledRuns(of: 9, seed: 2)
    },
    Variant("a fragment is missing: its datagram is a hole") {
      let talk = Talk.clean
      let missing = talk.inside(talk.longest(.serverToClient), .serverToClient, 50..<51)[0]
      var count = -1
      let frames = talk.framedApart(1) { packet in
        count += 1
        let pieces = ipv4Fragments(packet, of: 512)
        return (count == missing ? Array(pieces.dropLast()) : pieces).map { Framing.ethernet($0) }
      }
      var recording = Recording(frames, [talk.expected(without: [missing])])
      recording.notices = ["capture-gap"]
      recording.skipped = 2
      return recording
    },
    Variant("IPv6 jumbograms of 150 kB") {
      var style = Talk.ipv6.style
      style.maximumSegmentSize = 150_000
      let talk = Talk(style)
      return Recording(talk.framed(1) { Framing.ethernet(jumbo($0)) }, [Expected(talk)])
    },
    Variant("IPv6 with a payload length of 0 and segments of 150 kB") {
      var style = Talk.ipv6.style
      style.maximumSegmentSize = 150_000
      let talk = Talk(style)
      return Recording(
        talk.framed(1) { packet in
          var packet = packet
          if packet.count > 60_000 { (packet[4], packet[5]) = (0, 0) }
          return Framing.ethernet(packet)
        }, [Expected(talk)])
    },
    Variant("IPv4 with a total length of 0 and segments of 150 kB") {
      var style = TalkStyle()
      style.maximumSegmentSize = 150_000
      let talk = Talk(style)
      return Recording(
        talk.framed(1) { packet in
          var packet = packet
          if packet.count > 60_000 { (packet[2], packet[3]) = (0, 0) }
          return Framing.ethernet(packet)
        }, [Expected(talk)])
    },
  ]

  /// Frames among which are fragments that belong to nothing, because their datagram was complete before them.
  private static func doubtful(_ frames: [RecordedPacket]) -> Recording {
    var recording = Recording(frames, [Expected(.clean)])
    recording.skipped = nil
    return recording
  }

  private static func fragmented(_ name: String, _ order: @escaping @Sendable ([[UInt8]]) -> [[UInt8]]) -> Variant {
    Variant(whole: "fragments \(name)") { talk in
      talk.framedApart(1) { order(ipv4Fragments($0, of: 512)).map { Framing.ethernet($0) } }
    }
  }

  /// The fragments of an IPv4 packet (RFC 791 section 3.2), the later ones beginning early by `overlap`.
  private static func ipv4Fragments(_ packet: [UInt8], of size: Int, overlap: Int = 0) -> [[UInt8]] {
    let payload = Array(packet[20...])
    guard payload.count > size else { return [packet] }
    return stride(from: 0, to: payload.count, by: size).map { start in
      let start = max(0, start - overlap)
      let end = min(payload.count, start + size + overlap)
      var header = Array(packet[..<20])
      let length = UInt16(20 + end - start)
      (header[2], header[3]) = (UInt8(length >> 8), UInt8(length & 0xff))
      let field = UInt16(start / 8) | (end < payload.count ? 0x2000 : 0)
      (header[6], header[7]) = (UInt8(field >> 8), UInt8(field & 0xff))
      return header + payload[start..<end]
    }
  }

  /// The fragments of an IPv6 packet (RFC 8200 section 4.5).
  private static func ipv6Fragments(_ packet: [UInt8], of size: Int) -> [[UInt8]] {
    let payload = Array(packet[40...])
    guard payload.count > size else { return [packet] }
    return stride(from: 0, to: payload.count, by: size).map { start in
      let end = min(payload.count, start + size)
      var header = Array(packet[..<40])
      let length = UInt16(8 + end - start)
      (header[4], header[5], header[6]) = (UInt8(length >> 8), UInt8(length & 0xff), 44)
      var fragment: [UInt8] = [6, 0]
      fragment.append(uint16: UInt16(start) | (end < payload.count ? 1 : 0))
      // The identification is the sequence number, so that each datagram has its own.
      return header + fragment + payload[4..<8] + payload[start..<end]
    }
  }

  /// An IPv6 packet with a jumbo payload option where it is long (RFC 2675 section 2).
  private static func jumbo(_ packet: [UInt8]) -> [UInt8] {
    guard packet.count > 60_000 else { return packet }
    var header = Array(packet[..<40])
    (header[4], header[5], header[6]) = (0, 0, 0)
    var option: [UInt8] = [6, 0, 0xc2, 4]
    option.append(uint32: UInt32(packet.count - 40 + 8))
    return header + option + packet[40...]
  }
}
