import Bytes
import HTTP
import Packets
import Streams
import WebSocket

extension Analyzer {
  /// Hands in-order bytes of a slot's connection to the protocol that it carries.
  mutating func deliver(_ bytes: RawSpan, _ slot: Int32, _ direction: Direction, _ at: PacketReference) {
    var quiet = 0
    if direction == .serverToClient, let lane = lanes[Int(slot)] {
      quiet = lane.take(bytes, state.names, at: at)
      if quiet == bytes.byteCount { return }
    }
    guard let conversation = conversations[Int(slot)] else { return }
    deliver(bytes.extracting(droppingFirst: quiet), conversation, direction, at)
  }

  mutating func deliver(
    _ bytes: RawSpan, _ conversation: Conversation, _ direction: Direction, _ at: PacketReference
  ) {
    guard bytes.byteCount > 0 else { return }
    conversation.lastData = at
    switch conversation.content {
    case .webSocket:
      if let channel = conversation.channel { readWebSocket(conversation, channel, bytes, direction, at) }
    case .http: readHTTP(conversation, bytes, direction, at)
    case .answered:
      if direction == .serverToClient, let channel = conversation.channel {
        readWebSocket(conversation, channel, bytes, direction, at)
      } else {
        readHTTP(conversation, bytes, direction, at)
      }
    case .nothing:
      conversation.content = .http
      conversation.dialogue = Dialogue(midStream: table[conversation.slot].isJoinedMidStream)
      readHTTP(conversation, bytes, direction, at)
    case .encrypted, .other: break
    }
  }

  /// Takes one event of the connection table.
  mutating func handle(_ event: StreamEvent, _ bytes: RawSpan, _ at: PacketReference) {
    switch event {
    case .opened(let slot): open(slot, at)
    case .data(let slot, let direction, let range): deliver(bytes.extracting(range), slot, direction, at)
    case .buffered(let slot, let direction, let segment):
      deliver(segment.bytes.span.bytes, slot, direction, segment.reference)
    case .truncated(let slot, let direction, let length, _): lose(length, slot, direction, at, isCut: true)
    case .gap(let slot, let direction, let gap):
      // Declared late: the acknowledgement tells when the receiver had the bytes.
      lose(gap.length, slot, direction, gap.acknowledgement ?? at, isCut: false)
    case .fin(let slot, let direction, let reference): fin(slot, direction, reference ?? at)
    case .reset(let slot, let direction, let kind): reset(slot, direction, kind, at)
    case .health(let slot, let direction, let health): note(health, slot, direction, at)
    case .rolesSettled, .conflict, .limitReached: break
    case .closed(let slot, let reason): close(slot, reason, at)
    }
  }

  private mutating func open(_ slot: Int32, _ at: PacketReference) {
    while conversations.count <= Int(slot) {
      conversations.append(nil)
      lanes.append(nil)
    }
    conversations[Int(slot)] = Conversation(id: nextID, slot: slot, at: at)
    nextID += 1
  }

  private mutating func lose(
    _ length: Int, _ slot: Int32, _ direction: Direction, _ at: PacketReference, isCut: Bool
  ) {
    guard let conversation = conversations[Int(slot)] else { return }
    if conversation.content == .nothing {
      conversation.content = .http
      conversation.dialogue = Dialogue(midStream: true)
    }
    if isCut {
      conversation.facts.truncatedBytes[direction] += length
    } else {
      conversation.firstHole[direction] = conversation.firstHole[direction] ?? at
      // Behind a lost request, its answer belongs to nothing.
      if direction == .serverToClient || conversation.content == .http {
        conversation.unattributedHole = conversation.session == nil ? at : nil
        conversation.session?.hops[conversation.hop].holes.append(at)
      }
    }
    let isFrames =
      conversation.content == .webSocket || conversation.content == .answered && direction == .serverToClient
    if let channel = conversation.channel, isFrames {
      channel.offset[direction] &+= UInt64(length)
      if isCut {
        _ = channel.decoders[direction].receive(truncated: length, scratch: &scratch)
      } else {
        _ = channel.decoders[direction].receive(gap: length, scratch: &scratch)
        channel.framesBeforeHole[direction] = channel.decoders[direction].frames
      }
    } else if let event = conversation.dialogue?.receive(gap: length, direction: direction) {
      handle(event, conversation, [UInt8]().span.bytes, direction, at)
    }
  }

  private mutating func fin(_ slot: Int32, _ direction: Direction, _ at: PacketReference) {
    guard let conversation = conversations[Int(slot)] else { return }
    // A FIN behind a hole is told late; the earlier one ended the connection all the same.
    if conversation.facts.fin.map({ at.time < $0.time }) ?? true {
      conversation.facts.finBy = direction
      conversation.facts.fin = at
    }
    while let event = conversation.dialogue?.finish(direction: direction) {
      handle(event, conversation, [UInt8]().span.bytes, direction, at)
    }
  }

  private mutating func reset(_ slot: Int32, _ direction: Direction, _ kind: ResetKind, _ at: PacketReference) {
    guard let conversation = conversations[Int(slot)] else { return }
    if kind == .refused { conversation.facts.refused = at }
    if conversation.facts.resetBy == nil {
      conversation.facts.resetBy = direction
      conversation.facts.reset = at
    }
  }

  /// Marks what may explain a silence of the session that the connection carries.
  private mutating func note(
    _ event: HealthEvent, _ slot: Int32, _ direction: Direction, _ at: PacketReference
  ) {
    guard let conversation = conversations[Int(slot)], let session = conversation.session else { return }
    switch event {
    case .retransmission(let again) where again.kind == .timeout:
      session.hops[conversation.hop].timeouts.append(at)
      conversation.channel?.meter?.isTroubled = true
    case .zeroWindowOpened:
      session.hops[conversation.hop].zeroWindows.append(at)
      conversation.channel?.meter?.isTroubled = true
    default: break
    }
  }
}
