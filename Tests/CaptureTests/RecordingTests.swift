import Foundation
import TestSupport
import Testing

@testable import Capture

/// Recordings of real traffic, read by both readers.
@Suite struct RecordingTests {
  static let paths: [String] =
    recordings(in: PackageRoot.captures)
    + (SharedCaptures.folder.map { recordings(in: $0) + recordings(in: $0 + "/public") } ?? [])

  @Test("the block reader and libpcap give the same packets, byte for byte and stamp for stamp", arguments: paths)
  func samePackets(path: String) {
    let own = readAll(path)
    let libpcap = readAll(path, ReaderOptions(engine: .libpcap))
    #expect(own.error == nil && libpcap.error == nil)
    #expect(!own.packets.isEmpty)
    #expect(own.packets.count == libpcap.packets.count)
    let difference = zip(own.packets, libpcap.packets).first { $0 != $1 }
    #expect(difference == nil, "packet \(difference?.0.number ?? 0)")
  }

  private static func recordings(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted().map { folder + "/" + $0 }
  }
}
