/// Counts the binary messages that follow a BINARY_EVENT or BINARY_ACK; one for each direction of a session.
///
/// Only Socket.IO messages count: Engine.IO pings may come in between.
package struct AttachmentJoiner: Equatable, Sendable {
  /// How many attachments the open header announced; 0 where none is open.
  package private(set) var expected = 0
  /// How many of them have come.
  package private(set) var received = 0

  /// What a message means for the header before it.
  package enum Outcome: Equatable, Sendable {
    /// A text message that begins nothing, or a header without attachments.
    case complete
    /// More attachments are to come; `received` of `expected` are there.
    case waiting(received: Int, expected: Int)
    /// Binary data without a header: "got binary data when not reconstructing a packet".
    case unexpectedBinary
    /// A text message before all attachments came: "got plaintext data when reconstructing a packet".
    case interrupted(received: Int, expected: Int)
  }

  package init() {}

  /// Whether attachments are still to come.
  package var isWaiting: Bool { received < expected }

  /// Takes a text packet; after `.interrupted` the packet's own attachments are awaited.
  package mutating func receiveText(_ packet: SocketPacket) -> Outcome {
    let lost: Outcome? = isWaiting ? .interrupted(received: received, expected: expected) : nil
    expected = packet.type.isBinary ? packet.attachments : 0
    received = 0
    return lost ?? (isWaiting ? .waiting(received: 0, expected: expected) : .complete)
  }

  /// Takes a binary message; `.complete` means that it was the last one of its header.
  package mutating func receiveBinary() -> Outcome {
    guard isWaiting else { return .unexpectedBinary }
    received += 1
    return isWaiting ? .waiting(received: received, expected: expected) : .complete
  }

  /// Forgets an open header, where messages were lost or the session ended.
  package mutating func reset() { self = AttachmentJoiner() }
}
