import Bytes
import HTTP
import Packets
import SocketIO
import WebSocket

extension Analyzer {
  /// Reads in-order bytes of a WebSocket.
  mutating func readWebSocket(
    _ conversation: Conversation, _ channel: WebSocketChannel, _ bytes: RawSpan, _ direction: Direction,
    _ at: PacketReference
  ) {
    let base = channel.offset[direction]
    if direction == .serverToClient { noteSend(conversation, channel, bytes.byteCount, at) }
    var offset = 0
    var messages: UInt32 = 0
    // Two calls, because a subscript by direction would copy the decoder.
    while let event = direction == .serverToClient
      ? channel.decoders.serverToClient.next(bytes, from: &offset, scratch: &scratch)
      : channel.decoders.clientToServer.next(bytes, from: &offset, scratch: &scratch)
    {
      guard case .message(let message) = event else {
        note(event, conversation, channel, bytes, from: offset, direction, at)
        continue
      }
      messages &+= 1
      let place = MessagePlace(
        direction: direction, at: at, began: channel.takeMessageStart(direction) ?? at, end: base &+ UInt64(offset))
      switch message.payload {
      case .input(let range): receive(message, bytes.extracting(range), conversation, channel, place)
      case .scratch(let range):
        let copy = scratch.bytes.span.bytes.extracting(range).copy()
        receive(message, copy.span.bytes, conversation, channel, place)
      }
    }
    channel.offset[direction] = base &+ UInt64(bytes.byteCount)
    channel.noteOpenMessage(direction, at: at)
    if direction == .serverToClient { channel.noteArrival(at: at, length: bytes.byteCount, messages: messages) }
  }

  /// Where a WebSocket message was seen.
  struct MessagePlace {
    var direction: Direction
    var at: PacketReference
    /// The packet in which it began.
    var began: PacketReference
    /// The octet after it, counted from the upgrade.
    var end: UInt64
  }

  private mutating func receive(
    _ message: Message, _ bytes: RawSpan, _ conversation: Conversation, _ channel: WebSocketChannel,
    _ place: MessagePlace
  ) {
    if message.payloadLength > channel.watch.notableLength[place.direction] {
      channel.watch.note(length: message.payloadLength, place.direction, began: place.began)
    }
    if message.isCompressed { noteCompressed(message, conversation, channel, place) }
    var packet: EnginePacket?
    switch message.opcode {
    case .text, .binary:
      if let meter = channel.meter, place.direction == .serverToClient { measure(meter, conversation, place) }
      if channel.engine != .no, !message.isOpaque {
        packet = receiveEngine(message, bytes, conversation, channel, place)
      }
    case .close: noteClose(message, bytes, channel, place)
    case .ping, .pong: channel.noteControl(message.opcode, place.direction, at: place.at)
    default: break
    }
    guard state.options.wantsMessages else { return }
    let isKnown = conversation.session != nil
    let socket = packet.flatMap { isKnown ? Session.facts($0, bytes, isWhole: message.isWhole) : nil }
    var record = MessageRecord(
      at: place.at, firstPacket: place.began, connection: conversation.id, leg: leg(of: conversation),
      sid: conversation.session?.sid, session: conversation.session?.id, direction: place.direction,
      transport: .webSocket,
      opcode: message.opcode, length: Int(clamping: message.payloadLength), frames: Int(message.frames),
      isCompressed: message.isCompressed, isComplete: message.isComplete,
      closeCode: message.closeCode.map { Int($0.rawValue) }, engineType: packet?.type,
      socket: socket, payload: [])
    record.undecoded = MessageRecord.Undecoded(message)
    if record.undecoded != nil { record.isComplete = false }
    record.payloadSHA256 = channel.hash?.finish(message, bytes, place.direction)
    state.tell(record, bytes)
  }

  private func measure(_ meter: LegMeter, _ conversation: Conversation, _ place: MessagePlace) {
    if meter.serverConnection == conversation.id {
      meter.meter.entered(endOffset: place.end, at: place.at)
    } else {
      meter.meter.left(endOffset: place.end, at: place.at)
    }
  }

  private func noteClose(
    _ message: Message, _ bytes: RawSpan, _ channel: WebSocketChannel, _ place: MessagePlace
  ) {
    guard channel.close == nil else { return }
    let reason = bytes.byteCount > 2 ? bytes.text(in: 2..<bytes.byteCount) : ""
    channel.close = WebSocketSummary.Close(
      code: message.closeCode.map { Int($0.rawValue) }, reason: reason, by: place.direction, at: place.at)
  }

