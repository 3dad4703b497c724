import Bytes
import Packets
import Testing

@testable import Capture

@Suite struct PcapTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "both byte orders, micro- and nanoseconds", arguments: ByteOrder.allCases,
    [(0xa1b2_c3d4, 1000, 6), (0xa1b2_3c4d, 1, 9)])
  func variants(order: ByteOrder, precision: (magic: UInt32, unit: Int64, digits: Int)) throws {
    let path = try folder.write(PcapBytes.threePackets(order: order, magic: precision.magic).bytes)
    let file = try CaptureFile(path: path, index: 3)
    #expect(file.format == .pcap)
    #expect(file.linkTypes == [LinkType(rawValue: 1)])
    #expect(file.timestampDigits == precision.digits)
    #expect(try file.advance())
    #expect(file.packet.reference.capture == 3)
    #expect(file.packet.reference.number == 1)
    #expect(file.packet.reference.time.nanoseconds == 1_795_386_255_000_000_000 + 505_841 * precision.unit)
    #expect(file.withBytes { $0.copy() } == [1, 2, 3])
    #expect(try file.advance())
    #expect(file.packet.capturedLength == 0)
    #expect(try file.advance())
    #expect(file.packet.isTruncated)
    #expect(file.packet.wireLength == 1500)
    #expect(try !file.advance())
    #expect(try !file.advance())
    #expect(file.counts == CaptureFile.Counts(packets: 3, bytes: 63, truncated: 1, rejected: 0))
    #expect(file.position == file.totalBytes)
    #expect(file.dropped == 0)
  }

  @Test("variants and versions that the block reader does not know go to libpcap")
  func leftToLibpcap() throws {
    var modified = PcapBytes(magic: 0xa1b2_cd34)
    // Its records have eight bytes more: interface index, protocol, packet type, padding.
    modified.bytes += ByteOrder.little.bytes(UInt32(7)) + ByteOrder.little.bytes(UInt32(8))
    modified.bytes += ByteOrder.little.bytes(UInt32(2)) + ByteOrder.little.bytes(UInt32(2))
    modified.bytes += [0, 0, 0, 0, 0, 0, 0, 0] + [0xaa, 0xbb]
    let read = readAll(try folder.write(modified.bytes))
    #expect(read.error == nil)
    #expect(read.packets.map(\.bytes) == [[0xaa, 0xbb]])
    #expect(read.packets.map(\.nanoseconds) == [7_000_008_000])

    var old = PcapBytes(minor: 2)
    old.add(7, 8, [1, 2])
    #expect(readAll(try folder.write(old.bytes, as: "old")).packets.map(\.bytes) == [[1, 2]])
  }

  @Test("a packet longer than the file's snap length is delivered whole")
  func longerThanSnapLength() throws {
    var file = PcapBytes(snap: 4)
    file.add(0, 0, [1, 2, 3, 4, 5, 6])
    #expect(readAll(try folder.write(file.bytes)).packets.map(\.bytes) == [[1, 2, 3, 4, 5, 6]])
  }

  @Test(
    "link types are those of the file, without the bits for a frame check sequence",
    arguments: [(1, 1), (12, 101), (276, 276), (0x1400_0001, 1), (0x0001_0000, 0xffff)] as [(UInt32, UInt16)])
  func linkTypes(field: UInt32, linkType: UInt16) throws {
    let file = try CaptureFile(path: try folder.write(PcapBytes(link: field).bytes), index: 0)
    #expect(file.linkTypes == [LinkType(rawValue: linkType)])
  }

  @Test("a length that lies is an error with record and place, and takes no memory", arguments: ReaderEngine.allCases)
  func lyingLength(engine: ReaderEngine) throws {
    var file = PcapBytes(snap: 256 << 20)
    file.add(1, 0, [1, 2, 3])
    file.add(2, 0, [4, 5, 6], captured: 255 << 20)
    let read = readAll(try folder.write(file.bytes), ReaderOptions(engine: engine))
    #expect(read.packets.count == 1)
    let error = try #require(read.error)
    #expect(error.isFatal)
    #expect(error.description.contains("damaged in record 2 (at byte "))
    if engine == .automatic {
      let place = CaptureError.Place(record: 2, offset: 43, isUnpacked: false)
      #expect(error.kind == .damaged(place, .limit("packet's length", 255 << 20)))
    }
  }

  @Test("packets as long as the limit are read, the window growing for them")
  func longestPacket() throws {
    let long = [UInt8](repeating: 7, count: CaptureLimits().packetLength)
    var file = PcapBytes()
    for length in [long.count, 1, long.count - 1, 100_000, 3] { file.add(1, 0, [UInt8](long.prefix(length))) }
    let path = try folder.write(file.bytes)
    var limits = CaptureLimits()
    limits.readSize = 4096
    for limits in [limits, CaptureLimits()] {
      let read = readAll(path, ReaderOptions(limits: limits))
      #expect(read.error == nil)
      #expect(read.packets.map(\.bytes.count) == [long.count, 1, long.count - 1, 100_000, 3])
      #expect(read.packets.allSatisfy { $0.bytes.allSatisfy { $0 == 7 } })
    }
  }
}
