import TestSupport
import Testing

@testable import Capture

@Suite struct SecondOpinionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("the block reader and libpcap give the same packets", arguments: 0..<8 as Range<UInt64>)
  func samePackets(seed: UInt64) throws {
    for (name, bytes) in GeneratedFiles.all(seed: seed, packets: 60) {
      let path = try folder.write(bytes)
      let own = readAll(path)
      let libpcap = readAll(path, ReaderOptions(engine: .libpcap))
      #expect(own.error == nil, "\(name)")
      #expect(libpcap.error == nil, "\(name)")
      #expect(own.packets.count > 20, "\(name)")
      #expect(own.packets == libpcap.packets, "\(name), seed \(seed)")
    }
  }

  @Test("a simple packet has no time of its own: libpcap says 0, the block reader the time before")
  func simplePackets() throws {
    var file = PcapngBytes()
    file.addInterface(link: 1, snap: 64)
    file.addSimplePacket(wire: 3, [1, 2, 3])
    let path = try folder.write(file.bytes)
    #expect(readAll(path).packets == readAll(path, ReaderOptions(engine: .libpcap)).packets)
  }

  @Test("a file cut at any byte gives the packets that are whole, by both readers", arguments: ReaderEngine.allCases)
  func cutAnywhere(engine: ReaderEngine) throws {
    for (name, bytes) in GeneratedFiles.all(seed: 99, packets: 4) where !name.contains("link 1") {
      let all = readAll(try folder.write(bytes), ReaderOptions(engine: engine)).packets
      var previous = 0
      for length in 0..<bytes.count {
        let read = readAll(try folder.write(Array(bytes[..<length]), as: "cut"), ReaderOptions(engine: engine))
        #expect(all.starts(with: read.packets), "\(name) cut at \(length)")
        #expect(read.packets.count >= previous, "\(name) cut at \(length)")
        previous = read.packets.count
        switch read.error?.kind {
        case nil, .cutOff, .headerCutOff: break
        case .empty: #expect(length == 0)
        case .notACapture: #expect(length < 4)
        case .unsupported("the capture file has no Interface Description Blocks"): #expect(engine == .libpcap)
        default: Issue.record("\(name) cut at \(length): \(String(describing: read.error))")
        }
      }
      #expect(previous >= all.count - 1, "\(name)")
    }
  }

  @Test("random changes never trap, and take no memory beyond the limits", arguments: 0..<6 as Range<UInt64>)
  func mutations(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for (name, bytes) in GeneratedFiles.all(seed: seed, packets: 12) {
      for _ in 0..<12 {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...8, using: &random) {
          let place = Int.random(in: 4..<changed.count, using: &random)
          changed[place] = [0, 0xff, 0x80, random.byte(), random.byte()].randomElement(using: &random) ?? 0
        }
        let read = readAll(try folder.write(changed, as: "changed"))
        let total = read.packets.reduce(0) { $0 + $1.bytes.count }
        #expect(total <= changed.count, "\(name), seed \(seed)")
        _ = readAll(try folder.write(changed, as: "changed"), ReaderOptions(engine: .libpcap))
      }
    }
  }

  @Test("random changes of compressed files never trap", arguments: 0..<4 as Range<UInt64>)
  func compressedMutations(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bytes = PcapBytes.threePackets().bytes
    for packed in [gzip(bytes), zstd(bytes)] {
      for _ in 0..<300 {
        var changed = packed
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          changed[Int.random(in: 4..<changed.count, using: &random)] = random.byte()
        }
        #expect(readAll(try folder.write(changed, as: "changed")).packets.count <= 1000, "seed \(seed)")
      }
    }
  }
}
