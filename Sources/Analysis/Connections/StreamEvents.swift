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
      let waiting = waiting(slot, gap: lane.gap(at: at.time), length: bytes.byteCount)
      if case .waited? = waiting {
        // For a closer look, with the whole segment.
      } else {
        quiet = lane.take(bytes, &state, at: at, couldHaveWaited: waiting != nil)
        if quiet == bytes.byteCount { return }
      }
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
      let direction = settleRoles(conversation, bytes, direction)
      begin(conversation, bytes)
      deliver(bytes, conversation, direction, at)
    case .encrypted, .other: break
    }
  }

  /// Decides by the first bytes what a connection carries.
  ///
  /// A connection that was captured from its beginning speaks HTTP first. One that was joined later is read as HTTP that
  /// looks for a head, until frames show that it is a WebSocket.
  private func begin(_ conversation: Conversation, _ bytes: RawSpan) {
    let isMidStream = table[conversation.slot].isJoinedMidStream
    if isMidStream, isTLSRecord(bytes) {
      conversation.content = .encrypted
      conversation.transport = .encrypted
    } else {
      conversation.content = .http
      conversation.dialogue = Dialogue(midStream: isMidStream)
    }
  }

  func looksLikeHTTP(_ bytes: RawSpan) -> Bool {
    bytes.starts(with: "HTTP/1.") || bytes.starts(with: "GET ") || bytes.starts(with: "POST ")
      || bytes.starts(with: "OPTIONS ") || bytes.starts(with: "HEAD ") || bytes.starts(with: "PUT ")
      || bytes.starts(with: "DELETE ") || bytes.starts(with: "CONNECT ")
  }

  /// Whether a frame header may stand at the beginning: a known opcode and no reserved bits but the compression's.
  func looksLikeFrame(_ bytes: RawSpan) -> Bool {
    guard let header = try? FrameHeader(parsing: bytes) else { return false }
    return !header.opcode.isReserved && !header.rsv2 && !header.rsv3 && header.isLengthMinimal
  }

  /// Takes one event of the connection table.
  mutating func handle(_ event: StreamEvent, _ bytes: RawSpan, _ at: PacketReference) {
    switch event {
    case .opened(let slot): open(slot, at)
    case .data(let slot, let direction, let range):
      noteHoleEnd(slot, direction, at)
      deliver(bytes.extracting(range), slot, direction, at)
    case .buffered(let slot, let direction, let segment):
      noteHoleEnd(slot, direction, segment.reference)
      deliver(segment.bytes.span.bytes, slot, direction, segment.reference)
    case .truncated(let slot, let direction, let length, _): lose(length, slot, direction, at, isCut: true)
    case .gap(let slot, let direction, let gap):
      // Declared late: the acknowledgement tells when the receiver had the bytes.
      lose(gap.length, slot, direction, gap.acknowledgement ?? at, isCut: false)
    case .fin(let slot, let direction, let reference): fin(slot, direction, reference ?? at)
    case .reset(let slot, let direction, let kind): reset(slot, direction, kind, at)
    case .health(let slot, let direction, let health): note(health, slot, direction, at)
    case .limitReached(let name, _): state.reached.note("\(name)", value: StreamLimits().value(of: name))
    case .conflict(let slot, _, let conflict): conversations[Int(slot)]?.watch.troubles.conflicts.add(conflict, at: at)
    case .rolesSettled(let slot, .handshake, swapped: true): conversations[Int(slot)]?.swapRoles()
    case .rolesSettled: break
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
      conversation.ends.truncatedBytes[direction] += length
    } else {
      conversation.firstHole[direction] = conversation.firstHole[direction] ?? at
      conversation.openHole[direction] = at
      mark(.hole, conversation, direction, at)
    }
    // Behind a lost request, its answer belongs to nothing.
    let hidesAnswers = direction == .serverToClient || conversation.content == .http
    if !isCut, hidesAnswers { conversation.unattributedHole = conversation.session == nil ? at : nil }
    conversation.session?.lose(
      hop: conversation.hop, direction, isCut: isCut, hidesAnswers: hidesAnswers, at: at)
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

  /// Takes note of the first bytes behind a hole: the hole lies before their packet, which may have come before the
  /// acknowledgement that showed the hole.
  private func noteHoleEnd(_ slot: Int32, _ direction: Direction, _ at: PacketReference) {
    guard let conversation = conversations[Int(slot)], let placed = conversation.openHole[direction] else { return }
    conversation.openHole[direction] = nil
    if at.time < placed.time { conversation.session?.hops[conversation.hop].holes.move(placed, to: at) }
  }

  private mutating func fin(_ slot: Int32, _ direction: Direction, _ at: PacketReference) {
    guard let conversation = conversations[Int(slot)] else { return }
    // A FIN that acknowledges one byte beyond all that the other side was seen to send answers a FIN that was not captured.
    let other = table.half(slot, direction.reversed)
    let isAnswer = other.isSeen && !other.hasFIN && other.highest.distance(to: other.acknowledged) == 1
    mark(.fin, conversation, direction, at)
    // A FIN behind a hole is told late; the earlier one ended the connection all the same.
    if conversation.ends.fin.map({ at.time < $0.time }) ?? true {
      conversation.ends.finBy = isAnswer ? direction.reversed : direction
      conversation.ends.fin = at
    }
    while let event = conversation.dialogue?.finish(direction: direction) {
      handle(event, conversation, [UInt8]().span.bytes, direction, at)
    }
  }

  private mutating func reset(_ slot: Int32, _ direction: Direction, _ kind: ResetKind, _ at: PacketReference) {
    guard let conversation = conversations[Int(slot)] else { return }
    mark(.reset, conversation, direction, at)
    if kind == .refused { conversation.ends.refused = at }
    if conversation.ends.resetBy == nil {
      conversation.ends.resetBy = direction
      conversation.ends.reset = at
    }
  }

  /// Marks what may explain a silence of the session that the connection carries.
  private mutating func note(
    _ event: HealthEvent, _ slot: Int32, _ direction: Direction, _ at: PacketReference
  ) {
    guard let conversation = conversations[Int(slot)] else { return }
    if state.options.wantsTransportMarks { mark(event, conversation, direction, at) }
    conversation.watch.troubles.note(
      event, direction, at, sender: table.half(slot, direction), receiver: table.half(slot, direction.reversed))
    guard let session = conversation.session else { return }
    switch event {
    case .retransmission(let again) where again.kind == .timeout:
      if direction == .serverToClient {
        session.hops[conversation.hop].timeouts.append(at)
      } else {
        session.hops[conversation.hop].requestTimeouts.append(at)
      }
      conversation.channel?.meter?.isTroubled = true
    case .zeroWindowOpened:
      session.hops[conversation.hop].zeroWindows.append(at)
      conversation.channel?.meter?.isTroubled = true
    default: break
    }
  }

  private mutating func mark(
    _ event: HealthEvent, _ conversation: Conversation, _ direction: Direction, _ at: PacketReference
  ) {
    switch event {
    case .retransmission(let again):
      mark(again.kind == .timeout ? .retransmissionTimeout : .retransmission, conversation, direction, at)
    case .zeroWindowOpened: mark(.zeroWindow, conversation, direction, at)
    case .zeroWindowClosed: mark(.windowOpened, conversation, direction, at)
    default: break
    }
  }

  private mutating func mark(
    _ kind: TransportMark.Kind, _ conversation: Conversation, _ direction: Direction, _ at: PacketReference
  ) {
    guard state.options.wantsTransportMarks else { return }
    state.events.append(
      .transportMark(TransportMark(at: at, connection: conversation.id, direction: direction, kind: kind)))
  }
}
