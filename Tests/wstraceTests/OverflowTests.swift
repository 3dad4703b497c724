import Foundation
import Packets
import TestSupport
import Testing

/// What is too much for memory waits in a file until the report is written.
@Suite(.enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"))
struct OverflowTests {
  private let folder: TemporaryFolder
  private let path: String
  private static let connections: UInt16 = 6_000

  /// A capture of more connections than have their summaries in memory.
  init() throws {
    folder = try TemporaryFolder()
    let packets = (1...OverflowTests.connections).map { port in
      var syn = PacketBuilder(from: .at("10.0.0.2", port), to: .at("10.0.0.10", 8080))
      syn.flags = .syn
      syn.identification = port
      let bytes = syn.bytes
      return RecordedPacket(
        time: Conversation.defaultStart + .milliseconds(Int64(port)), bytes: bytes, linkType: 1,
        originalLength: bytes.count)
    }
    path = try folder.write(PcapBuilder(packets).bytes, as: "many.pcap")
  }

  @Test("the report lists all connections in their order")
  func listing() throws {
    let connections = try Tool.document([path])["connections"] as? [[String: Any]] ?? []
    let isInOrder = connections.enumerated().allSatisfy { index, connection in
      let client = connection["client"] as? [String: Any]
      return connection["id"] as? Int == index + 1 && client?["port"] as? Int == index + 1
    }
    #expect(isInOrder)
    #expect(connections.count == Int(OverflowTests.connections))
  }

  @Test("a file that can't be written is an error", arguments: ["text", "json", "ndjson"])
  func unwritable(format: String) throws {
    let outcome = try Tool.run(
      ["analyze", "--format", format, path], environment: ["TMPDIR": folder.path + "/absent"])
    #expect(outcome.status == 2)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("wstrace: temporary file: "), "\(outcome.errors)")
    #expect(outcome.errors.contains("TMPDIR"))
  }
}
