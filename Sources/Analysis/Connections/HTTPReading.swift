import Bytes
import HTTP
import Packets
import SocketIO
import Streams
import WebSocket

extension Analyzer {
  /// Reads in-order bytes of a connection that speaks HTTP.
  mutating func readHTTP(
    _ conversation: Conversation, _ bytes: RawSpan, _ direction: Direction, _ at: PacketReference
  ) {
    if mayBeWebSocket(conversation, direction), bytes.beginsFrames(direction) {
      return becomeWebSocket(conversation, bytes, direction, at)
    }
    conversation.align(direction, at: at)
    let content = conversation.content
    var offset = 0
    while let event = conversation.dialogue?.next(bytes, from: &offset, direction: direction) {
      handle(event, conversation, bytes, direction, at)
      // The rest of these bytes belongs to what came after HTTP.
      if conversation.dialogue == nil || conversation.content != content { break }
    }
    if offset < bytes.byteCount, conversation.content != content {
      deliver(bytes.extracting(offset..<bytes.byteCount), conversation, direction, at)
    }
  }

  mutating func handle(
    _ event: Dialogue.Event, _ conversation: Conversation, _ bytes: RawSpan, _ direction: Direction,
    _ at: PacketReference
  ) {
    switch event {
    case .request(let head, let exchange):
      if let end = conversation.dialogue?.concludeLostBody() { handle(end, conversation, bytes, .serverToClient, at) }
      request(head, exchange, conversation, at)
    case .response(let head, let exchange): response(head, exchange, conversation, at)
    case .body(let range, let exchange): body(bytes.extracting(range), exchange, conversation, direction, at)
    case .end(let exchange, let isComplete): end(exchange, conversation, direction, at, isComplete: isComplete)
    case .tunnel(let exchange): tunnel(exchange, conversation, direction, at)
    case .encrypted:
      conversation.content = .encrypted
      conversation.transport = .encrypted
    case .http2Preface:
      conversation.isHTTP2 = true
      conversation.content = .other
    case .notHTTP: conversation.content = .other
    case .proxyProtocol(let source, _): conversation.proxiedClient = source
    case .heldBackLimit: state.reached.note("held-back-bytes", value: HTTPLimits().heldBackBytes)
    case .lost(let length, .body(let exchange)): lose(length, ofBody: exchange, conversation, direction, at)
    case .lost(_, .chunks(let exchange)): losePlace(inBody: exchange, conversation, direction, at)
    case .interim, .trailers, .heldBack, .skipped, .fault, .lost: break
    }
  }

  private mutating func request(
    _ head: RequestHead, _ exchange: Int, _ conversation: Conversation, _ at: PacketReference
  ) {
    if conversation.transport == .unknown { conversation.transport = .http }
    let upgrade = UpgradeRequest(head)
    let limit = state.options.limits.target
    var summary = RequestSummary(
      request: at, method: head.method, target: String(head.target.prefix(limit)), version: "\(head.version)",
      isUpgrade: head.fields.hasToken("upgrade", in: "connection") && head.fields["upgrade"] != nil, status: nil,
      answer: nil, refusal: nil, fields: fields(of: head))
    if let upgrade, !upgrade.asksForUpgrade { summary.strippedKey = upgrade.key }
    var open = conversation.exchanges[exchange] ?? Conversation.OpenExchange(summary: summary)
    let answered = (open.summary.status, open.summary.answer)
    open.summary = summary
    (open.summary.status, open.summary.answer) = answered
    open.poll = Poll(head)
    if open.poll != nil {
      conversation.transport = .polling
      join(conversation, sid: open.poll?.sid, .polling, at)
      notePoll(&open, head, exchange, conversation, at)
    }
    noteVisit(head, upgrade, &open, conversation, at)
    noteEnvironment(head, isOpening: open.arrival != nil, conversation, at)
    if conversation.complete(exchange, with: summary) { return }
    conversation.exchanges[exchange] = open
    if let upgrade, upgrade.asksForUpgrade { ask(upgrade, head, exchange, conversation, at) }
  }

  /// The fields of a request, where they are wanted: of an upgrade also where a proxy took its Upgrade header away.
  private func fields(of head: RequestHead) -> ExchangeFields? {
    let isWanted =
      switch state.options.fields {
      case .none: false
      case .all: true
      case .upgrades:
        head.fields["upgrade"] != nil || head.fields["sec-websocket-key"] != nil
          || head.queryValue("transport") == "websocket"
      }
    guard isWanted else { return nil }
    var fields = ExchangeFields()
    fields.takeRequest(head.fields, state.options.limits)
    return fields
  }

