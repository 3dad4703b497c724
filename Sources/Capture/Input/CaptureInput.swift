import Glibc

/// The bytes of a capture file, unpacked where they are compressed.
///
/// A class, because libpcap reads through a pointer to it.
final class CaptureInput {
  let path: String

  /// How the file is compressed, if it is.
  let compression: Compression?

  /// Bytes read from the file so far, as it is stored.
  private(set) var position = 0

  /// Whether compressed data ended in their middle.
  private(set) var isCutOff = false

  private let file: FileDescriptor
  private var gzip: GzipDecompressor?
  private var zstd: ZstdDecompressor?
  private var isFinished = false

  /// Bytes as they are stored: all that is compressed goes through here, else only those read to tell the compression.
  private let stored: UnsafeMutableRawBufferPointer
  private var unused = 0..<0

  private static let storedCapacity = 128 << 10
  /// How much is read to tell the compression: little, as it is copied where there is none.
  private static let firstRead = 4096

  init(opening path: String) throws(CaptureError) {
    self.path = path
    file = try FileDescriptor(opening: path)
    stored = .allocate(byteCount: Self.storedCapacity, alignment: 16)
    do throws(SystemError) {
      while unused.count < Compression.magicLength {
        let room = stored[unused.upperBound..<Self.firstRead]
        let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: room))
        guard count > 0 else { break }
        unused = 0..<unused.upperBound + count
      }
    } catch {
      stored.deallocate()
      let place = CaptureError.Place(record: 1, offset: 0, isUnpacked: false)
      throw CaptureError(path: path, .readFailed(errno: error.code, place))
    }
    position = unused.count
    compression = Compression(detectedIn: UnsafeRawBufferPointer(rebasing: stored[unused]).bytes)
    switch compression {
    case .gzip: gzip = GzipDecompressor()
    case .zstd: zstd = ZstdDecompressor()
    case nil: break
    }
  }

  deinit { stored.deallocate() }

  /// The size of the file as it is stored; `nil` for a pipe.
  var storedSize: Int? { file.size }

  /// Reads and unpacks what is there, at most a buffer full; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputFailure) -> Int {
    if compression != nil { return try readUnpacked(into: buffer) }
    guard unused.isEmpty else {
      let count = min(unused.count, buffer.count)
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: stored[unused.prefix(count)]))
      unused = unused.dropFirst(count)
      return count
    }
    return try readStored(into: buffer)
  }

  private func readStored(into buffer: UnsafeMutableRawBufferPointer) throws(InputFailure) -> Int {
    do throws(SystemError) {
      let count = try file.read(into: buffer)
      position += count
      return count
    } catch {
      throw .system(code: error.code)
    }
  }

  private func readUnpacked(into buffer: UnsafeMutableRawBufferPointer) throws(InputFailure) -> Int {
    while !isFinished {
      // Also without new input: the library may hold output that had no room before.
      let step = try unpack(UnsafeRawBufferPointer(rebasing: stored[unused]), into: buffer)
      unused = unused.dropFirst(step.consumed)
      isFinished = step.isFinished
      if step.produced > 0 { return step.produced }
      if unused.isEmpty, !isFinished {
        let count = try readStored(into: stored)
        unused = 0..<count
        isFinished = count == 0
        isCutOff = isFinished && !step.isAtBoundary
      }
    }
    return 0
  }

  private func unpack(
    _ bytes: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
  ) throws(InputFailure) -> DecompressionStep {
    do throws(DecompressionFailure) {
      if let step = try gzip?.step(bytes, into: buffer) { return step }
      if let step = try zstd?.step(bytes, into: buffer) { return step }
    } catch {
      isFinished = true
      throw .decompression(message: error.message)
    }
    preconditionFailure("only compressed input is unpacked")
  }
}

/// Why no more bytes of a file could be had.
enum InputFailure: Error {
  case system(code: Int32)
  case decompression(message: String)
}

extension CaptureInput {
  /// The error that says where in the capture the input failed.
  func error(_ failure: InputFailure, at place: CaptureError.Place) -> CaptureError {
    switch failure {
    case .system(let code): return CaptureError(path: path, .readFailed(errno: code, place))
    case .decompression(let message):
      return CaptureError(path: path, .damagedCompression(compression ?? .gzip, place, message: message))
    }
  }

  /// A place in the capture, with what is known of the file.
  func place(record: Int, offset: Int) -> CaptureError.Place {
    CaptureError.Place(record: record, offset: offset, isUnpacked: compression != nil)
  }
}
