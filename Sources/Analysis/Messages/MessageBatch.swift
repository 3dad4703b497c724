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

/// Packs the messages of an analysis.
///
/// The batches are read in their order by one ``MessageCoder``: each tells only what the ones before have not.
final class MessagePacker {
  private var coder = MessageCoder()
  private(set) var batch = MessageBatch()

  func add(_ message: MessageRecord, payload: UnsafeRawBufferPointer) {
    let start = batch.bytes.count
    coder.encode(message, payload: payload, into: &batch.bytes)
    batch.longest = max(batch.longest, batch.bytes.count - start)
  }

  /// Hands over what was packed, and goes on with an empty batch.
  func take(leaving empty: MessageBatch) -> MessageBatch {
    defer { batch = empty }
    return batch
  }
}

extension AnalysisState {
  /// Tells a message, of whose payload as much is kept as is wanted.
  mutating func tell(_ message: MessageRecord, _ payload: RawSpan) {
    let kept = payload.extracting(first: options.payloadLimit)
    if let packer { return kept.withUnsafeBytes { packer.add(message, payload: $0) } }
    var message = message
    message.payload = kept.copy()
    events.append(.message(message))
  }
}

extension Analyzer {
  /// How many bytes of packed messages there are (``AnalysisOptions/packsMessages``).
  package var packedBytes: Int { state.packer?.batch.bytes.count ?? 0 }

  /// The messages since the last call, for a batch that is empty; `nil` where there are none.
  package mutating func takeMessages(leaving empty: @autoclosure () -> MessageBatch) -> MessageBatch? {
    packedBytes > 0 ? state.packer?.take(leaving: empty()) : nil
  }
}
