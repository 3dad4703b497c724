import Bytes
import HTTP
import Packets
import Streams
import WebSocket

/// WebSockets whose upgrade is not in the capture, or not all of it: they show by their frames.
extension Analyzer {
  /// Whether a direction that is read as HTTP may carry frames, because a head may have been missed.
  ///
  /// It looks for a head behind a hole, a cut or a beginning that was not captured; or it goes on behind an upgrade
  /// request to a server of which the capture has no packet.
  func mayBeWebSocket(_ conversation: Conversation, _ direction: Direction) -> Bool {
    guard let dialogue = conversation.dialogue, conversation.content == .http else { return false }
    return dialogue.isSearching(direction)
      || direction == .clientToServer && dialogue.unansweredUpgrade != nil
        && !table.half(conversation.slot, .serverToClient).isSeen
  }

  /// Reads a connection as a WebSocket from here on; an upgrade that was asked for has been accepted.
  mutating func becomeWebSocket(
    _ conversation: Conversation, _ bytes: RawSpan, _ direction: Direction, _ at: PacketReference
  ) {
    let attempt = conversation.attempt
    let channel = WebSocketChannel(
      deflate: nil, limits: state.options.webSocketLimits,
      engine: attempt.map { $0.isEngineIO ? .yes : .no } ?? .undecided, isMidStream: true)
    if state.options.hashesPayloads { channel.hashPayloads() }
    conversation.content = .webSocket
    conversation.transport = .webSocket
    conversation.channel = channel
    if let attempt {
      channel.key = attempt.key
      channel.version = attempt.version
      settle(attempt, conversation, .accepted(at))
      if let open = conversation.exchanges.remove(attempt.exchange) { list(open.summary, conversation) }
    }
    let held = conversation.dialogue?.releaseHeldBack(force: true) ?? []
    conversation.dialogue = nil
    if !held.isEmpty { deliver(held.span.bytes, conversation, .clientToServer, at) }
    deliver(bytes, conversation, direction, at)
  }
}

extension RawSpan {
  /// Whether frames stand here that are hardly there by chance.
  func beginsFrames(_ direction: Direction) -> Bool {
    FrameSearch(masks: direction == .clientToServer, allowsRSV1: true).firstFrame(in: self, from: 0) != nil
  }
}
