import Bytes
import Packets
import Testing

@testable import Capture

@Suite struct PcapngTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ file: PcapngBytes) throws -> CaptureFile {
    try CaptureFile(path: try folder.write(file.bytes), index: 0)
  }

  private func read(_ file: PcapngBytes) throws -> (packets: [ReadPacket], error: CaptureError?) {
    readAll(try folder.write(file.bytes))
  }

  @Test("interfaces have link types, resolutions, offsets and snap lengths of their own", arguments: ByteOrder.allCases)
  func interfaces(order: ByteOrder) throws {
    var file = PcapngBytes(order: order)
    file.addInterface(link: 1)
    file.addInterface(link: 276, options: file.option(9, [9]) + file.option(2, Array("eth0".utf8)))
    file.addInterface(link: 101, options: file.option(9, [0x80 | 10]) + file.option(14, order.bytes(Int64(100))))
    file.addPacket(interface: 1, time: 1_795_386_255_123_456_789, [1])
    file.addPacket(interface: 0, time: 1_795_386_255_123_456, [2, 3], wire: 9)
    file.addPacket(interface: 2, time: 5 << 10 | 512, [])
    let capture = try open(file)
    #expect(capture.format == .pcapng)
    #expect(try capture.advance())
    #expect(capture.linkTypes.map(\.rawValue) == [1, 276, 101])
    #expect(capture.interfaceNames == ["eth0"])
    #expect(capture.timestampDigits == 9)
    let packets = try read(file).packets
    #expect(packets.map(\.nanoseconds) == [1_795_386_255_123_456_789, 1_795_386_255_123_456_000, 105_500_000_000])
    #expect(packets.map(\.linkType) == [276, 1, 101])
    #expect(packets.map(\.wireLength) == [1, 9, 0])
    #expect(packets.map(\.bytes) == [[1], [2, 3], []])
  }

  @Test("a section may have the other byte order, and numbers its interfaces anew", arguments: [-1, 0, 28] as [Int64])
  func sections(length: Int64) throws {
    var file = PcapngBytes(order: .little, sectionLength: length)
    file.addInterface(link: 1)
    file.addPacket(time: 1_000_000, [1])
    file.addSection(order: .big, length: length)
    file.addInterface(link: 113, options: file.option(9, [3]))
    file.addPacket(time: 2_000, [2])
    let read = try read(file)
    #expect(read.error == nil)
    #expect(read.packets.map(\.nanoseconds) == [1_000_000_000, 2_000_000_000])
    #expect(read.packets.map(\.linkType) == [1, 113])
    #expect(read.packets.map(\.number) == [1, 2])
  }

  @Test("simple packets are cut by the snap length, and have the time of the packet before")
  func simplePackets() throws {
    var file = PcapngBytes()
    file.addInterface(link: 1, snap: 5)
    file.addSimplePacket(wire: 3, [1, 2, 3])
    file.addPacket(time: 9_000_000, [4])
    file.addSimplePacket(wire: 1500, [5, 6, 7, 8, 9])
    let packets = try read(file).packets
    #expect(packets.map(\.bytes) == [[1, 2, 3], [4], [5, 6, 7, 8, 9]])
    #expect(packets.map(\.wireLength) == [3, 1, 1500])
    #expect(packets.map(\.nanoseconds) == [0, 9_000_000_000, 9_000_000_000])
  }

  @Test("the obsolete Packet Block is read, and blocks of other types are passed over")
  func otherBlocks() throws {
    var file = PcapngBytes()
    file.add(block: 0x0000_0bad, [1, 2, 3, 4, 5])
    file.addInterface()
    file.addObsoletePacket(time: 3_000_000, [1, 2, 3])
    file.add(block: 4, [0, 0, 0, 0])
    file.add(block: 0x8000_0001, [])
    file.addPacket(time: 4_000_000, [4], options: file.option(1, Array("a comment".utf8)) + file.option(0, []))
    let packets = try read(file).packets
    #expect(packets.map(\.bytes) == [[1, 2, 3], [4]])
    #expect(packets.map(\.nanoseconds) == [3_000_000_000, 4_000_000_000])
  }

  @Test("drops are the newest counters of each interface, over all sections")
  func drops() throws {
    var file = PcapngBytes()
    file.addInterface()
    file.addInterface()
    file.addPacket(time: 1, [1], options: file.option(4, ByteOrder.little.bytes(UInt64(2))) + file.option(0, []))
    file.addStatistics(interface: 0, dropped: 5)
    file.addStatistics(interface: 0, dropped: 7, byOperatingSystem: 3)
    file.addObsoletePacket(interface: 1, drops: 4, time: 2, [2])
    file.addObsoletePacket(interface: 1, drops: 0xffff, time: 2, [2])
    file.addSection(order: .big)
    file.addInterface()
    file.addStatistics(interface: 0, dropped: 100)
    let capture = try open(file)
    while try capture.advance() {}
    #expect(capture.dropped == 10 + 4 + 100)
  }

  @Test("drop counters that overflow are clamped")
  func hugeDrops() throws {
    var file = PcapngBytes()
    file.addInterface()
    file.addInterface()
    file.addStatistics(interface: 0, dropped: .max, byOperatingSystem: .max)
    file.addStatistics(interface: 1, dropped: .max)
    let capture = try open(file)
    while try capture.advance() {}
    #expect(capture.dropped == .max)
  }

  @Test("comments of sections and interfaces are kept, up to their limits")
  func comments() throws {
    let empty = PcapngBytes()
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 5000)
    let comment = empty.option(1, Array("lab 3".utf8))
    var file = PcapngBytes(options: empty.option(4, [1, 2]) + comment + empty.option(0, []))
    for _ in 0..<200 { file.addInterface(options: file.option(1, long)) }
    let capture = try open(file)
    while try capture.advance() {}
    #expect(capture.comments.count == 100)
    #expect(capture.comments.first == "lab 3")
    #expect(capture.comments.last?.utf8.count == 4096)
  }

  private static let unknownInterface: ParseError.StaticField = "number of the interface, which no block describes,"
  private static let otherLength: ParseError.StaticField = "second length of the block, which differs from the first,"

  private typealias Contradiction = (
    name: String, add: @Sendable (inout PcapngBytes) -> Void, reason: ParseError.Reason
  )

  /// What a file may have after its first packet that contradicts the format, and what is said of it.
  private static let contradictions: [Contradiction] = [
    ("undescribed interface", { $0.addPacket(interface: 1, time: 1, []) }, .invalid(unknownInterface)),
    ("statistics of no interface", { $0.addStatistics(interface: 9, dropped: 1) }, .invalid(unknownInterface)),
    ("length beyond the block", { $0.addPacket(time: 1, [1], captured: 5) }, .invalid("packet's length")),
    ("simple packet beyond its block", { $0.addSimplePacket(wire: 9, [1]) }, .invalid("packet's length")),
    ("packet beyond the limit", { $0.addPacket(time: 1, [1], captured: .max) }, .limit("packet's length", 0xffff_ffff)),
    ("short packet block", { $0.add(block: 6, [0, 0, 0, 0]) }, .short(needed: 20, available: 4)),
    ("short interface block", { $0.add(block: 1, []) }, .short(needed: 8, available: 0)),
    ("block too short", { $0.bytes += [6, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0] }, .invalid("block's length")),
    ("block of odd length", { $0.bytes += [6, 0, 0, 0, 33, 0, 0, 0, 8, 0, 0, 0] }, .invalid("block's length")),
    ("block too long", { $0.bytes += [6, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0] }, .limit("block's length", 0x1000_0000)),
    ("lengths that differ", { $0.addBlockWithOtherLength() }, .invalid(otherLength)),
    ("no byte order", { $0.add(block: 0x0a0d_0d0a, [0, 0, 0, 0]) }, .invalid("byte-order magic of the section")),
    ("version 2", { $0.addSection(order: .little, version: 2) }, .invalid("version of the section")),
    (
      "resolution out of range", { $0.addInterface(options: $0.option(9, [20])) },
      .invalid("if_tsresol of an interface")
    ),
    (
      "option beyond its block", { $0.addInterface(options: [9, 0, 5, 0, 0, 0, 0, 0]) }, .invalid("length of an option")
    ),
  ]

  @Test("what contradicts the format is an error that says where, after all packets before it")
  func damaged() throws {
    for (name, add, reason) in Self.contradictions {
      var file = PcapngBytes()
      file.addInterface()
      file.addPacket(time: 1, [1])
      let offset = file.bytes.count
      add(&file)
      file.addPacket(time: 2, [2])
      let read = try read(file)
      #expect(read.packets.map(\.bytes) == [[1]], "\(name)")
      #expect(read.error?.kind == .damaged(.init(record: 2, offset: offset, isUnpacked: false), reason), "\(name)")
    }
  }

  @Test("a section has at most as many interfaces as the limit allows")
  func interfaceLimit() throws {
    var limits = CaptureLimits()
    limits.interfaces = 2
    var file = PcapngBytes()
    for _ in 0..<2 { file.addInterface() }
    file.addSection(order: .big)
    for _ in 0..<3 { file.addInterface() }
    let error = readAll(try folder.write(file.bytes), ReaderOptions(limits: limits)).error
    #expect(error?.description.contains("the number of interfaces is 3, more than any capture has") == true)
  }
}