  private mutating func ask(
    _ upgrade: UpgradeRequest, _ head: RequestHead, _ exchange: Int, _ conversation: Conversation,
    _ at: PacketReference
  ) {
    let isEngineIO = head.queryValue("EIO") != nil || head.queryValue("transport") == "websocket"
    conversation.attempt = Conversation.PendingUpgrade(
      exchange: exchange, at: at, target: String(head.target.prefix(state.options.limits.target)),
      key: upgrade.key, sid: head.queryValue("sid"), isEngineIO: isEngineIO,
      version: head.queryValue("EIO") == "4" ? .v4 : .v3, upgrade: upgrade)
    if let key = upgrade.key { pair(conversation, by: key, at) }
    if conversation.content == .answered, let attempt = conversation.attempt, let channel = conversation.channel {
      open(channel, attempt, nil, conversation, channel.upgradedAt ?? at)
    }
  }

  /// Finds the leg nearer to the client on which an upgrade was seen before.
  private mutating func pair(_ conversation: Conversation, by key: String, _ at: PacketReference) {
    let use = KeyTable.Use(connection: conversation.id, slot: conversation.slot, at: at.time)
    guard let earlier = keys.note(key, use, limit: state.options.limits.upgradeKeys) else { return }
    conversation.twinBefore = earlier.connection
    guard let front = awakened(earlier.slot), front.id == earlier.connection else { return }
    front.twinAfter = conversation.id
    front.twin = conversation
    conversation.twin = front
  }

  private mutating func response(
    _ head: ResponseHead, _ exchange: Int, _ conversation: Conversation, _ at: PacketReference
  ) {
    var open =
      conversation.exchanges[exchange]
      ?? Conversation.OpenExchange(
        summary: RequestSummary(
          request: nil, method: "", target: "", version: "", isUpgrade: false, status: nil, answer: nil, refusal: nil,
          fields: nil))
    open.summary.status = head.status
    open.summary.answer = at
    conversation.noteAnswer(exchange, at: at)
    // uWebSockets puts its mark on all answers; a proxy's Server field leaves it there.
    open.server = head.fields["uWebSockets"].map { "uWebSockets \($0)" } ?? head.fields["Server"]
    if open.summary.fields != nil { open.summary.fields?.takeAnswer(head.fields, state.options.limits) }
    noteAnswer(&open, head, exchange, conversation)
    noteAnswer(head, &open, at)
    noteEnvironment(head, open, conversation, at)
    open.content = BodyContent(head.fields)
    conversation.exchanges[exchange] = open
    guard head.status == 101 else { return }
    conversation.isHTTP2 = head.fields.hasToken("h2c", in: "upgrade")
    if let attempt = conversation.attempt, attempt.exchange == exchange {
      accept(attempt, head, conversation, at)
    } else if head.fields.hasToken("websocket", in: "upgrade") {
      // The request is not in the capture; what the WebSocket carries shows by its first message.
      conversation.channel = channel(for: head, engine: .undecided, at)
      conversation.transport = .webSocket
    }
  }

  private func channel(
    for head: ResponseHead, engine: WebSocketChannel.Engine, _ at: PacketReference
  ) -> WebSocketChannel {
    let extensions = head.fields["Sec-WebSocket-Extensions"]
    let channel = WebSocketChannel(
      deflate: extensions.flatMap { DeflateParameters(answer: $0) },
      limits: state.options.webSocketLimits, engine: engine,
      isMidStream: false)
    channel.upgradedAt = at
    if state.options.hashesPayloads { channel.hashPayloads() }
    channel.extensions = extensions
    channel.subprotocol = head.fields["Sec-WebSocket-Protocol"]
    return channel
  }

  /// The 101: the connection is a WebSocket from here on.
  private mutating func accept(
    _ attempt: Conversation.PendingUpgrade, _ head: ResponseHead, _ conversation: Conversation, _ at: PacketReference
  ) {
    let channel = channel(for: head, engine: .undecided, at)
    conversation.channel = channel
    conversation.transport = .webSocket
    open(channel, attempt, head, conversation, at)
  }

  /// Opens a WebSocket of which both the request and the 101 are known; the 101's head only where it came as the second.
  private mutating func open(
    _ channel: WebSocketChannel, _ attempt: Conversation.PendingUpgrade, _ head: ResponseHead?,
    _ conversation: Conversation, _ at: PacketReference
  ) {
    channel.engine = attempt.isEngineIO ? .yes : .no
    channel.key = attempt.key
    channel.arrival = conversation.exchanges[attempt.exchange]?.arrival
    channel.version = attempt.version
    channel.isProbing = attempt.isEngineIO && attempt.sid != nil
    if attempt.isEngineIO, let sid = attempt.sid { join(conversation, sid: sid, .webSocket, at) }
    if let head { begin(channel, attempt, head, conversation, at) }
    measure(conversation)
    settle(attempt, conversation, .accepted(at))
  }

