import Packets

/// A classic pcap file, byte by byte (draft-ietf-opsawg-pcap).
///
/// Append packets, then take `bytes`. The file's link type is that of the first packet unless one is given.
package struct PcapBuilder: Sendable {
  package var packets: [RecordedPacket]
  /// The link type in the file's header; `nil` for that of the first packet.
  package var linkType: UInt16?
  /// The snapshot length in the header; longer packets are cut to it.
  package var snaplen = 262_144
  /// Whether the file is written as a big-endian machine would.
  package var isBigEndian = false
  /// Whether the fractions of a second are nanoseconds (magic a1b23c4d) instead of microseconds (a1b2c3d4).
  package var hasNanoseconds = false

  package init(_ packets: some Sequence<RecordedPacket> = []) { self.packets = Array(packets) }

  /// The whole file.
  package var bytes: [UInt8] {
    var file: [UInt8] = []
    file += field(hasNanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4)
    file += isBigEndian ? [0, 2, 0, 4] : [2, 0, 4, 0]
    file += field(0) + field(0) + field(UInt32(snaplen))
    file += field(UInt32(linkType ?? packets.first?.linkType ?? 1))
    for packet in packets { append(packet, to: &file) }
    return file
  }

  private func append(_ packet: RecordedPacket, to file: inout [UInt8]) {
    let (seconds, nanoseconds) = packet.time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let kept = packet.bytes.prefix(snaplen)
    file += field(UInt32(truncatingIfNeeded: seconds))
    file += field(UInt32(truncatingIfNeeded: hasNanoseconds ? nanoseconds : nanoseconds / 1_000))
    file += field(UInt32(kept.count)) + field(UInt32(packet.originalLength)) + kept
  }

  /// A 32-bit field in the file's byte order.
  private func field(_ value: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(uint32: isBigEndian ? value : value.byteSwapped)
    return bytes
  }
}
