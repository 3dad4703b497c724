import Bytes
import Packets
import TestSupport
import Testing

@testable import Capture

@Suite struct DecoderTests {
  /// A packet that a decoder found, with its bytes instead of their place.
  private struct Found: Equatable {
    var time: Timestamp
    var wireLength: Int
    var bytes: [UInt8]
  }

  /// Feeds pieces as a window does: what was not consumed stays in front of the next piece.
  private func feed(
    _ pieces: [[UInt8]], _ next: (RawSpan, inout Int) throws(ParseError) -> PacketRecord?
  ) throws(ParseError) -> [Found] {
    var window: [UInt8] = []
    var found: [Found] = []
    for piece in pieces {
      window += piece
      let copy = window
      var offset = 0
      let bytes = copy.span.bytes
      while let record = try next(bytes, &offset) {
        found.append(Found(time: record.time, wireLength: record.wireLength, bytes: bytes.copy(record.data)))
      }
      window.removeFirst(offset)
    }
    return found
  }

  @Test("pcap records are the same however they are cut", arguments: ByteOrder.allCases)
  func pcap(order: ByteOrder) throws {
    let file = PcapBytes.threePackets(order: order).bytes
    let header = file[..<24].withUnsafeBytes { PcapDecoder(parsing: $0.bytes, limits: CaptureLimits()) }
    let decoder = try #require(header)
    let records = Array(file[24...])
    let expected = try feed([records]) { bytes, offset throws(ParseError) in try decoder.next(bytes, from: &offset) }
    #expect(expected.map(\.bytes.count) == [3, 0, 60])
    for way in fourWays(records, tail: Array(records.prefix(15))) {
      let found = try feed(way.pieces) { bytes, offset throws(ParseError) in try decoder.next(bytes, from: &offset) }
      #expect(found == expected, "\(way.name)")
    }
  }

  @Test("pcapng blocks are the same however they are cut", arguments: ByteOrder.allCases)
  func pcapng(order: ByteOrder) throws {
    var file = PcapngBytes(order: order)
    file.addInterface(link: 1, snap: 3)
    file.addPacket(time: 1_000_000, [1, 2, 3, 4, 5])
    file.add(block: 0x0bad, [1, 2])
    file.addSimplePacket(wire: 9, [6, 7, 8])
    file.addSection(order: order == .big ? .little : .big)
    file.addInterface(link: 101, options: file.option(9, [9]))
    file.addObsoletePacket(time: 2_000_000_001, [9])
    var whole = PcapngDecoder(limits: CaptureLimits())
    let expected = try feed([file.bytes]) { bytes, offset throws(ParseError) in try whole.next(bytes, from: &offset) }
    #expect(expected.map(\.bytes) == [[1, 2, 3, 4, 5], [6, 7, 8], [9]])
    for way in fourWays(file.bytes, tail: Array(file.bytes.prefix(11))) {
      var decoder = PcapngDecoder(limits: CaptureLimits())
      let found = try feed(way.pieces) { bytes, offset throws(ParseError) in try decoder.next(bytes, from: &offset) }
      #expect(found == expected, "\(way.name)")
      #expect(decoder.linkTypes.map(\.rawValue) == [1, 101])
    }
  }

  @Test("every shorter prefix of a packet block's fields is too short")
  func prefixes() throws {
    for (type, needed) in [(6, 20), (2, 20), (3, 4), (1, 8), (5, 12)] as [(UInt32, Int)] {
      for length in stride(from: 0, to: needed, by: 4) {
        var file = PcapngBytes()
        file.addInterface()
        file.add(block: type, [UInt8](repeating: 0, count: length))
        var decoder = PcapngDecoder(limits: CaptureLimits())
        #expect(throws: ParseError(.capture, .short(needed: needed, available: length)), "\(type) \(length)") {
          try feed([file.bytes]) { bytes, offset throws(ParseError) in try decoder.next(bytes, from: &offset) }
        }
      }
    }
  }
}
