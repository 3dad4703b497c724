import Glibc
import Packets
import Testing

@testable import Capture

@Suite struct PcapWriterTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ packet: CapturedPacket, _ bytes: [UInt8], to writer: borrowing PcapWriter) throws {
    try writer.write(packet, bytes.span.bytes)
  }

  private func packet(_ nanoseconds: Int64, _ captured: Int, wire: Int, link: UInt16 = 276) -> CapturedPacket {
    CapturedPacket(
      reference: PacketReference(capture: 0, number: 1, time: Timestamp(nanoseconds: nanoseconds)),
      capturedLength: captured, wireLength: wire, linkType: LinkType(rawValue: link))
  }

  @Test("what is written is read back", arguments: [6, 9], [276, 101] as [UInt16])
  func roundTrip(digits: Int, link: UInt16) throws {
    let path = folder.path("written")
    let writer = try PcapWriter(path: path, linkType: LinkType(rawValue: link), timestampDigits: digits)
    try write(packet(1_795_386_255_505_841_123, 3, wire: 9, link: link), [1, 2, 3], to: writer)
    try write(packet(1_000, 0, wire: 0, link: link), [], to: writer)
    try writer.finish()
    let file = try CaptureFile(path: path, index: 0)
    #expect(file.timestampDigits == digits)
    #expect(file.linkTypes.map(\.rawValue) == [link])
    let packets = readAll(path).packets
    let stamp: Int64 = digits == 9 ? 1_795_386_255_505_841_123 : 1_795_386_255_505_841_000
    #expect(packets.map(\.nanoseconds) == [stamp, 1000])
    #expect(packets.map(\.bytes) == [[1, 2, 3], []])
    #expect(packets.map(\.wireLength) == [9, 0])
  }

  @Test("an existing file is replaced only when told")
  func existing() throws {
    let path = try folder.write([1, 2, 3])
    let error = #expect(throws: CaptureError.self) { _ = try PcapWriter(path: path, linkType: LinkType(rawValue: 1)) }
    #expect(error?.kind == .alreadyExists)
    #expect(readAll(path).error?.kind == .notACapture(start: [1, 2, 3]))
    try PcapWriter(path: path, linkType: LinkType(rawValue: 1), overwriting: true).finish()
    #expect(readAll(path).error == nil)
  }

  @Test("a packet of another link type, and a disk that is full, are errors")
  func failing() throws {
    let writer = try PcapWriter(path: folder.path("written"), linkType: LinkType(rawValue: 1))
    let other = #expect(throws: CaptureError.self) { try write(packet(0, 1, wire: 1), [1], to: writer) }
    #expect(other?.kind == .otherLinkType(LinkType(rawValue: 276), file: LinkType(rawValue: 1)))
    let error = #expect(throws: CaptureError.self) {
      try PcapWriter(path: "/dev/full", linkType: LinkType(rawValue: 1), overwriting: true).finish()
    }
    #expect(error?.kind == .writeFailed(errno: ENOSPC))
    let missing = #expect(throws: CaptureError.self) {
      _ = try PcapWriter(path: "\(folder.path)/missing/file", linkType: LinkType(rawValue: 1))
    }
    #expect(missing?.kind == .noSuchFile)
  }
}
