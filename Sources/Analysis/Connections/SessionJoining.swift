import Bytes
import Packets
import SocketIO
import WebSocket

extension Analyzer {
  /// Makes a connection part of a session, where the request or the server's answer names one; `isHandshake` says that
  /// this is the answer that gave the session its name.
  mutating func join(
    _ conversation: Conversation, sid: String?, _ transport: Transport, _ at: PacketReference,
    isHandshake: Bool = false
  ) {
    guard let sid else { return }
    if let joined = conversation.session, joined.sid == sid {
      joined.note(transport: transport)
      return
    }
    let session = session(sid) ?? sessions.add(sid: sid, at: at)
    attach(conversation, to: session, transport, at, isHandshake: isHandshake)
  }

  mutating func attach(
    _ conversation: Conversation, to session: Session, _ transport: Transport, _ at: PacketReference,
    isHandshake: Bool = false
  ) {
    guard let endpoints = endpoints(of: conversation) else { return }
    // The lane to the leg of another session must not outlive that.
    lanes[Int(conversation.slot)] = nil
    conversation.session = session
    conversation.hop = session.join(
      conversation, client: endpoints.client, server: endpoints.server, at: at, carriesHandshake: isHandshake)
    session.note(transport: transport)
    if let hole = conversation.unattributedHole { session.hops[conversation.hop].holes.append(hole) }
    if transport == .webSocket {
      session.hops[conversation.hop].carry(
        on: conversation.id, client: endpoints.client, server: endpoints.server)
    }
  }

  /// Whether an answer opens a session that had been opened before it was asked for: a cache gave it away once more.
  mutating func isRepeated(_ bytes: RawSpan, _ record: PayloadRecord, _ request: RequestSummary) -> Bool {
    guard !record.isBinary, bytes.starts(with: "0{"), let asked = request.request,
      let packet = try? EnginePacket(parsingText: bytes, version: .v4),
      let handshake = try? EngineHandshake(parsing: bytes, in: packet.data),
      let opened = session(handshake.sid)?.openedAt
    else { return false }
    return opened < asked.time
  }

  /// Takes one packet of a long-polling payload.
  mutating func pollRecord(
    _ bytes: RawSpan, _ record: PayloadRecord, _ version: EngineIOVersion, _ conversation: Conversation,
    _ direction: Direction, _ at: PacketReference
  ) {
    let place = PacketPlace(hop: conversation.hop, direction: direction, at: at, transport: .polling)
    let packet =
      record.isBinary
      ? try? EnginePacket(parsingBinary: bytes, version: version)
      : try? EnginePacket(parsingText: bytes, version: version)
    guard let packet else {
      if record.isWhole { conversation.session?.broken(.packetType, place, &state) }
      return
    }
    if packet.type == .open, let handshake = try? EngineHandshake(parsing: bytes, in: packet.data) {
      join(conversation, sid: handshake.sid, .polling, at, isHandshake: true)
      conversation.session?.note(version)
    }
    guard let session = conversation.session else { return }
    // What a hole cuts was on the wire; the rest of what the capture's end cuts may never have been.
    if record.isComplete || conversation.firstHole[direction] != nil {
      session.receive(
        packet, bytes, isWhole: record.isWhole,
        at: PacketPlace(hop: conversation.hop, direction: direction, at: at, transport: .polling), &state)
    }
    guard state.options.wantsMessages else { return }
    var message = MessageRecord(
      at: at, firstPacket: at, connection: conversation.id, leg: leg(of: conversation), sid: session.sid,
      session: session.id,
      direction: direction, transport: .polling, opcode: record.isBinary ? .binary : .text, length: record.length,
      frames: 1, isCompressed: false, isComplete: record.isComplete, closeCode: nil, engineType: packet.type,
      socket: Session.facts(packet, bytes, isWhole: record.isWhole),
      payload: [])
    if state.options.hashesPayloads, record.isWhole { message.payloadSHA256 = PayloadHash.of(bytes) }
    state.tell(message, bytes)
  }

  func leg(of conversation: Conversation) -> Leg {
    if let session = conversation.session { return session.hops[conversation.hop].leg }
    if conversation.twinBefore != nil { return .upstream }
    return conversation.twinAfter != nil ? .client : .only
  }
}
