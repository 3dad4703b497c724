import Bytes

/// Messages packed one behind the other, on their way from the thread that analyses to another one.
///
/// As records they would be thousands of small pieces of memory and of references that both threads count: they would
/// wait for each other more than they work. One thread at a time has a batch.
package final class MessageBatch: @unchecked Sendable {
  package var bytes = ByteBuffer()
  /// The bytes of the longest message.
  package internal(set) var longest = 0

  package init() {}

  /// Makes it ready to be filled again.
  package func removeAll() {
    bytes.removeAll()
    longest = 0
  }
}
