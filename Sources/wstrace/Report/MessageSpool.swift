import Analysis
import Dispatch
import Glibc
import Packets
import Redaction
import Reports

/// Messages in an unnamed temporary file: a report reads them several times, and memory must not hold them all.
///
/// They are redacted before they are written, so that the file never holds what the report must not show. A thread of its
/// own does both, the messages of some thousand packets at a time, while the capture is read on; from ``finish()`` on
/// nothing changes any more, and several threads may read.
final class MessageSpool: @unchecked Sendable {
  /// What takes secrets out of messages; `nil` where they stay.
  private(set) var redactor: Redactor?
  private let file: TemporaryFile
  private var coder = MessageCoder()
  private var buffer: [UInt8] = []
  private var written = 0
  private var failure: TemporaryFileError?
  private let queue = DispatchQueue(label: "wstrace.messages")
  private let room = DispatchSemaphore(value: MessageSpool.mostWaiting)

  /// How many bytes are gathered before they are written, and read at once.
  private static let chunk = 1 << 20
  /// Lots of events that may wait for the thread; the reading waits for more room.
  private static let mostWaiting = 4

  init(redactor: Redactor?) throws(TemporaryFileError) {
    self.redactor = redactor
    file = try TemporaryFile()
  }

  /// Appends the messages among events.
  func append(_ events: [TraceEvent]) {
    room.wait()
    queue.async { [self] in
      take(events)
      room.signal()
    }
  }

  private func take(_ events: [TraceEvent]) {
    guard failure == nil else { return }
    for event in events {
      guard case .message(var message) = event else { continue }
      redactor?.redact(&message)
      coder.encode(message, into: &buffer)
      if buffer.count >= MessageSpool.chunk { flush() }
    }
  }

  private func flush() {
    do {
      try file.write(buffer, at: written)
      written += buffer.count
    } catch {
      failure = error
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Waits until everything is written; call it once, before anything is read.
  func finish() throws(TemporaryFileError) {
    queue.sync { flush() }
    if let failure { throw failure }
  }

  /// Reads all messages in their order.
  func forEach(_ body: (MessageRecord) throws -> Void) throws {
    var coder = MessageCoder()
    var position = 0
    var carry: [UInt8] = []
    while position < written {
      let piece = try file.read(min(MessageSpool.chunk, written - position), at: position)
      if piece.isEmpty { throw TemporaryFileError(errno: EIO) }
      position += piece.count
      carry += piece
      var offset = 0
      while let message = coder.decode(carry, from: &offset) { try body(message) }
      carry.removeFirst(offset)
    }
  }
}
