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

  private static let chunk = 64 << 10

  init(_ name: String, in folder: ReportFolder) throws {
    self.name = name
    self.folder = folder
    file = try OutputFile(creating: "\(folder.working)/\(name)", replacing: false, inputs: [])
    buffer.reserveCapacity(FolderFile.chunk + 4096)
  }

  func append(_ bytes: [UInt8]) throws {
    if buffer.isEmpty, bytes.count >= FolderFile.chunk { return try write(bytes) }
    buffer.append(contentsOf: bytes)
    if buffer.count >= FolderFile.chunk { try flush() }
  }

  private func flush() throws {
    try write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: [UInt8]) throws {
    hash.update(data: bytes)
    count += bytes.count
    try file.write(bytes)
  }

  /// Completes the file and tells the folder.
  func finish() throws {
    try flush()
    try file.finish()
    folder.note(Manifest.FileIdentity(name: name, bytes: count, sha256: FileHash.text(hash.finalize())))
  }
}
