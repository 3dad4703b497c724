import Packets

/// A run of one event name from the server: an answer that came token by token.
package struct StreamSummary: Sendable {
  package var sid: String?
  package var event: String
  /// The client's event that began it, where one did.
  package var trigger: Trigger?
  package var start: PacketReference
  package var end: PacketReference
  package var messages: Int
  /// The gaps between its messages; `nil` where it has only one.
  package var gaps: GapQuantiles?
  /// Whether its end was seen: its end event, or an ack after its last message where other runs end so.
  package var isEnded: Bool
  package var endEvent: String?
  package var connection: Int

  /// The client's event that asked for an answer.
  package struct Trigger: Sendable {
    package var event: String
    package var reference: PacketReference
  }

  /// From the client's event to the first message.
  package var firstMessageAfter: Interval? { trigger.map { start.time - $0.reference.time } }

  /// Messages after the first, over the time they took.
  package var messagesPerSecond: Double? {
    let seconds = (end.time - start.time).seconds
    return messages > 1 && seconds > 0 ? Double(messages - 1) / seconds : nil
  }
}