  /// Lets both legs of a tunnel measure the delay between them.
  private func measure(_ conversation: Conversation) {
    guard let channel = conversation.channel, let twin = conversation.twin, let other = twin.channel else { return }
    let front = conversation.twinAfter == twin.id ? conversation : twin
    let back = front === twin ? conversation : twin
    guard let ends = endpoints(of: front) else { return }
    let meter =
      other.meter
      ?? LegMeter(clientConnection: front.id, serverConnection: back.id, client: ends.client, server: ends.server)
    guard meter.serverConnection != meter.clientConnection else { return }
    channel.meter = channel.meter ?? meter
    other.meter = other.meter ?? meter
  }

  private mutating func end(
    _ exchange: Int, _ conversation: Conversation, _ direction: Direction, _ at: PacketReference, isComplete: Bool
  ) {
    guard var open = conversation.exchanges[exchange] else { return }
    finish(&open, isCut: !isComplete, conversation, direction, at)
    conversation.exchanges[exchange] = open
    guard direction == .serverToClient else { return }
    conversation.exchanges[exchange] = nil
    if isComplete, open.content?.isUnreadable != true { open.shape?.fingerprint.end() }
    open.noteRefusal()
    noteEnvironment(open, conversation)
    list(open.summary, conversation)
    concludeExchange(open, conversation, at)
    guard let attempt = conversation.attempt, attempt.exchange == exchange, let status = open.summary.status else {
      return
    }
    let excerpt = String(decoding: open.bodyExcerpt, as: UTF8.self)
    settle(
      attempt, conversation,
      .refused(status: status, server: open.server, body: excerpt, open.summary.answer ?? at))
  }

  mutating func list(_ summary: RequestSummary, _ conversation: Conversation) {
    if conversation.requests.count < state.options.limits.requestsPerConnection {
      conversation.requests.append(summary)
    } else {
      conversation.requestsLeftOut += 1
      state.reached.note("requests-per-connection", value: state.options.limits.requestsPerConnection)
    }
  }

  /// What follows belongs to the protocol that the 101 named, or to what a CONNECT opened.
  private mutating func tunnel(
    _ exchange: Int, _ conversation: Conversation, _ direction: Direction, _ at: PacketReference
  ) {
    if conversation.channel != nil {
      guard conversation.content != .webSocket else { return }
      if direction == .serverToClient, conversation.exchanges[exchange]?.summary.request == nil {
        conversation.content = .answered
        return
      }
      conversation.content = .webSocket
      if let open = conversation.exchanges.remove(exchange) { list(open.summary, conversation) }
      let held = conversation.dialogue?.releaseHeldBack() ?? []
      conversation.dialogue = nil
      if !held.isEmpty { deliver(held.span.bytes, conversation, .clientToServer, at) }
    } else if conversation.exchanges[exchange]?.summary.method == "CONNECT" {
      conversation.dialogue = Dialogue()
    } else {
      conversation.content = .other
    }
  }

  /// Says what became of an upgrade request.
  mutating func settle(
    _ attempt: Conversation.PendingUpgrade, _ conversation: Conversation, _ outcome: UpgradeAttempt.Outcome
  ) {
    conversation.attempt = nil
    judgeRefusal(of: attempt, conversation, outcome)
    if let settled = settled(attempt, conversation, outcome) { state.events.append(.upgradeEnded(settled)) }
  }

  /// An upgrade request with what became of it.
  func settled(
    _ attempt: Conversation.PendingUpgrade, _ conversation: Conversation, _ outcome: UpgradeAttempt.Outcome
  ) -> UpgradeAttempt? {
    guard let endpoints = endpoints(of: conversation) else { return nil }
    return UpgradeAttempt(
      connection: conversation.id, client: endpoints.client, server: endpoints.server, leg: leg(of: conversation),
      sid: attempt.sid, request: attempt.at, target: attempt.target, key: attempt.key,
      version: attempt.upgrade.webSocketVersion, outcome: outcome,
      acknowledgedAfter: table.half(conversation.slot, .clientToServer).roundTrip.latest,
      answerMayBeLost: conversation.firstHole.serverToClient != nil)
  }
}
