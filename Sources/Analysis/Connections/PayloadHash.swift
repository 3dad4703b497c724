import Crypto
import Packets
import WebSocket

/// The SHA-256 of messages' whole payloads, unmasked and inflated, of the messages that are open on a WebSocket.
struct PayloadHash {
  private var open = Directional<SHA256?>(both: nil)

  /// Takes the next run of the open message's payload.
  mutating func take(_ bytes: RawSpan, _ direction: Direction) {
    var hash = open[direction] ?? SHA256()
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    open[direction] = hash
  }

  /// The hash of a message that has ended; `nil` where not all of it could be read.
  ///
  /// `bytes` are what was kept of it: all of a control frame, whose payload comes in no runs.
  mutating func finish(_ message: Message, _ bytes: RawSpan, _ direction: Direction) -> [UInt8]? {
    let isControl = message.opcode.isControl
    let hash = isControl ? nil : open[direction]
    if !isControl { open[direction] = nil }
    guard message.isComplete, message.isLengthKnown, !message.isOpaque else { return nil }
    if let hash { return Array(hash.finalize()) }
    return message.isWhole ? PayloadHash.of(bytes) : nil
  }

  /// The hash of a payload that is all there.
  static func of(_ bytes: RawSpan) -> [UInt8] {
    bytes.withUnsafeBytes { Array(SHA256.hash(data: $0)) }
  }
}
