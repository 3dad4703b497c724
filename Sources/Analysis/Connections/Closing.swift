import HTTP
import Packets
import SocketIO
import Streams
import WebSocket

extension Analyzer {
  /// Client and server of a connection that is open.
  func endpoints(of conversation: Conversation) -> (client: Endpoint, server: Endpoint)? {
    let connection = table[conversation.slot]
    return (connection.client, connection.server)
  }

  /// Takes a connection's end: settles what waits on it, and tells what it was.
  mutating func close(_ slot: Int32, _ reason: CloseReason, _ at: PacketReference) {
    guard let conversation = conversations[Int(slot)] else { return }
    let connection = table[slot]
    for direction in Direction.allCases {
      while let event = conversation.dialogue?.finish(direction: direction) {
        handle(event, conversation, [UInt8]().span.bytes, direction, conversation.lastData)
      }
    }
    settleAttempt(conversation, at)
    for exchange in conversation.exchanges.numbers {
      guard var open = conversation.exchanges[exchange] else { continue }
      settlePoll(&open, exchange, conversation)
      noteAbort(of: open, conversation)
      if reason != .endOfCapture || conversation.ended != nil { releasePoll(exchange, conversation) }
      open.noteRefusal()
      list(open.summary, conversation)
      abandonExchange(open, conversation, connection)
    }
    concludeChannel(conversation, connection, at)
    endWebSocket(conversation, connection, reason)
    if let meter = conversation.channel?.meter, meter.serverConnection == conversation.id,
      let delay = delay(meter, conversation)
    {
      state.events.append(.legsMeasured(delay))
    }
    let summary = summary(conversation, connection, reason, at)
    state.environment.settle(summary)
    state.events.append(.connectionClosed(summary))
    lanes[Int(slot)] = nil
    conversations[Int(slot)] = nil
    leave(conversation)
  }

  /// Says what became of an upgrade request that got no answer.
  private mutating func settleAttempt(_ conversation: Conversation, _ at: PacketReference) {
    guard let attempt = conversation.attempt else { return }
    settle(attempt, conversation, outcome(of: attempt, conversation, at))
  }

  /// How an upgrade request stands that got no answer up to a moment.
  func outcome(
    of attempt: Conversation.PendingUpgrade, _ conversation: Conversation, _ at: PacketReference
  ) -> UpgradeAttempt.Outcome {
    if let answer = conversation.exchanges[attempt.exchange]?.summary, let status = answer.status {
      let open = conversation.exchanges[attempt.exchange]
      return .refused(
        status: status, server: open?.server, body: String(decoding: open?.bodyExcerpt ?? [], as: UTF8.self),
        answer.answer ?? at)
    }
    let ended = [conversation.ends.reset, conversation.ends.fin].compactMap { $0 }.min { $0.time < $1.time }
    if let ended, ended == conversation.ends.reset, let by = conversation.ends.resetBy {
      return .reset(by: by, ended)
    }
    if let ended, let by = conversation.ends.finBy { return .closed(by: by, ended) }
    return .unanswered(until: at)
  }

  private mutating func endWebSocket(_ conversation: Conversation, _ connection: Connection, _ reason: CloseReason) {
    guard let channel = conversation.channel, [.webSocket, .answered].contains(conversation.content) else { return }
    if let ended = conversation.ended, let session = conversation.session {
      session.observedUntil = session.observedUntil.map { $0.time > ended.time ? $0 : ended } ?? ended
    }
    endVisit(conversation, channel, connection)
    tellShapes(conversation, channel, connection)
    // A probe that fails leaves its session on long-polling.
    if let close = channel.close, let session = conversation.session, !channel.isProbing {
      session.close(
        by: close.by, close.code.map { "WebSocket close \($0)" } ?? "WebSocket close without a code", at: close.at)
    }
    let isClean = channel.close != nil || conversation.session?.closedBy != nil
    state.events.append(.webSocketEnded(end(of: channel, conversation, connection, isClean: isClean)))
  }

  /// The end of a WebSocket as it stands.
  func end(
    of channel: WebSocketChannel, _ conversation: Conversation, _ connection: Connection, isClean: Bool
  ) -> WebSocketEnd {
    let session = conversation.session
    let isMidStream =
      session.map { session in
        session.hops[conversation.hop].tracker.runs.contains { $0.isStream && state.ends.isEnded($0) == false }
      } ?? false
    return WebSocketEnd(
      connection: conversation.id, client: connection.client, server: connection.server,
      leg: leg(of: conversation), sid: session?.sid, key: channel.key, opened: channel.upgradedAt,
      lastData: conversation.lastData, isClean: isClean, endedBy: conversation.endedBy, ended: conversation.ended,
      isReset: conversation.isEndedByReset,
      closeMayBeLost: Direction.allCases.contains { closeMayBeLost(conversation, channel, $0) },
      carriedSession: !channel.isProbing, isMidStream: isMidStream, close: channel.close,
      isCloseAnswered: Direction.allCases.allSatisfy { channel.decoders[$0].messages.close > 0 },
      closeCause: closeCause(of: channel, conversation), clientMessages: channel.clientMessages,
      pingInterval: session?.handshake?.pingInterval)
  }

