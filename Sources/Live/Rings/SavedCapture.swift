import Capture
import Glibc
import Packets

/// What became of a user's wish to have the packets that are kept in memory as a file.
package enum SavedCapture: Sendable, Equatable {
  case saved(path: String, packets: Int)
  case failed(CaptureError)

  /// Saves the packets to a new file, in the first of some folders that takes it.
  ///
  /// Only its owner can read it: the folder may be everybody's.
  package static func save(
    _ memory: PacketMemory, _ linkType: LinkType, in folders: [String], at now: Timestamp
  ) -> SavedCapture {
    let mask = umask(0o077)
    defer { umask(mask) }
    var failure = CaptureError(path: folders.first ?? ".", .noSuchFile)
    for folder in folders {
      do throws(CaptureError) {
        return try save(memory, linkType, to: freePath(in: folder, at: now))
      } catch {
        failure = error
      }
    }
    return .failed(failure)
  }

  private static func save(
    _ memory: PacketMemory, _ linkType: LinkType, to path: String
  ) throws(CaptureError) -> SavedCapture {
    let file = try GrowingFile(path: path, linkType: linkType)
    try memory.forEach(since: Timestamp(nanoseconds: .min)) { packet, bytes throws(CaptureError) in
      try file.append(packet, bytes)
    }
    try file.flush()
    return .saved(path: path, packets: memory.count)
  }

  /// `wstrace-20261123T130319Z.pcap`, with a number where that is taken.
  private static func freePath(in folder: String, at now: Timestamp) -> String {
    let stem = (folder == "." ? "" : folder + "/") + "wstrace-" + RingName.stamp(now)
    var path = stem + ".pcap"
    var number = 2
    while access(path, F_OK) == 0 {
      path = "\(stem)-\(number).pcap"
      number += 1
    }
    return path
  }
}
