import Bytes
import SocketIO

/// Packs the messages of an analysis.
///
/// The batches are read in their order by one ``MessageCoder``: each tells only what the ones before have not.
final class MessagePacker {
  private var coder = MessageCoder()
  private(set) var bytes = ByteBuffer()
  private var longest = 0
  /// How many messages each connection had, by its number.
  private(set) var counts: [UInt32] = []

  func add(_ message: MessageRecord, payload: UnsafeRawBufferPointer) {
    let start = bytes.count
    coder.encode(message, sid: message.sid, payload: payload, into: &bytes)
    count(message.connection, from: start)
  }

  func add(
    _ event: PlainEvent, name: @autoclosure () -> String, sid: @autoclosure () -> String?,
    payload: UnsafeRawBufferPointer
  ) {
    let start = bytes.count
    coder.encode(event, name: name(), sid: sid(), payload: payload, into: &bytes)
    count(event.connection, from: start)
  }

  private func count(_ connection: Int, from start: Int) {
    longest = max(longest, bytes.count - start)
    while counts.count <= connection { counts.append(0) }
    counts[connection] &+= 1
  }

  /// Puts what was packed into an empty batch.
  func move(to batch: MessageBatch) {
    swap(&bytes, &batch.bytes)
    batch.longest = longest
    longest = 0
  }
}

extension AnalysisState {
  /// Tells a message, of whose payload as much is kept as is wanted.
  mutating func tell(_ message: MessageRecord, _ payload: RawSpan) {
    let kept = payload.extracting(first: options.payloadLimit)
    if let borrowedPacker {
      return borrowedPacker._withUnsafeGuaranteedRef { packer in
        kept.withUnsafeBytes { packer.add(message, payload: $0) }
      }
    }
    var message = message
    message.payload = kept.copy()
    events.append(.message(message))
  }

  /// Tells an event of a session that went its short way.
  mutating func tell(_ event: PlainEvent, of session: Unmanaged<Session>, _ payload: RawSpan) {
    guard let borrowedPacker else {
      let sid = session._withUnsafeGuaranteedRef { $0.sid }
      return tell(MessageRecord(event, name: names[event.name], sid: sid), payload)
    }
    let kept = payload.extracting(first: options.payloadLimit)
    borrowedPacker._withUnsafeGuaranteedRef { packer in
      kept.withUnsafeBytes {
        packer.add(event, name: names[event.name], sid: session._withUnsafeGuaranteedRef { $0.sid }, payload: $0)
      }
    }
  }
}

extension Analyzer {
  /// How many bytes of packed messages there are (``AnalysisOptions/packsMessages``).
  package var packedBytes: Int { state.packer?.bytes.count ?? 0 }

  /// How many messages were packed of each connection, by its number.
  package var packedCounts: [UInt32] { state.packer?.counts ?? [] }

  /// Moves the messages since the last call to an empty batch.
  package mutating func moveMessages(to batch: MessageBatch) { state.packer?.move(to: batch) }
}
