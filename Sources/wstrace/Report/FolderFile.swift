import Crypto
import Reports

/// A file of a report's folder that is written while others are; it gathers bytes, because a write costs more than a copy.
final class FolderFile {
  private let folder: ReportFolder
  private let name: String
  private let file: OutputFile
  private var buffer: [UInt8] = []
  private var hash = SHA256()
  private var count = 0

  private static let chunk = 1 << 18

  init(_ name: String, in folder: ReportFolder) throws {
    self.name = name
    self.folder = folder
    file = try OutputFile(creating: "\(folder.working)/\(name)", replacing: false, inputs: [])
    buffer.reserveCapacity(FolderFile.chunk + 4096)
  }

  func append(_ bytes: some Collection<UInt8>) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= FolderFile.chunk { try flush() }
  }

  private func flush() throws {
    hash.update(data: buffer)
    count += buffer.count
    try file.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Completes the file and tells the folder.
  func finish() throws {
    try flush()
    try file.finish()
    folder.note(Manifest.FileIdentity(name: name, bytes: count, sha256: FileHash.text(hash.finalize())))
  }
}
