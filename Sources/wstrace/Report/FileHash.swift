import ArgumentParser
import Crypto
import Glibc
import Reports

/// The SHA-256 of a file as `sha256sum` writes it, made piece by piece.
struct FileHash: ~Copyable {
  private let descriptor: Int32
  private let buffer: UnsafeMutableRawBufferPointer
  private var hash = SHA256()
  private var count = 0
  /// What kept it from being read to its end.
  private var failure: Int32?

  /// Few enough that a processor's cache still holds them when they are looked at.
  private static let piece = 128 << 10

  /// Opens a file; says what is wrong where that is not possible.
  init(_ path: String) throws {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      Diagnostics.say("\(Sanitizer.visible(path)): \(String(cString: strerror(errno)))")
      throw ExitCode(2)
    }
    buffer = .allocate(byteCount: FileHash.piece, alignment: 64)
  }

  deinit {
    close(descriptor)
    buffer.deallocate()
  }

  /// Takes the next piece; false at the end.
  mutating func advance() -> Bool {
    var length = 0
    repeat { length = read(descriptor, buffer.baseAddress, buffer.count) } while length < 0 && errno == EINTR
    if length < 0 { failure = errno }
    guard length > 0 else { return false }
    count += length
    hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<length]))
    return true
  }

  /// How many bytes were taken, and their hash; `nil` where the file could not be read to its end.
  var identity: (bytes: Int, sha256: String)? { failure == nil ? (count, FileHash.text(hash.finalize())) : nil }

  /// A whole file's length and hash; says what is wrong where it can't be read.
  static func of(_ path: String) throws -> (bytes: Int, sha256: String) {
    var hash = try FileHash(path)
    while hash.advance() {}
    guard let identity = hash.identity else {
      Diagnostics.say("\(Sanitizer.visible(path)): \(String(cString: strerror(hash.failure ?? EIO)))")
      throw ExitCode(2)
    }
    return identity
  }

  /// A digest in hexadecimal.
  static func text(_ digest: SHA256.Digest) -> String {
    digest.map { byte in
      let text = String(byte, radix: 16)
      return text.count < 2 ? "0" + text : text
    }.joined()
  }
}
