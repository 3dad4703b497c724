import CPcap
import Glibc

/// What libpcap reads from instead of a file: the same unpacked bytes that the block reader gets.
final class LibpcapFeed {
  private let input: CaptureInput
  /// Bytes that were read to tell the format, and how many of them libpcap has.
  private let first: [UInt8]
  private(set) var delivered = 0
  /// Why the input could not be read on.
  private(set) var failure: InputFailure?

  init(first: [UInt8], then input: CaptureInput) {
    self.first = first
    self.input = input
  }

  /// A stream over the feed, which it keeps alive until it is closed.
  func openStream() -> UnsafeMutablePointer<FILE>? {
    let cookie = Unmanaged.passRetained(self)
    let functions = wstrace_stream_functions(
      read: { cookie, buffer, size in
        guard let cookie else { return -1 }
        let feed = Unmanaged<LibpcapFeed>.fromOpaque(cookie).takeUnretainedValue()
        return feed.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size))
      },
      write: nil, seek: nil,
      close: { cookie in
        if let cookie { Unmanaged<LibpcapFeed>.fromOpaque(cookie).release() }
        return 0
      })
    guard let stream = wstrace_open_stream(cookie.toOpaque(), "r", functions) else {
      cookie.release()
      return nil
    }
    return stream
  }

  private func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    if delivered < first.count {
      let piece = first[delivered...].prefix(buffer.count)
      buffer.copyBytes(from: piece)
      delivered += piece.count
      return piece.count
    }
    do throws(InputFailure) {
      let count = try input.read(into: buffer)
      delivered += count
      return count
    } catch {
      failure = error
      errno = EIO
      return -1
    }
  }
}
