import Packets
import TestSupport
import Testing

@testable import Capture

@Suite struct MergedCapturesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(
    _ index: Int, _ seconds: [UInt32], cutBy missing: Int = 0, damaged: Bool = false
  ) throws -> CaptureFile {
    var file = PcapBytes()
    for second in seconds { file.add(second, 0, [UInt8(index)]) }
    if damaged { file.add(0, 0, [], captured: .max) }
    return try CaptureFile(path: try folder.write(file.bytes.dropLast(missing), as: "\(index)"), index: index)
  }

  private func readMerged(_ files: [CaptureFile]) throws -> (order: [String], warnings: [CaptureError]) {
    var merged = MergedCaptures(files)
    var order: [String] = []
    while try merged.next({ packet, bytes in
      #expect(Int(bytes.withUnsafeBytes { $0[0] }) == packet.reference.capture)
      order.append("\(packet.reference.capture):\(packet.reference.number)")
    }) {}
    #expect(try !merged.next { _, _ in Issue.record("a packet after the end") })
    return (order, merged.warnings)
  }

  @Test("packets come by time, then by capture")
  func byTime() throws {
    let files = [try file(0, [1, 4, 4, 9]), try file(1, [2, 4, 8]), try file(2, []), try file(3, [0, 4, 10])]
    let (order, warnings) = try readMerged(files)
    #expect(order == ["3:1", "0:1", "1:1", "0:2", "0:3", "1:2", "3:2", "1:3", "0:4", "3:3"])
    #expect(warnings.isEmpty)
  }

  @Test("packets come by the common clock where the captures' clocks differ")
  func corrected() throws {
    let ahead = ClockCorrection(origin: Timestamp(nanoseconds: 0), offset: .seconds(7))
    var merged = MergedCaptures([try file(0, [1, 4, 9]), try file(1, [9, 12])], clocks: [.none, ahead])
    var seen: [String] = []
    while try merged.next({ packet, _ in
      seen.append("\(packet.reference.capture) at \(packet.reference.time.nanoseconds / 1_000_000_000)")
    }) {}
    #expect(seen == ["0 at 1", "1 at 2", "0 at 4", "1 at 5", "0 at 9"])
  }

  @Test("a clock that steps back does not change a file's own order")
  func ownOrder() throws {
    let (order, _) = try readMerged([try file(0, [5, 1, 7]), try file(1, [2, 6])])
    #expect(order == ["1:1", "0:1", "0:2", "1:2", "0:3"])
    #expect(try readMerged([try file(0, [5, 1, 7])]).order == ["0:1", "0:2", "0:3"])
  }

  @Test("an error ends its file only")
  func errors() throws {
    let files = [try file(0, [1, 5, 9], cutBy: 1), try file(1, [2, 6], damaged: true), try file(2, [3, 10])]
    let (order, warnings) = try readMerged(files)
    #expect(order == ["0:1", "1:1", "2:1", "0:2", "1:2", "2:2"])
    #expect(warnings.map(\.isFatal) == [false, true])
    let (only, warning) = try readMerged([try file(0, [1, 5], cutBy: 1)])
    #expect(only == ["0:1"])
    #expect(warning.count == 1)
  }

  @Test("no file is no packet, and many files are one sequence")
  func counts() throws {
    #expect(try readMerged([]).order.isEmpty)
    var random = SeededGenerator(seed: 11)
    let files = try (0..<40).map { index in
      try file(index, (0..<50).map { _ in UInt32.random(in: 0...1000, using: &random) }.sorted())
    }
    var merged = MergedCaptures(files)
    var times: [Int64] = []
    while try merged.next({ packet, _ in times.append(packet.reference.time.nanoseconds) }) {}
    #expect(times.count == 2000)
    #expect(times == times.sorted())
  }

  @Test("a filter that cannot be used with a later link type is thrown")
  func filter() throws {
    var bytes = PcapngBytes()
    bytes.addInterface(link: 101)
    for time in 1...2 { bytes.addPacket(time: UInt64(time), [1]) }
    let options = ReaderOptions(filter: "ether multicast")
    var merged = MergedCaptures([try CaptureFile(path: try folder.write(bytes.bytes), index: 0, options: options)])
    #expect(throws: CaptureError.self) { try merged.next { _, _ in } }
    #expect(try !merged.next { _, _ in })
    #expect(merged.warnings.isEmpty)
  }
}