  /// Whether a Close frame may lie in a hole: it is a side's last frame, so that frames after the hole rule that out.
  private func closeMayBeLost(
    _ conversation: Conversation, _ channel: WebSocketChannel, _ direction: Direction
  ) -> Bool {
    guard conversation.firstHole[direction] != nil else { return false }
    return channel.framesBeforeHole[direction].map { $0 == channel.decoders[direction].frames } ?? false
  }

  /// What the legs' meter shows so far; `nil` where nothing was measured.
  func delay(_ shared: LegMeter, _ conversation: Conversation) -> LegDelay? {
    let meter = shared.meter
    guard let first = meter.first, let last = meter.last, let endpoints = endpoints(of: conversation) else {
      return nil
    }
    return LegDelay(
      sid: conversation.session?.sid, clientConnection: shared.clientConnection,
      serverConnection: shared.serverConnection, proxy: endpoints.client.address,
      client: shared.client, server: shared.server, first: first, last: last,
      burstPackets: meter.burstPackets, delays: meter.delays, bursts: meter.bursts,
      burstInterval: meter.burstInterval, isNetworkTroubled: shared.isTroubled,
      earliest: meter.earliest)
  }

  func summary(
    _ conversation: Conversation, _ connection: Connection, _ reason: CloseReason, _ at: PacketReference
  ) -> ConnectionSummary {
    ConnectionSummary(
      ConnectionFacts(
        id: conversation.id, tcpStream: followsAll ? conversation.id - 1 : nil, client: connection.client,
        server: connection.server, rolesInferred: connection.roleEvidence < .handshake, start: connection.first,
        end: PacketReference(capture: at.capture, number: at.number, time: connection.latest),
        tcp: TCPFacts(connection, conversation),
        transport: conversation.transport, sid: conversation.session?.sid, leg: leg(of: conversation),
        requests: conversation.requests, requestsLeftOut: conversation.requestsLeftOut,
        webSocket: conversation.channel.map(WebSocketSummary.init), proxiedClient: conversation.proxiedClient,
        isHTTP2: conversation.isHTTP2))
  }
}

extension Conversation {
  /// Whether a reset ended the connection, before any FIN.
  var isEndedByReset: Bool { ends.reset.map { reset in ends.fin.map { reset.time < $0.time } ?? true } ?? false }
  /// The FIN or reset that ended the connection first; `nil` while it is open.
  var ended: PacketReference? { isEndedByReset ? ends.reset : ends.fin }
  var endedBy: Direction? { isEndedByReset ? ends.resetBy : ends.finBy }
}

extension TCPFacts {
  /// What the connection table knows at a connection's end, and what was noted on the way.
  init(_ connection: Connection, _ conversation: Conversation) {
    self.init(conversation.ends)
    let holes = conversation.firstHole
    troubleNotes = conversation.troubles.map { TroubleNotes($0.troubles.settled(connection.halves)) }
    syn = [connection.syn].compactMap { $0 }
    synCount = connection.synCount(.clientToServer)
    lastSYN = connection.facts.clientToServer.lastSYN
    synAck = [connection.synAck].compactMap { $0 }
    synAckCount = connection.synCount(.serverToClient)
    roundTrip = connection.handshakeRoundTrip
    firstLoss = [holes.clientToServer, holes.serverToClient].compactMap { $0 }.min { $0.time < $1.time }
    for direction in Direction.allCases {
      isSeen[direction] = connection.halves[direction].isSeen
      lostBytes[direction] = Int(connection.facts[direction].lostBytes)
      truncatedBytes[direction] = Int(connection.facts[direction].truncatedBytes)
      payloadBytes[direction] = Int(connection.halves[direction].payloadBytes)
      health[direction] = TCPHealth(connection, direction)
    }
  }
}

extension WebSocketSummary {
  init(_ channel: WebSocketChannel) {
    upgradedAt = channel.upgradedAt
    extensions = channel.extensions
    subprotocol = channel.subprotocol
    close = channel.close
    for direction in Direction.allCases {
      messages[direction] = MessageTally(channel.decoders[direction].messages)
      frames[direction] = FrameTally(channel.decoders[direction].frames)
    }
    if let unknown = channel.watch.unknownDictionaries {
      (unknownDictionaries, firstUnknownDictionary) = (unknown.counts, unknown.first)
    }
  }
}

extension MessageTally {
  init(_ counts: MessageCounts) {
    text = Int(counts.text)
    binary = Int(counts.binary)
    ping = Int(counts.ping)
    pong = Int(counts.pong)
    close = Int(counts.close)
    bytes = Int(clamping: counts.bytes)
  }
}

extension FrameTally {
  init(_ counts: FrameCounts) {
    text = Int(counts.text)
    binary = Int(counts.binary)
    continuation = Int(counts.continuation)
    ping = Int(counts.ping)
    pong = Int(counts.pong)
    close = Int(counts.close)
    reserved = Int(counts.reserved)
    masked = Int(counts.masked)
    compressed = Int(counts.compressed)
  }
}
