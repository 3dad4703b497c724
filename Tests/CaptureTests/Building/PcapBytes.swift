/// The bytes of a pcap file, made field by field.
struct PcapBytes {
  var order = ByteOrder.little
  var bytes: [UInt8] = []

  init(
    order: ByteOrder = .little, magic: UInt32 = 0xa1b2_c3d4, minor: UInt16 = 4, snap: UInt32 = 262_144, link: UInt32 = 1
  ) {
    self.order = order
    bytes = order.bytes(magic) + order.bytes(UInt16(2)) + order.bytes(minor)
    bytes += order.bytes(UInt32(0)) + order.bytes(UInt32(0)) + order.bytes(snap) + order.bytes(link)
  }

  mutating func add(
    _ seconds: UInt32, _ fraction: UInt32, _ data: [UInt8], captured: UInt32? = nil, wire: UInt32? = nil
  ) {
    bytes += order.bytes(seconds) + order.bytes(fraction)
    bytes += order.bytes(captured ?? UInt32(data.count)) + order.bytes(wire ?? UInt32(data.count)) + data
  }

  /// Three packets, of 3, 0 and 60 bytes, the last one cut from 1500.
  static func threePackets(order: ByteOrder = .little, magic: UInt32 = 0xa1b2_c3d4) -> PcapBytes {
    var file = PcapBytes(order: order, magic: magic)
    file.add(1_795_386_255, 505_841, [1, 2, 3])
    file.add(1_795_386_255, 999_999, [])
    file.add(1_795_386_256, 0, [UInt8](0..<60), wire: 1500)
    return file
  }
}
