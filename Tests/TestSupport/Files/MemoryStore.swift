import Bytes

/// A backing store in memory, which may have room for so many bytes only.
package final class MemoryStore: BackingStore {
  package private(set) var bytes: [UInt8] = []
  private let capacity: Int
  /// How often something was written.
  package private(set) var writes = 0
  /// Whether what was written can't be read again.
  package var isUnreadable = false

  package init(capacity: Int = .max) { self.capacity = capacity }

  package func store(_ new: UnsafeRawBufferPointer, at position: Int) -> Bool {
    guard position + new.count <= capacity else { return false }
    writes += 1
    let missing = position + new.count - bytes.count
    if missing > 0 { bytes += [UInt8](repeating: 0, count: missing) }
    bytes.replaceSubrange(position..<position + new.count, with: new)
    return true
  }

  package func load(_ buffer: UnsafeMutableRawBufferPointer, at position: Int) -> Int {
    guard !isUnreadable, position < bytes.count else { return 0 }
    let part = bytes[position...].prefix(buffer.count)
    buffer.copyBytes(from: part)
    return part.count
  }
}
