import Glibc
import TestSupport
import Testing

@testable import Capture

@Suite struct CompressionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Enough packets that neither the stored nor the unpacked bytes fit one buffer.
  private func manyPackets() -> PcapBytes {
    var file = PcapBytes()
    var random = SeededGenerator(seed: 5)
    for number in 0..<2000 {
      file.add(UInt32(number), 0, (0..<Int.random(in: 0...1500, using: &random)).map { _ in random.byte() & 0x3f })
    }
    return file
  }

  @Test("compressed files are told by their content, and give the same packets", arguments: ReaderEngine.allCases)
  func samePackets(engine: ReaderEngine) throws {
    let bytes = manyPackets().bytes
    let plain = readAll(try folder.write(bytes), ReaderOptions(engine: engine))
    #expect(plain.packets.count == 2000)
    #expect(plain.error == nil)
    let half = bytes.count / 2
    let skippable: [UInt8] = [0x51, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
    let files: [(String, [UInt8], Compression)] = [
      ("one member", gzip(bytes), .gzip),
      ("two members", gzip(Array(bytes[..<half])) + gzip(Array(bytes[half...])), .gzip),
      ("empty members", gzip([]) + gzip(bytes) + gzip([]), .gzip),
      ("padding", gzip(bytes) + [UInt8](repeating: 0, count: 512), .gzip),
      ("one frame", zstd(bytes), .zstd),
      ("two frames", zstd(Array(bytes[..<half])) + zstd(Array(bytes[half...])), .zstd),
      ("skippable frames", skippable + zstd(bytes) + skippable, .zstd),
    ]
    for (name, packed, compression) in files {
      let path = try folder.write(packed, as: "packed")
      #expect(try CaptureFile(path: path, index: 0).compression == compression, "\(name)")
      let read = readAll(path, ReaderOptions(engine: engine))
      #expect(read.error == nil, "\(name)")
      #expect(read.packets == plain.packets, "\(name)")
    }
  }

  @Test("position and size are those of the file as it is stored")
  func position() throws {
    let packed = gzip(manyPackets().bytes)
    let file = try CaptureFile(path: try folder.write(packed), index: 0)
    while try file.advance() {}
    #expect(file.position == packed.count)
    #expect(file.totalBytes == packed.count)
  }

  @Test("a compressed file that is cut anywhere gives whole records and a warning")
  func cutAnywhere() throws {
    let bytes = PcapBytes.threePackets().bytes
    let all = readAll(try folder.write(bytes)).packets
    for packed in [gzip(bytes), zstd(bytes)] {
      for length in 1..<packed.count {
        let path = try folder.write(Array(packed[..<length]), as: "cut")
        let read = readAll(path)
        #expect(all.starts(with: read.packets), "\(length)")
        let error = try #require(read.error, "\(length)")
        switch error.kind {
        case .cutOff, .headerCutOff: break
        case .notACapture: #expect(length < 4)
        default: Issue.record("\(length): \(error)")
        }
      }
    }
  }

  @Test("damaged compressed data are an error that says where")
  func damaged() throws {
    for packed in [gzip(manyPackets().bytes), zstd(manyPackets().bytes)] {
      var damaged = packed
      for index in packed.count / 2..<packed.count / 2 + 64 { damaged[index] ^= 0xa5 }
      let read = readAll(try folder.write(damaged))
      let error = try #require(read.error)
      #expect(error.isFatal)
      #expect(error.description.contains(" of the unpacked data): "))
    }
  }

  @Test("an empty compressed file is an empty file")
  func empty() throws {
    #expect(readAll(try folder.write(gzip([]))).error?.kind == .empty)
    #expect(readAll(try folder.write(zstd([]))).error?.kind == .empty)
  }
}
