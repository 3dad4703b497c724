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
    for exchange in conversation.exchanges.keys.sorted() {
      guard var open = conversation.exchanges[exchange] else { continue }
      settlePoll(&open, exchange, conversation)
      if reason != .endOfCapture { releasePoll(exchange, conversation) }
      open.noteRefusal()
      list(open.summary, conversation)
      abandonExchange(open, conversation, connection)
    }
    concludeChannel(conversation, connection, at)
    endWebSocket(conversation, connection, reason)
    if let meter = conversation.channel?.meter, meter.serverConnection == conversation.id {
      conclude(meter, conversation)
    }
    let summary = summary(conversation, connection, reason, at)
    state.environment.settle(summary)
    state.events.append(.connectionClosed(summary))
    lanes[Int(slot)] = nil
    conversations[Int(slot)] = nil
  }

  /// Says what became of an upgrade request that got no answer.
  private mutating func settleAttempt(_ conversation: Conversation, _ at: PacketReference) {
    guard let attempt = conversation.attempt else { return }
    if let answer = conversation.exchanges[attempt.exchange]?.summary, let status = answer.status {
      let open = conversation.exchanges[attempt.exchange]
      settle(
        attempt, conversation,
        .refused(
          status: status, server: open?.server, body: String(decoding: open?.bodyExcerpt ?? [], as: UTF8.self),
          answer.answer ?? at))
      return
    }
    let ended = [conversation.facts.reset, conversation.facts.fin].compactMap { $0 }.min { $0.time < $1.time }
    if let ended, ended == conversation.facts.reset, let by = conversation.facts.resetBy {
      settle(attempt, conversation, .reset(by: by, ended))
    } else if let ended, let by = conversation.facts.finBy {
      settle(attempt, conversation, .closed(by: by, ended))
    } else {
      settle(attempt, conversation, .unanswered(until: at))
    }
  }

  private mutating func endWebSocket(_ conversation: Conversation, _ connection: Connection, _ reason: CloseReason) {
    guard let channel = conversation.channel, conversation.content == .webSocket else { return }
    let facts = conversation.facts
    let isReset = facts.reset.map { reset in facts.fin.map { reset.time < $0.time } ?? true } ?? false
    let endedBy = isReset ? facts.resetBy : facts.finBy
    let ended = isReset ? facts.reset : facts.fin
    if let ended, let session = conversation.session {
      session.observedUntil = session.observedUntil.map { $0.time > ended.time ? $0 : ended } ?? ended
    }
    endVisit(conversation, channel, connection)
    tellShapes(conversation, channel, connection)
    if let close = channel.close, let session = conversation.session {
      session.close(by: close.by, close.code.map { "WebSocket close \($0)" } ?? "WebSocket close without a code")
    }
    let session = conversation.session
    let isMidStream =
      session.map { session in
        session.hops[conversation.hop].tracker.runs.contains { $0.isStream && state.ends.isEnded($0) == false }
      } ?? false
    state.events.append(
      .webSocketEnded(
        WebSocketEnd(
          connection: conversation.id, client: connection.client, server: connection.server,
          leg: leg(of: conversation), sid: session?.sid, key: channel.key, opened: channel.upgradedAt,
          lastData: conversation.lastData, isClean: channel.close != nil || session?.closedBy != nil,
          endedBy: endedBy, ended: ended, isReset: isReset,
          closeMayBeLost: Direction.allCases.contains { conversation.firstHole[$0] != nil },
          carriedSession: !channel.isProbing, isMidStream: isMidStream, close: channel.close,
          closeCause: closeCause(of: channel, conversation), clientMessages: channel.clientMessages,
          pingInterval: session?.handshake?.pingInterval)))
  }

  private mutating func conclude(_ shared: LegMeter, _ conversation: Conversation) {
    let meter = shared.meter
    guard let first = meter.first, let last = meter.last, let endpoints = endpoints(of: conversation) else { return }
    state.events.append(
      .legsMeasured(
        LegDelay(
          sid: conversation.session?.sid, clientConnection: shared.clientConnection,
          serverConnection: shared.serverConnection, proxy: endpoints.client.address,
          client: shared.client, server: shared.server, first: first, last: last,
          burstPackets: meter.burstPackets, delays: meter.delays, bursts: meter.bursts,
          burstInterval: meter.burstInterval, isNetworkTroubled: shared.isTroubled,
          earliest: meter.earliest)))
  }

  private func summary(
    _ conversation: Conversation, _ connection: Connection, _ reason: CloseReason, _ at: PacketReference
  ) -> ConnectionSummary {
    ConnectionSummary(
      id: conversation.id, tcpStream: followsAll ? conversation.id - 1 : nil, client: connection.client,
      server: connection.server, rolesInferred: connection.roleEvidence < .handshake, start: connection.first,
      end: PacketReference(capture: at.capture, number: at.number, time: connection.latest),
      tcp: TCPFacts(connection, conversation),
      transport: conversation.transport, sid: conversation.session?.sid, leg: leg(of: conversation),
      requests: conversation.requests, requestsLeftOut: conversation.requestsLeftOut,
      webSocket: conversation.channel.map(WebSocketSummary.init), proxiedClient: conversation.proxiedClient,
      isHTTP2: conversation.isHTTP2)
  }
}

extension TCPFacts {
  /// What the connection table knows at a connection's end, and what was noted on the way.
  init(_ connection: Connection, _ conversation: Conversation) {
    self = conversation.facts
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
      health[direction] = TCPHealth(connection.facts[direction].counters)
    }
  }
}

extension TCPHealth {
  init(_ counters: HealthCounters) {
    retransmissions = Int(counters.retransmissions)
    retransmissionTimeouts = Int(counters.retransmissionTimeouts)
    fastRetransmissions = Int(counters.fastRetransmissions)
    outOfOrder = Int(counters.outOfOrder)
    duplicateAcks = Int(counters.duplicateAcks)
    keepAlives = Int(counters.keepAlives)
    windowFull = Int(counters.windowFull)
    zeroWindows = Int(counters.zeroWindows)
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
