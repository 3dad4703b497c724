import Capture
import Diagnosis
import Foundation
import Packets
import TestSupport
import Testing

@testable import Live

@Suite("Saved packets")
struct RingWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let start = Timestamp(nanoseconds: 1_795_386_255_000_000_000)

  private func packet(_ number: Int, length: Int = 100, after: Interval = .zero) -> (CapturedPacket, [UInt8]) {
    (
      CapturedPacket(
        reference: PacketReference(capture: 0, number: number, time: Self.start + after), capturedLength: length,
        wireLength: length, linkType: .ethernet), [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: length)
    )
  }

  private func write(_ writer: RingWriter, _ numbers: ClosedRange<Int>, every interval: Interval = .milliseconds(1))
    throws
  {
    for number in numbers {
      let (packet, bytes) = packet(number, after: Interval(nanoseconds: interval.nanoseconds * Int64(number)))
      try writer.append(packet, bytes.span.bytes)
    }
  }

  /// The first byte of each packet of a file, which is its number; a file that is cut off fails.
  private func numbers(in path: String) throws -> [Int] {
    let file = try CaptureFile(path: path, index: 0)
    var numbers: [Int] = []
    while try file.advance() { file.withBytes { numbers.append(Int($0.byteOfPacket)) } }
    return numbers
  }

  private var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  @Test("a file is complete at any moment after a flush, while it is still being written")
  func complete() throws {
    let path = folder.path + "/chat.pcap"
    let writer = try RingWriter(path: path, policy: nil, linkType: .ethernet, overwriting: false, at: Self.start)
    #expect(try numbers(in: path).isEmpty)
    try write(writer, 1...10)
    #expect(try numbers(in: path).isEmpty)
    try writer.flush()
    #expect(try numbers(in: path) == Array(1...10))
    try write(writer, 11...12)
    #expect(try numbers(in: path) == Array(1...10))
  }

  @Test("even when megabytes have been written on their own, a file ends with a whole record")
  func wholeRecords() throws {
    let path = folder.path + "/chat.pcap"
    let writer = try RingWriter(path: path, policy: nil, linkType: .ethernet, overwriting: false, at: Self.start)
    for number in 1...120 {
      let (packet, bytes) = packet(number, length: 60_000)
      try writer.append(packet, bytes.span.bytes)
      _ = try numbers(in: path)
    }
    #expect(try numbers(in: path).count > 80)
    #expect(writer.bytes == 24 + 120 * 60_016)
  }

  @Test("a ring goes on by size, and keeps as many files as it should")
  func bySize() throws {
    let policy = RingPolicy(size: 24 + 5 * 116, count: 3)
    let writer = try RingWriter(
      path: folder.path + "/chat.pcap", policy: policy, linkType: .ethernet, overwriting: false, at: Self.start)
    try write(writer, 1...23)
    try writer.flush()
    let names = files
    #expect(names.count == 3)
    // Those that gave way are not counted.
    #expect(writer.bytes == 3 * 24 + 13 * 116)
    #expect(names.allSatisfy { $0.hasPrefix("chat-0000") && $0.hasSuffix("Z.pcap") })
    #expect(try names.flatMap { try numbers(in: folder.path + "/" + $0) } == Array(11...23))
  }

  @Test("a ring goes on by time")
  func byTime() throws {
    let writer = try RingWriter(
      path: folder.path + "/chat", policy: RingPolicy(time: .seconds(10), count: 9), linkType: .ethernet,
      overwriting: false, at: Self.start)
    try write(writer, 1...6, every: .seconds(4))
    try writer.flush()
    #expect(try files.map { try numbers(in: folder.path + "/" + $0) } == [[1, 2, 3], [4, 5, 6]])
  }

  @Test("a ring that is begun again goes on counting, and clears away what an earlier run left")
  func again() throws {
    let policy = RingPolicy(size: 24 + 116, count: 2)
    for _ in 0..<2 {
      let writer = try RingWriter(
        path: folder.path + "/chat.pcap", policy: policy, linkType: .ethernet, overwriting: false, at: Self.start)
      try write(writer, 1...3)
    }
    try folder.write([1], as: "chat-other.pcap")
    #expect(files.count == 3)
    #expect(files.prefix(2).map { $0.prefix(11) } == ["chat-000005", "chat-000006"])
  }

  @Test("an existing file is not replaced unless it may be")
  func existing() throws {
    let path = try folder.write([1, 2, 3], as: "chat.pcap")
    #expect(throws: CaptureError.self) {
      try RingWriter(path: path, policy: nil, linkType: .ethernet, overwriting: false, at: Self.start)
    }
    _ = try RingWriter(path: path, policy: nil, linkType: .ethernet, overwriting: true, at: Self.start)
  }

  @Test("a full disk is told, and the analysis can go on", .enabled(if: access("/dev/full", W_OK) == 0))
  func full() throws {
    #expect(throws: CaptureError.self) {
      try RingWriter(path: "/dev/full", policy: nil, linkType: .ethernet, overwriting: true, at: Self.start)
    }
  }

  @Test("each new finding gets a capture from before it to after it")
  func findings() throws {
    var captures = FindingCaptures(folder: folder.path, linkType: .ethernet)
    var memory = PacketMemory(capacity: 1 << 20, age: .seconds(90))
    for second in 0..<60 {
      let (packet, bytes) = packet(second, after: .seconds(Double(second)))
      memory.append(packet, bytes.span.bytes)
      try captures.append(packet, bytes.span.bytes)
      var changes: [FindingLedger.Change] = []
      if second == 40 {
        var finding = FindingLedgerTests.finding("stalled-stream", packet: 38)
        finding.at = PacketReference(capture: 0, number: 38, time: Self.start + .seconds(38))
        finding.number = 2
        var later = finding
        later.at = PacketReference(capture: 0, number: 39, time: Self.start + .seconds(39))
        later.number = 3
        changes = [
          .appeared(finding), .appeared(FindingLedgerTests.finding("capture-gap", packet: 1, severity: .notice)),
          .appeared(later),
        ]
      }
      try captures.note(changes, at: Self.start + .seconds(Double(second)), from: memory)
    }
    #expect(files.count == 2)
    for (name, number) in zip(files, 2...3) {
      #expect(name.hasSuffix("-stalled-stream-\(number).pcap"))
      #expect(try numbers(in: folder.path + "/" + name) == Array(8...50))
    }
    #expect(!captures.isExhausted)
  }

  @Test("more findings than one run makes captures for are said once, and stop nothing")
  func exhausted() throws {
    var keeping = PacketKeeping(
      linkType: .ethernet, writer: nil, findings: FindingCaptures(folder: folder.path, linkType: .ethernet))
    let changes = (0...FindingCaptures.most).map { number in
      var finding = FindingLedgerTests.finding("stalled-stream", packet: number)
      finding.number = number
      return FindingLedger.Change.appeared(finding)
    }
    keeping.note(changes, at: Self.start)
    #expect(files.count == FindingCaptures.most)
    #expect(keeping.takeTroubles() == [.noMoreCaptures])
    keeping.note(changes, at: Self.start + .seconds(20))
    #expect(keeping.takeTroubles().isEmpty)
  }

  @Test("what is in memory is saved at a user's word, beside what is there, where there is a folder for it")
  func saved() throws {
    var keeping = PacketKeeping(
      linkType: .ethernet, writer: nil, findings: nil, folders: ["/nonexistent", folder.path])
    for number in 1...5 {
      let (packet, bytes) = packet(number)
      keeping.append(packet, bytes.span.bytes)
    }
    #expect(keeping.keptBytes == 500)
    for name in ["wstrace-20261122T222415Z.pcap", "wstrace-20261122T222415Z-2.pcap"] {
      let saved = keeping.save(at: Self.start)
      #expect(saved == .saved(path: folder.path + "/" + name, packets: 5))
      #expect(try numbers(in: folder.path + "/" + name) == Array(1...5))
    }
    let nowhere = PacketKeeping(linkType: .ethernet, writer: nil, findings: nil, folders: ["/nonexistent"])
    guard case .failed = nowhere.save(at: Self.start) else { return #expect(Bool(false), "saved to no folder") }
  }
}

extension RawSpan {
  /// The byte with which the tests fill a packet.
  fileprivate var byteOfPacket: UInt8 { byteCount > 0 ? unsafeLoad(as: UInt8.self) : 0 }
}
