import Bytes
import Glibc

/// An unnamed temporary file for what is too much for memory; it comes into being with the first of it.
final class OverflowFile: BackingStore {
  private var file: TemporaryFile?
  /// Why something could not be kept.
  private(set) var failure: TemporaryFileError?

  func store(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Bool {
    attempt { (file) throws(TemporaryFileError) in try file.write(bytes, at: position) } != nil
  }

  func load(_ buffer: UnsafeMutableRawBufferPointer, at position: Int) -> Int {
    let count = attempt { (file) throws(TemporaryFileError) in try file.read(into: buffer, at: position) } ?? 0
    if count == 0, failure == nil { failure = TemporaryFileError(errno: EIO) }
    return count
  }

  private func attempt<Result>(
    _ body: (TemporaryFile) throws(TemporaryFileError) -> Result
  ) -> Result? {
    do throws(TemporaryFileError) {
      if let file { return try body(file) }
      let made = try TemporaryFile()
      file = made
      return try body(made)
    } catch {
      failure = error
      return nil
    }
  }
}
