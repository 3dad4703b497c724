import Analysis
import Bytes
import Dispatch
import Glibc
import Packets
import Redaction
import Reports
import Synchronization

/// Messages in an unnamed temporary file: a report reads them several times, and memory must not hold them all.
///
/// They are redacted before they are written, so that the file never holds what the report must not show. A thread of its
/// own does both, some hundred messages at a time, while the capture is read on, and other work whenever there is nothing
/// else to do; from ``finish(counts:)`` on nothing changes any more, and several threads may read.
final class MessageSpool: @unchecked Sendable {
  /// What takes secrets out of messages; `nil` where they stay.
  private(set) var redactor: Redactor?
  private let isRedacting: Bool
  private let file: TemporaryFile
  private var unpacker: MessageCoder
  private var coder = MessageCoder()
  private var buffer = ByteBuffer()
  /// What stands for one message's payload.
  private var shape = ByteBuffer()
  private var written = 0
  /// The longest message's bytes.
  private var mostBytes = 0
  private var failure: TemporaryFileError?
  /// How many messages each connection has, by its number; known at the end.
  private(set) var counts: [UInt32] = []
  /// Batches that wait to be filled again.
  private let idle = Mutex<[MessageBatch]>([])
  private let queue = DispatchQueue(label: "wstrace.messages")
  private let room = DispatchSemaphore(value: MessageSpool.mostWaiting)
  /// How many calls of the queue are under way or wait.
  private let calls = Atomic<Int>(0)
  /// Does a little of other work, and says whether there is more of it.
  private let spareWork: @Sendable () -> Bool

  /// How many bytes are gathered before they are written, and read at once.
  private static let chunk = 256 << 10
  /// How many bytes of messages are worth a change of threads; few enough that a processor's cache holds some batches beside
  /// what the analysis needs.
  private static let worthwhile = 64 << 10
  /// Batches that may wait for the thread; the reading waits for more room.
  private static let mostWaiting = 4

  /// - Parameters:
  ///   - redactor: what takes secrets out of messages; `nil` where they stay.
  ///   - spareWork: does a little of other work, and says whether there is more of it; it is called, up to the end of
  ///     ``finish(counts:)``, whenever no messages wait.
  /// - Throws: where there can be no temporary file.
  init(
    redactor: Redactor?, spareWork: @escaping @Sendable () -> Bool = { false }
  ) throws(TemporaryFileError) {
    self.spareWork = spareWork
    self.redactor = redactor
    isRedacting = redactor != nil
    unpacker = redactor == nil ? MessageCoder() : MessageCoder(renaming: Redactor.shortened)
    file = try TemporaryFile()
    queue.async { [self] in useSpareTime() }
  }

  /// Whether a batch has so many bytes that it is worth a change of threads.
  static func isWorth(_ bytes: Int) -> Bool { bytes >= worthwhile }

  /// An empty batch, one that has come back where there is one.
  func emptyBatch() -> MessageBatch { idle.withLock { $0.popLast() } ?? MessageBatch() }

  /// Appends the messages of a batch.
  func append(_ batch: MessageBatch) {
    room.wait()
    calls.add(1, ordering: .relaxed)
    queue.async { [self] in
      take(batch)
      // One that had to hold a very long message is not kept.
      if batch.bytes.count <= MessageSpool.chunk {
        batch.removeAll()
        idle.withLock { $0.append(batch) }
      }
      room.signal()
      calls.subtract(1, ordering: .relaxed)
      useSpareTime()
    }
  }

  private func useSpareTime() { while calls.load(ordering: .relaxed) == 0, spareWork() {} }

  private func take(_ batch: MessageBatch) {
    guard failure == nil else { return }
    guard isRedacting else {
      mostBytes = max(mostBytes, batch.longest)
      return batch.bytes.withBytes { write($0) }
    }
    batch.bytes.withBytes { bytes in
      var offset = 0
      var message = MessageRecord.blank
      while unpacker.decode(bytes, from: &offset, into: &message) { redact(message) }
    }
  }

  private func redact(_ message: MessageRecord) {
    let start = buffer.count
    shape.removeAll()
    let texts = redactor?.redact(message, shape: &shape)
    shape.withBytes {
      coder.encode(message, texts, sid: message.sid, payload: $0, into: &buffer)
    }
    mostBytes = max(mostBytes, buffer.count - start)
    if buffer.count >= MessageSpool.chunk { flush() }
  }

  private func flush() {
    buffer.withBytes { write($0) }
    buffer.removeAll()
  }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    guard failure == nil else { return }
    do {
      try file.write(bytes, at: written)
      written += bytes.count
    } catch {
      failure = error
    }
  }

  /// Waits until everything is written; call it once, before anything is read.
  ///
  /// - Parameter counts: how many messages each connection has, by its number.
  /// - Throws: what kept messages from being written.
  func finish(counts: [UInt32]) throws(TemporaryFileError) {
    self.counts = counts
    calls.add(1, ordering: .relaxed)
    queue.sync { flush() }
    if let failure { throw failure }
  }

  /// Reads all messages in their order.
  func forEach(_ body: (MessageRecord) throws -> Void) throws {
    var coder = MessageCoder()
    var message = MessageRecord.blank
    var position = 0
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: MessageSpool.chunk + mostBytes, alignment: 16)
    defer { chunk.deallocate() }
    // What of a message has been read already stands at the beginning.
    var carried = 0
    while position < written {
      let count = min(MessageSpool.chunk, written - position)
      let piece = UnsafeMutableRawBufferPointer(rebasing: chunk[carried..<carried + count])
      guard try file.read(into: piece, at: position) == count else { throw TemporaryFileError(errno: EIO) }
      position += count
      let filled = UnsafeRawBufferPointer(rebasing: chunk[..<(carried + count)])
      var offset = 0
      while coder.decode(filled, from: &offset, into: &message) { try body(message) }
      carried = filled.count - offset
      chunk.copyMemory(from: UnsafeRawBufferPointer(rebasing: filled[offset...]))
    }
  }
}
