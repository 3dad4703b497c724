import TestSupport

/// Files of generated packets, in every variant that the block reader and libpcap both read.
enum GeneratedFiles {
  /// Names and bytes of one file of each variant.
  static func all(seed: UInt64, packets: Int) -> [(name: String, bytes: [UInt8])] {
    var random = SeededGenerator(seed: seed)
    var files: [(String, [UInt8])] = []
    for order in ByteOrder.allCases {
      for magic in [0xa1b2_c3d4, 0xa1b2_3c4d] as [UInt32] {
        for link in [0, 1, 101, 113, 276, 147] as [UInt32] {
          let bytes = pcap(order: order, magic: magic, link: link, packets: packets, &random)
          files.append(("pcap \(order) \(String(magic, radix: 16)) link \(link)", bytes))
        }
      }
      for resolution in [nil, 0, 3, 6, 9, 12, 0x80, 0x80 | 10, 0x80 | 20, 0x80 | 30] as [UInt8?] {
        let bytes = pcapng(order: order, resolution: resolution, packets: packets, &random)
        files.append(("pcapng \(order) resolution \(resolution.map(String.init) ?? "default")", bytes))
      }
    }
    return files
  }

  private static func pcap(
    order: ByteOrder, magic: UInt32, link: UInt32, packets: Int, _ random: inout SeededGenerator
  ) -> [UInt8] {
    var file = PcapBytes(order: order, magic: magic, link: link)
    let units: UInt32 = magic == 0xa1b2_3c4d ? 1_000_000_000 : 1_000_000
    for _ in 0..<packets {
      let data = random.bytes(upTo: 200)
      let cut = UInt32.random(in: 0...3, using: &random) == 0 ? UInt32.random(in: 0...3000, using: &random) : 0
      file.add(
        .random(in: 0...0x7fff_ffff, using: &random), .random(in: 0..<units, using: &random), data,
        wire: UInt32(data.count) + cut)
    }
    return file.bytes
  }

  private static func pcapng(
    order: ByteOrder, resolution: UInt8?, packets: Int, _ random: inout SeededGenerator
  ) -> [UInt8] {
    var file = PcapngBytes(order: order)
    let offset = Int64.random(in: -1000...1000, using: &random)
    let options =
      (resolution.map { file.option(9, [$0]) } ?? []) + file.option(14, order.bytes(offset)) + file.option(0, [])
    // libpcap wants one link type and one snap length for all interfaces.
    file.addInterface(link: 1, snap: 4096, options: options)
    file.addInterface(link: 1, snap: 4096)
    for _ in 0..<packets { addBlock(to: &file, resolution: resolution ?? 6, &random) }
    return file.bytes
  }

  private static func addBlock(to file: inout PcapngBytes, resolution: UInt8, _ random: inout SeededGenerator) {
    let data = random.bytes(upTo: 200)
    // Within a year or so of the epoch's first decades in any unit, so that libpcap's arithmetic does not overflow.
    let seconds = UInt64.random(in: 2000...(resolution == 12 ? 10_000_000 : 2_000_000_000), using: &random)
    let unitsPerSecond: UInt64 =
      resolution & 0x80 != 0 ? 1 << UInt64(resolution & 0x7f) : (0..<resolution).reduce(1) { power, _ in power * 10 }
    let time = seconds * unitsPerSecond + UInt64.random(in: 0..<unitsPerSecond, using: &random)
    let wire = UInt32(data.count + Int.random(in: 0...100, using: &random))
    switch Int.random(in: 0..<8, using: &random) {
    case 0: file.addPacket(interface: 1, time: 1_700_000_000_123_456, data, wire: wire)
    case 1: file.addObsoletePacket(drops: 3, time: time, data)
    case 2: file.addStatistics(dropped: 5)
    case 3: file.add(block: 0x0bad, data)
    case 4: file.addPacket(time: time, data, wire: wire, options: file.option(1, data) + file.option(0, []))
    default: file.addPacket(time: time, data, wire: wire)
    }
  }
}
