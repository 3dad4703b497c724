import Analysis
import Glibc
import Packets
import Redaction
import Reports

/// Messages in an unnamed temporary file: a report reads them several times, and memory must not hold them all.
///
/// They are redacted before they are written, so that the file never holds what the report must not show.
final class MessageSpool {
  /// What takes secrets out of them; `nil` where they stay.
  var redactor: Redactor?
  private(set) var count = 0
  private let file: TemporaryFile
  private var buffer: [UInt8] = []
  private var written = 0

  /// How many bytes are gathered before they are written, and read at once.
  private static let chunk = 1 << 20

  init(redactor: Redactor?) throws(TemporaryFileError) {
    self.redactor = redactor
    file = try TemporaryFile()
  }

  /// Appends a message.
  func append(_ message: MessageRecord) throws(TemporaryFileError) {
    count += 1
    var coder = MessageCoder()
    if redactor != nil {
      guard let redacted = redactor?.redact(message) else { return }
      coder.encode(redacted, into: &buffer)
    } else {
      coder.encode(message, into: &buffer)
    }
    if buffer.count >= MessageSpool.chunk { try flush() }
  }

  private func flush() throws(TemporaryFileError) {
    try file.write(buffer, at: written)
    written += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  /// Reads all messages in their order.
  func forEach(_ body: (MessageRecord) throws -> Void) throws {
    try forEach { message, _ in try body(message) }
  }

  /// Reads all messages in their order, each with its place in the file.
  func forEach(_ body: (MessageRecord, Int) throws -> Void) throws {
    try flush()
    var coder = MessageCoder()
    var position = 0
    var carry: [UInt8] = []
    var start = 0
    while position < written {
      let piece = try file.read(min(MessageSpool.chunk, written - position), at: position)
      if piece.isEmpty { throw TemporaryFileError(errno: EIO) }
      position += piece.count
      carry += piece
      var offset = 0
      while let message = coder.decode(carry, from: &offset) {
        try body(message, start)
        start = position - carry.count + offset
      }
      carry.removeFirst(offset)
    }
  }

  /// Reads one message at a place that ``forEach(_:)`` told.
  func message(at position: Int, longest: Int) throws -> MessageRecord? {
    var coder = MessageCoder()
    var length = min(longest, 4096)
    while true {
      let bytes = try file.read(min(length, written - position), at: position)
      var offset = 0
      if let message = coder.decode(bytes, from: &offset) { return message }
      guard length < longest, bytes.count == length else { return nil }
      length = min(longest, length * 8)
    }
  }
}
