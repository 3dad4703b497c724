import Packets
import Testing

@testable import Capture

@Suite struct FilterTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// An Ethernet frame of an EtherType.
  private func frame(_ etherType: UInt16) -> [UInt8] {
    [UInt8](repeating: 0, count: 12) + ByteOrder.big.bytes(etherType) + [UInt8](repeating: 0, count: 46)
  }

  @Test("packets that the filter rejects are counted and keep their number", arguments: ReaderEngine.allCases)
  func rejecting(engine: ReaderEngine) throws {
    var file = PcapBytes()
    for type in [0x0806, 0x86dd, 0x0806, 0x0800] as [UInt16] { file.add(1, 0, frame(type)) }
    file.add(1, 0, [])
    let options = ReaderOptions(filter: "arp or ip", engine: engine)
    let path = try folder.write(file.bytes)
    #expect(readAll(path, options).packets.map(\.number) == [1, 3, 4])
    let capture = try CaptureFile(path: path, index: 0, options: options)
    while try capture.advance() {}
    #expect(capture.counts == CaptureFile.Counts(packets: 5, bytes: 240, truncated: 0, rejected: 2))
  }

  @Test("each link type has its own program")
  func linkTypes() throws {
    var file = PcapngBytes()
    file.addInterface(link: 1)
    file.addInterface(link: 101)
    file.addPacket(interface: 0, time: 1, frame(0x86dd))
    file.addPacket(interface: 1, time: 2, [0x60] + [UInt8](repeating: 0, count: 39))
    file.addPacket(interface: 0, time: 3, frame(0x0800))
    file.addPacket(interface: 1, time: 4, [0x45] + [UInt8](repeating: 0, count: 39))
    let packets = readAll(try folder.write(file.bytes), ReaderOptions(filter: "ip6")).packets
    #expect(packets.map(\.number) == [1, 2])
  }

  @Test("a wrong expression is an error before the first packet, in libpcap's words")
  func badExpression() throws {
    let path = try folder.write(PcapBytes.threePackets().bytes)
    let error = #expect(throws: CaptureError.self) {
      _ = try CaptureFile(path: path, index: 0, options: ReaderOptions(filter: "port\u{1b} http or"))
    }
    guard case .badFilter(let expression, let message) = error?.kind else {
      Issue.record("expected a bad filter")
      return
    }
    #expect(expression == "port\u{1b} http or")
    #expect(!message.isEmpty)
    #expect(error?.description.contains("\u{1b}") == false)
  }

  @Test("a filter that a link type does not know is an error that names both")
  func unusableFilter() throws {
    let path = try folder.write(PcapBytes(link: 101).bytes)
    let error = #expect(throws: CaptureError.self) {
      _ = try CaptureFile(path: path, index: 0, options: ReaderOptions(filter: "ether multicast"))
    }
    guard case .filterUnusable("ether multicast", LinkType(rawValue: 101), _) = error?.kind else {
      Issue.record("expected an unusable filter, not \(String(describing: error))")
      return
    }
  }

  @Test(
    "link types that libpcap numbers otherwise are translated both ways",
    arguments: [1, 100, 101, 102, 103, 106, 113, 246, 276] as [UInt16])
  func numbers(value: UInt16) {
    let linkType = LinkType(rawValue: value)
    #expect(LinkType(dlt: linkType.dlt) == linkType)
  }
}
