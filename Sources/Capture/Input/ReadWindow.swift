/// The part of a file that is in memory: packets are borrowed from here, not copied.
struct ReadWindow: ~Copyable {
  /// Offset in the window of the first byte that is not yet decoded.
  var start = 0

  private var storage: UnsafeMutableRawBufferPointer
  private var end = 0
  private var streamOffsetOfStorage = 0

  init(capacity: Int) {
    storage = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { storage.deallocate() }

  /// All bytes in the window, those before `start` included; valid until the next `fill`.
  var filled: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage.baseAddress, count: end) }

  /// The bytes that are not yet decoded.
  var unread: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: filled[start...]) }

  /// Bytes of the unpacked file before `start`.
  var streamOffset: Int { streamOffsetOfStorage + start }

  /// Adds what the input has, after the unread bytes; `false` at its end.
  ///
  /// The window grows only when it is full of unread bytes, so a length that lies takes no memory.
  mutating func fill(from input: CaptureInput) throws(InputFailure) -> Bool {
    let kept = end - start
    if kept == storage.count {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: storage.count * 2, alignment: 16)
      larger.copyMemory(from: unread)
      storage.deallocate()
      storage = larger
    } else if start > 0, let base = storage.baseAddress {
      base.copyMemory(from: base + start, byteCount: kept)
    }
    streamOffsetOfStorage += start
    start = 0
    end = kept
    let count = try input.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[kept...]))
    end += count
    return count > 0
  }
}
