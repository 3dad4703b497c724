import Glibc
import Reports

/// A capture that can be read twice: a file as it is, and standard input as a copy without a name.
final class InputCopy: @unchecked Sendable {
  /// The path as it was given.
  let given: String
  /// The path to read.
  let path: String
  private let copy: TemporaryFile?
  /// Its length and hash, once they are known (``InputHashes``); `nil` where it can't be read as a file.
  var identity: (bytes: Int, sha256: String)?

  init(_ given: String) throws {
    self.given = given
    guard given == "-" else {
      path = given
      copy = nil
      return
    }
    let file = try TemporaryFile()
    var position = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while !Interruption.isRequested {
      let count = buffer.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      try file.write(Array(buffer[..<count]), at: position)
      position += count
    }
    copy = file
    path = "/proc/self/fd/\(file.descriptor)"
  }

  /// The name that a report gives it.
  var name: String { given == "-" ? "standard input" : given }

  /// Whether it can be read a second time beside the first.
  var isRegularFile: Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
  }
}
