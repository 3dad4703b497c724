import Packets
import SocketIO
import Streams
import WebSocket

extension Analyzer {
  /// Takes the end of a WebSocket, or the capture's: what was left unfinished on it.
  mutating func concludeChannel(_ conversation: Conversation, _ connection: Connection, _ at: PacketReference) {
    guard let channel = conversation.channel, conversation.content == .webSocket,
      let place = place(of: conversation)
    else { return }
    let end = ChannelEnd(channel, conversation.ends, until: at)
    for entry in channel.watch.violations.entries where entry.count > 1 {
      state.events.append(
        .ruleBroken(ViolationFacts(entry, place, rolesInferred: connection.roleEvidence < .handshake)))
    }
    concludeMessages(channel, conversation, place, end)
    concludeProbe(channel, conversation, place, end)
    if let session = conversation.session, !channel.isProbing {
      session.conclude(hop: conversation.hop, place, end, connection, &state)
    }
  }

  private mutating func concludeMessages(
    _ channel: WebSocketChannel, _ conversation: Conversation, _ place: ConnectionPlace, _ end: ChannelEnd
  ) {
    for direction in Direction.allCases where isInPlace(channel, conversation, direction) {
      let pending = channel.pending(direction)
      concludeLongest(channel, direction, pending, conversation, place, end)
      guard let pending, let began = channel.openMessageStart(direction) ?? channel.watch.lastPiece[direction] else {
        continue
      }
      let isCut = pending.headerBytes > 0 || pending.isFinalFrame || pending.announcedLength != pending.receivedLength
      let kind: IncompleteMessage.Kind =
        isCut
        ? .frame(received: pending.receivedLength, announced: pending.announcedLength)
        : .fragments(frames: Int(pending.frames), received: pending.receivedLength)
      let message = IncompleteMessage(
        place: place, direction: direction, kind: kind, began: began,
        last: channel.watch.lastPiece[direction] ?? began, ended: end.first, endedBy: end.by,
        isGoodbye: end.isGoodbye, observedUntil: end.until)
      state.events.append(.messageIncomplete(message))
    }
  }

  /// Frames behind a hole that show the decoder to have found its place again.
  private static let framesInPlace: UInt32 = 3

  /// Whether what is open in a direction is what its sender began: nothing was lost, or frames went on behind it.
  private func isInPlace(_ channel: WebSocketChannel, _ conversation: Conversation, _ direction: Direction) -> Bool {
    guard conversation.firstHole[direction] != nil else { return true }
    guard let before = channel.framesBeforeHole[direction] else { return false }
    return channel.decoders[direction].frames.total &- before.total >= Self.framesInPlace
  }

  /// Tells of a message that was too long, if its receiver said or showed so.
  private mutating func concludeLongest(
    _ channel: WebSocketChannel, _ direction: Direction, _ pending: PendingMessage?, _ conversation: Conversation,
    _ place: ConnectionPlace, _ end: ChannelEnd
  ) {
    guard let refused = end.first, end.by == direction.reversed else { return }
    let limit = direction == .clientToServer ? conversation.session?.handshake?.maxPayload : nil
    var longest = channel.watch.longest[direction]
    if let announced = pending?.announcedLength, announced > longest?.length ?? 0,
      let began = channel.openMessageStart(direction)
    {
      longest = ChannelWatch.LongMessage(length: announced, began: began)
    }
    let isRefused = end.close?.code == 1009 && end.close?.by == direction.reversed
    let isTooLong = limit.map { limit in longest.map { $0.length > UInt64(limit) } ?? false } ?? false
    let isAtOnce = isTooLong && (longest.map { refused.time - $0.began.time < .seconds(1) } ?? false)
    let refusal: OversizeMessage.Refusal
    switch channel.close {
    case _ where isRefused: refusal = .close
    case nil where isAtOnce: refusal = .ended
    case let close? where isAtOnce && close.by == direction.reversed: refusal = .otherClose(code: close.code)
    default: return
    }
    state.events.append(
      .messageRefused(
        OversizeMessage(
          place: place, direction: direction, length: longest?.length, limit: limit,
          began: longest?.began ?? refused, refused: refused, refusal: refusal)))
  }

  private mutating func concludeProbe(
    _ channel: WebSocketChannel, _ conversation: Conversation, _ place: ConnectionPlace, _ end: ChannelEnd
  ) {
    guard channel.isProbing, let accepted = channel.upgradedAt,
      Direction.allCases.allSatisfy({ conversation.firstHole[$0] == nil })
    else { return }
    state.events.append(.probeEnded(ProbeFacts(channel, conversation, place, accepted, end: end, until: end.until)))
  }

  /// Tells of an upgrade that is complete.
  mutating func probeCompleted(_ channel: WebSocketChannel, _ conversation: Conversation, _ at: PacketReference) {
    guard let accepted = channel.upgradedAt, let place = place(of: conversation) else { return }
    state.events.append(.probeEnded(ProbeFacts(channel, conversation, place, accepted, end: nil, until: at)))
  }
}

extension ProbeFacts {
  init(
    _ channel: WebSocketChannel, _ conversation: Conversation, _ place: ConnectionPlace, _ accepted: PacketReference,
    end: ChannelEnd?, until: PacketReference
  ) {
    let probe = channel.watch.probe
    let hop = conversation.session?.hops[conversation.hop]
    self.init(
      place: place, accepted: accepted, probe: probe.sent, answer: probe.answered, completed: probe.completed,
      unexpected: probe.unexpected, ended: end?.first, endedBy: end?.by, observedUntil: until,
      wasUpgraded: probe.wasUpgraded, heldPoll: hop?.openPolls.serverToClient?.at, noops: hop?.noops ?? 0)
  }
}

extension WebSocketChannel {
  /// Text and binary messages that the client has sent.
  var clientMessages: Int {
    let messages = decoders.clientToServer.messages
    return Int(messages.text) + Int(messages.binary)
  }
}
