import Glibc
import Testing

/// A folder for a test's files, removed with them when its owner goes away.
final class TemporaryFolder {
  let path: String
  private var names: Set<String> = []

  init() throws {
    var template = [UInt8]("/tmp/capture-tests-XXXXXX\0".utf8)
    let made = template.withUnsafeMutableBytes { bytes in
      bytes.bindMemory(to: CChar.self).baseAddress.flatMap { mkdtemp($0) } != nil
    }
    try #require(made)
    path = String(decoding: template.dropLast(), as: UTF8.self)
  }

  deinit {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  /// A path in the folder, whose file is removed in the end.
  func path(_ name: String) -> String {
    names.insert(name)
    return "\(path)/\(name)"
  }

  /// Writes a file, and gives its path.
  func write(_ bytes: [UInt8], as name: String = "capture") throws -> String {
    let path = path(name)
    // A new file: where one is truncated, some file systems write the new bytes to the disk at once.
    unlink(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    try #require(written == bytes.count)
    return path
  }
}
