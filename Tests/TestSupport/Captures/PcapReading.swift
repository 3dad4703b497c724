import Packets

extension RecordedPacket {
  /// The packets of a classic little-endian pcap file, as far as it is whole.
  package static func packets(ofPcap file: [UInt8]) -> [RecordedPacket] {
    let unit: Int64 = field(file, 0) == 0xa1b2_3c4d ? 1 : 1_000
    let linkType = UInt16(truncatingIfNeeded: field(file, 20))
    var packets: [RecordedPacket] = []
    var offset = 24
    while offset + 16 <= file.count {
      let length = Int(field(file, offset + 8))
      guard offset + 16 + length <= file.count else { break }
      let time = Int64(field(file, offset)) * 1_000_000_000 + Int64(field(file, offset + 4)) * unit
      packets.append(
        RecordedPacket(
          time: Timestamp(nanoseconds: time), bytes: Array(file[offset + 16..<offset + 16 + length]),
          linkType: linkType, originalLength: Int(field(file, offset + 12))))
      offset += 16 + length
    }
    return packets
  }

  private static func field(_ file: [UInt8], _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(file[offset + $1]) << (8 * UInt32($1)) }
  }
}
