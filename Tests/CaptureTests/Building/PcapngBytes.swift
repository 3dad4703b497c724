/// The bytes of a pcapng file, made block by block.
struct PcapngBytes {
  var order = ByteOrder.little
  var bytes: [UInt8] = []

  init(order: ByteOrder = .little, sectionLength: Int64 = -1, options: [UInt8] = []) {
    addSection(order: order, length: sectionLength, options: options)
  }

  mutating func add(block type: UInt32, _ body: [UInt8]) {
    let padded = body + [UInt8](repeating: 0, count: -body.count & 3)
    let length = order.bytes(UInt32(padded.count + 12))
    bytes += order.bytes(type) + length + padded + length
  }

  mutating func addSection(order: ByteOrder, length: Int64 = -1, version: UInt16 = 1, options: [UInt8] = []) {
    self.order = order
    let magic = order.bytes(UInt32(0x1a2b_3c4d))
    add(block: 0x0a0d_0d0a, magic + order.bytes(version) + order.bytes(UInt16(0)) + order.bytes(length) + options)
  }

  mutating func addInterface(link: UInt16 = 1, snap: UInt32 = 0, options: [UInt8] = []) {
    add(block: 1, order.bytes(link) + order.bytes(UInt16(0)) + order.bytes(snap) + options)
  }

  mutating func addPacket(
    interface: UInt32 = 0, time: UInt64, _ data: [UInt8], captured: UInt32? = nil, wire: UInt32? = nil,
    options: [UInt8] = []
  ) {
    let padding = [UInt8](repeating: 0, count: -data.count & 3)
    add(
      block: 6,
      order.bytes(interface) + halves(time) + order.bytes(captured ?? UInt32(data.count))
        + order.bytes(wire ?? UInt32(data.count)) + data + padding + options)
  }

  /// The obsolete Packet Block.
  mutating func addObsoletePacket(interface: UInt16 = 0, drops: UInt16 = 0xffff, time: UInt64, _ data: [UInt8]) {
    let lengths = order.bytes(UInt32(data.count)) + order.bytes(UInt32(data.count))
    add(block: 2, order.bytes(interface) + order.bytes(drops) + halves(time) + lengths + data)
  }

  mutating func addSimplePacket(wire: UInt32, _ data: [UInt8]) {
    add(block: 3, order.bytes(wire) + data)
  }

  mutating func addStatistics(interface: UInt32 = 0, dropped: UInt64, byOperatingSystem: UInt64 = 0) {
    let counts = option(5, order.bytes(dropped)) + option(7, order.bytes(byOperatingSystem))
    add(block: 5, order.bytes(interface) + halves(1_795_386_255_000_000) + counts + option(0, []))
  }

  /// A block whose second length is not the first.
  mutating func addBlockWithOtherLength() {
    add(block: 77, [])
    bytes[bytes.count - 4] = 16
  }

  func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
    order.bytes(code) + order.bytes(UInt16(value.count)) + value + [UInt8](repeating: 0, count: -value.count & 3)
  }

  private func halves(_ time: UInt64) -> [UInt8] {
    order.bytes(UInt32(time >> 32)) + order.bytes(UInt32(truncatingIfNeeded: time))
  }
}