  /// Takes a message as an Engine.IO packet; `nil` where it is none.
  private mutating func receiveEngine(
    _ message: Message, _ bytes: RawSpan, _ conversation: Conversation, _ channel: WebSocketChannel,
    _ place: MessagePlace
  ) -> EnginePacket? {
    let packet: EnginePacket?
    if message.opcode == .text {
      packet = try? EnginePacket(parsingText: bytes, version: channel.version)
    } else {
      packet = try? EnginePacket(parsingBinary: bytes, version: channel.version)
    }
    guard let packet else {
      if channel.engine == .undecided { channel.engine = .no }
      // Of a message whose beginning is missing, nothing is known.
      if channel.engine == .yes, message.isComplete, let session = conversation.session {
        session.broken(.packetType, packetPlace(conversation, place), &state)
      }
      return nil
    }
    if channel.engine == .undecided {
      guard message.opcode == .text, looksLikeEngineIO(packet, bytes) else {
        if message.opcode == .text { channel.engine = .no }
        return nil
      }
      channel.engine = .yes
    }
    if channel.isProbing { probe(packet, conversation, channel, place) }
    if packet.type == .open, let handshake = try? EngineHandshake(parsing: bytes, in: packet.data) {
      join(conversation, sid: handshake.sid, .webSocket, place.at, isHandshake: true)
      if channel.watch.isVersionKnown { conversation.session?.note(channel.version) }
    }
    if conversation.session?.sid == nil { pair(conversation, bytes, place) }
    guard let session = conversation.session else { return packet }
    // Who has closed no longer waits for heartbeats.
    if channel.close != nil, packet.type == .ping || packet.type == .pong { return packet }
    session.receive(packet, bytes, isWhole: message.isWhole, at: packetPlace(conversation, place), &state)
    let leg = session.hops[conversation.hop]
    let isSteady = packet.type == .message && channel.meter == nil && channel.hash == nil && session.sid != nil
    let isQuiet = isSteady && !leg.attachments.serverToClient.joiner.isWaiting
    lanes[Int(conversation.slot)] = isQuiet ? QuietLane(channel, of: conversation, to: leg, of: session) : nil
    return packet
  }

  private func packetPlace(_ conversation: Conversation, _ place: MessagePlace) -> PacketPlace {
    PacketPlace(hop: conversation.hop, direction: place.direction, at: place.at, transport: .webSocket)
  }

  /// A connection that was joined in mid-stream shows by its first message whether it carries Engine.IO.
  private func looksLikeEngineIO(_ packet: EnginePacket, _ bytes: RawSpan) -> Bool {
    switch packet.type {
    case .message: (try? SocketPacket(parsing: bytes, in: packet.data, isWhole: false)) != nil
    case .ping, .pong: packet.data.isEmpty || packet.isProbe
    case .open: (try? EngineHandshake(parsing: bytes, in: packet.data)) != nil
    default: packet.data.isEmpty
    }
  }

  /// Finds the other leg of a session whose `sid` is not known, or makes the session.
  private mutating func pair(_ conversation: Conversation, _ bytes: RawSpan, _ place: MessagePlace) {
    guard let endpoints = endpoints(of: conversation) else { return }
    if conversation.session == nil {
      let hash = ContentPairing.hash(bytes, place.direction)
      let isTelling = bytes.byteCount >= ContentPairing.shortest
      let found = isTelling ? otherLeg(hash, endpoints, place) : nil
      let session = found ?? sessions.add(sid: nil, at: place.began)
      attach(conversation, to: session, .webSocket, place.at)
    }
    guard let session = conversation.session, session.hops.count == 1, bytes.byteCount >= ContentPairing.shortest else {
      return
    }
    pairing.remember(
      .init(
        hash: ContentPairing.hash(bytes, place.direction), session: session.id, client: endpoints.client,
        server: endpoints.server, at: place.at.time))
  }
}

extension Analyzer {
  /// The session of another leg on which the same message was seen, where it has no second one yet.
  private mutating func otherLeg(
    _ hash: UInt64, _ endpoints: (client: Endpoint, server: Endpoint), _ place: MessagePlace
  ) -> Session? {
    for id in pairing.matches(hash, client: endpoints.client, server: endpoints.server, at: place.at.time) {
      if let session = session(id: id), session.hops.count == 1 { return session }
    }
    return nil
  }
}

extension MessageRecord.Undecoded {
  /// Why a message that is all there could not be inflated, or not to its end.
  fileprivate init?(_ message: Message) {
    guard message.isCompressed else { return nil }
    if message.isOpaque {
      self = message.isDictionaryUnknown ? .unknownDictionary : .badDeflate
    } else if message.isComplete, !message.isLengthKnown {
      self = .inflationLimit
    } else {
      return nil
    }
  }
}
