import Foundation
import TestSupport
import Testing

/// Every decoder on input that looks random and is the same in each run: what `make fuzz` does for longer.
@Suite struct SeededTests {
  @Test("random input neither traps nor leads a decoder out of bounds", arguments: Harness.allCases, UInt64(1)...4)
  func random(harness: Harness, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<harness.runs { harness.run(generator.input()) }
  }

  /// The smaller of the project's recordings.
  static let recordings: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: PackageRoot.captures)) ?? []
    return names.filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted().filter { name in
      ((try? contents(of: PackageRoot.captures + "/" + name).count) ?? .max) < 200_000
    }
  }()

  @Test("a recording with wrong bytes in it is read to its end", arguments: recordings)
  func mutated(name: String) throws {
    var bytes = try contents(of: PackageRoot.captures + "/" + name)
    var generator = SeededGenerator(seed: UInt64(bytes.count))
    // The first 24 bytes are the file's header, without which nothing would be read.
    for _ in 0..<bytes.count / 500 {
      bytes[Int.random(in: 24..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
    }
    for harness in [Harness.blocks, .recordings] { harness.run(bytes) }
  }

  /// Inputs that once ended a decoder: a file for each, its name the harness's and what was wrong.
  static let cases: [String] = {
    let folder = PackageRoot.path + "/Tests/Fuzzing/Cases"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { !$0.hasSuffix(".md") }.sorted().map { folder + "/" + $0 }
  }()

  @Test("what fuzzing has found stays mended", arguments: cases)
  func found(path: String) throws {
    let name = path.split(separator: "/").last?.split(separator: "-").first.map(String.init) ?? ""
    let harness = try #require(Harness(rawValue: name))
    harness.run(try contents(of: path))
  }
}

extension Harness {
  /// Inputs for each seed, so that all of them take a few seconds.
  fileprivate var runs: Int {
    switch self {
    case .analysis, .streams, .blocks, .recordings: 25
    default: 150
    }
  }
}

extension SeededGenerator {
  /// Bytes in which those that mean something to the protocols are more frequent than others.
  fileprivate mutating func input() -> [UInt8] {
    let count = Int.random(in: 0...600, using: &self)
    return (0..<count).map { _ in
      switch UInt8.random(in: 0..<4, using: &self) {
      case 0: Self.telling[Int.random(in: 0..<Self.telling.count, using: &self)]
      case 1: UInt8.random(in: 0...15, using: &self)
      default: UInt8.random(in: 0...255, using: &self)
      }
    }
  }

  private static let telling: [UInt8] =
    Array("42[\"a\"]{}:,-/?b 0123456\r\nHTTP/1.1 GET d=%\\".utf8) + [
      0x1e, 0x81, 0x82, 0x88, 0x89, 0x7e, 0x7f, 0xfe, 0xff,
    ]
}
