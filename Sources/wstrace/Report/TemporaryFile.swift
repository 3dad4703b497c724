import Glibc

/// A file without a name, gone when the program ends, however it ends.
final class TemporaryFile {
  let descriptor: Int32

  /// Makes one where `TMPDIR` says, or in `/var/tmp`, which is no memory.
  init() throws(TemporaryFileError) {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
    var template = Array("\(folder)/wstrace-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw TemporaryFileError(errno: errno) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(template)
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8], at position: Int) throws(TemporaryFileError) {
    try bytes.span.bytes.withUnsafeBytes { (buffer) throws(TemporaryFileError) in try write(buffer, at: position) }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at position: Int) throws(TemporaryFileError) {
    var start = 0
    while start < bytes.count {
      let count = pwrite(descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start, off_t(position + start))
      if count < 0 {
        if errno == EINTR { continue }
        throw TemporaryFileError(errno: errno)
      }
      start += count
    }
  }

  /// Reads as many bytes as there are, at most so many.
  func read(_ count: Int, at position: Int) throws(TemporaryFileError) -> [UInt8] {
    guard count > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: count)
    let filled = try read(into: &bytes, at: position)
    return filled == count ? bytes : Array(bytes.prefix(filled))
  }

  private func read(into bytes: inout [UInt8], at position: Int) throws(TemporaryFileError) -> Int {
    var span = bytes.mutableSpan
    var memory = span.mutableBytes
    return try memory.withUnsafeMutableBytes { (buffer) throws(TemporaryFileError) in
      try read(into: buffer, at: position)
    }
  }

  /// Reads as many bytes as there are, at most as many as there is room for, and says how many.
  func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int) throws(TemporaryFileError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let read = pread(
        descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(position + filled))
      if read < 0 {
        if errno == EINTR { continue }
        throw TemporaryFileError(errno: errno)
      }
      if read == 0 { break }
      filled += read
    }
    return filled
  }
}

/// Why a temporary file can't be used.
struct TemporaryFileError: Error, CustomStringConvertible {
  var errno: Int32

  var description: String { "temporary file: \(String(cString: strerror(errno))) (TMPDIR names another place for it)" }
}
