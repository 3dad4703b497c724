import Glibc

/// A file that is open for reading, closed when its owner goes away.
struct FileDescriptor: ~Copyable {
  private let number: Int32
  private let isBorrowed: Bool

  /// The size of a regular file; `nil` for a pipe.
  let size: Int?

  /// Opens a file, or borrows standard input as `-`.
  init(opening path: String) throws(CaptureError) {
    let isStandardInput = path == "-"
    let number = isStandardInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw CaptureError(path: path, .init(openingFailed: errno)) }
    do throws(CaptureError.Kind) {
      size = try Self.size(of: number)
    } catch {
      if !isStandardInput { close(number) }
      throw CaptureError(path: path, error)
    }
    posix_fadvise(number, 0, 0, POSIX_FADV_SEQUENTIAL)
    self.number = number
    isBorrowed = isStandardInput
  }

  deinit {
    if !isBorrowed { close(number) }
  }

  /// The size of a regular file; throws for what no capture can be in.
  private static func size(of number: Int32) throws(CaptureError.Kind) -> Int? {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw .cannotOpen(errno: errno) }
    let fileType = status.st_mode & S_IFMT
    guard fileType != S_IFDIR else { throw .isDirectory }
    guard isatty(number) == 0 else { throw .isTerminal }
    return fileType == S_IFREG ? Int(status.st_size) : nil
  }

  /// Reads what is there, at most a buffer full; 0 at the end of the file.
  ///
  /// A pipe is waited for only while it is empty, so that a capture is decoded while it is being written.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    while true {
      let count = Glibc.read(number, buffer.baseAddress, buffer.count)
      guard count < 0 else { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var wanted = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        poll(&wanted, 1, -1)
      default: throw SystemError(code: errno)
      }
    }
  }
}

/// An error number of the operating system.
struct SystemError: Error {
  var code: Int32
}

extension CaptureError.Kind {
  /// What a failed open(2) means.
  init(openingFailed code: Int32) {
    self =
      switch code {
      case ENOENT, ENOTDIR: .noSuchFile
      case EACCES, EPERM: .permissionDenied
      case EISDIR: .isDirectory
      case EEXIST: .alreadyExists
      default: .cannotOpen(errno: code)
      }
  }
}
