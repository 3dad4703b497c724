import ArgumentParser
import Crypto
import Glibc
import Reports
import Synchronization

/// The folder of a report: written beside its place and moved there when it is complete, so that no half of one is ever
/// found under its name.
final class ReportFolder {
  let path: String
  /// Where it is written until it is complete.
  let working: String
  private let replaces: Bool
  private var isDone = false
  /// The files that are complete; several may be written at once.
  private let noted = Mutex<[Manifest.FileIdentity]>([])

  /// Makes the working folder; says what is wrong with the name before anything is read.
  init(path: String, replacing: Bool) throws {
    var name = path
    while name.count > 1, name.hasSuffix("/") { name.removeLast() }
    self.path = name
    var facts = stat()
    replaces = lstat(name, &facts) == 0
    if replaces { try ReportFolder.checkReplacement(of: name, facts, wanted: replacing) }
    let slash = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
    var template = Array("\(name[..<slash]).\(name[slash...]).XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw ReportFolder.failure(name, errno)
    }
    working = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    chmod(working, 0o755)
  }

  deinit { if !isDone { ReportFolder.remove(working) } }

  /// Only what this program made is ever replaced: an empty folder, or one with a report's manifest.
  private static func checkReplacement(of name: String, _ facts: stat, wanted: Bool) throws {
    guard wanted else {
      Diagnostics.say("\(Sanitizer.visible(name)): exists; use --force to replace it")
      throw ExitCode(2)
    }
    let isFolder = facts.st_mode & S_IFMT == S_IFDIR
    guard isFolder, access(name + "/manifest.json", F_OK) == 0 || rmdir(name) == 0 else {
      Diagnostics.say("\(Sanitizer.visible(name)): is no report of wstrace, and is not replaced; give another name")
      throw ExitCode(2)
    }
  }

  private static func failure(_ name: String, _ code: Int32) -> ExitCode {
    Diagnostics.say("\(Sanitizer.visible(name)): \(String(cString: strerror(code)))")
    return ExitCode(2)
  }

  /// Writes a file of the folder piece by piece, and notes its hash.
  func write(_ name: String, _ body: (_ sink: (RawSpan) throws -> Void) throws -> Void) throws {
    let file = try OutputFile(creating: "\(working)/\(name)", replacing: false, inputs: [])
    var hash = SHA256()
    var count = 0
    try body { bytes in
      bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
      count += bytes.byteCount
      try file.write(bytes)
    }
    try file.finish()
    note(Manifest.FileIdentity(name: name, bytes: count, sha256: FileHash.text(hash.finalize())))
  }

  /// Notes a file that is complete.
  func note(_ file: Manifest.FileIdentity) { noted.withLock { $0.append(file) } }

  /// The files that are complete, by name.
  var files: [Manifest.FileIdentity] { noted.withLock { $0 }.sorted { $0.name < $1.name } }

  /// Notes a file that something else has written into the folder.
  func note(_ name: String) throws {
    let (bytes, hash) = try FileHash.of("\(working)/\(name)")
    note(Manifest.FileIdentity(name: name, bytes: bytes, sha256: hash))
  }

  /// Moves the folder to its place.
  func finish() throws {
    let old = working + ".old"
    let exists = access(path, F_OK) == 0
    if exists, !replaces {
      Diagnostics.say("\(Sanitizer.visible(path)): was made by somebody else meanwhile; nothing is replaced")
      throw ExitCode(2)
    }
    if exists, rename(path, old) != 0 { throw ReportFolder.failure(path, errno) }
    guard rename(working, path) == 0 else {
      let code = errno
      if exists { rename(old, path) }
      throw ReportFolder.failure(path, code)
    }
    isDone = true
    if exists { ReportFolder.remove(old) }
  }

  /// Removes a folder of this program: its files, and those of its folder of attachments.
  private static func remove(_ folder: String) {
    guard let directory = opendir(folder) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name == "." || name == ".." { continue }
      let path = "\(folder)/\(name)"
      if unlink(path) != 0, errno == EISDIR || errno == EPERM { remove(path) }
    }
    closedir(directory)
    rmdir(folder)
  }
}
