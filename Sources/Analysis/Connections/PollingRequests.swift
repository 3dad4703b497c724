import HTTP
import Packets
import SocketIO

extension Analyzer {
  /// Takes a long-polling request: it tells the version, and no other of its kind may wait for an answer.
  mutating func notePoll(
    _ open: inout Conversation.OpenExchange, _ head: RequestHead, _ exchange: Int, _ conversation: Conversation,
    _ at: PacketReference
  ) {
    guard let poll = open.poll else { return }
    open.summary.length = head.fields["Content-Length"].flatMap { Int($0) }
    open.summary.idleBefore = conversation.requests.isEmpty ? nil : at.time - conversation.lastAnswer
    guard let session = conversation.session else { return }
    session.note(poll.version)
    let direction = poll.payloadDirection
    let waiting = session.hops[conversation.hop].openPolls[direction].flatMap { isOver($0) ? nil : $0 }
    open.summary.overlaps = waiting?.at
    if session.isUpgraded { open.summary.cause = .transportMismatch }
    if waiting == nil {
      session.hops[conversation.hop].openPolls[direction] = OpenPoll(
        connection: conversation.id, slot: conversation.slot, exchange: exchange, at: at)
    }
  }

  /// Whether a request waits no more, because its connection is over.
  private func isOver(_ poll: OpenPoll) -> Bool {
    guard let conversation = conversations[Int(poll.slot)], conversation.id == poll.connection else { return true }
    return conversation.ended != nil
  }

  /// Takes the head of an answer: who gave it, and whether a cache did.
  mutating func noteAnswer(
    _ open: inout Conversation.OpenExchange, _ head: ResponseHead, _ exchange: Int, _ conversation: Conversation
  ) {
    conversation.lastAnswer = state.now.time
    guard open.poll != nil || open.summary.isUpgrade else { return }
    open.summary.server = head.fields["Server"]
    releasePoll(exchange, conversation)
    if open.poll?.payloadDirection == .serverToClient, isCached(head) { open.summary.cause = .cachedAnswer }
    if isCut(open, head, conversation) { open.summary.cause = .cutByProxy }
    if conversation.session?.closedBy == .clientToServer { open.summary.cause = .afterGoodbye }
    noteOversize(&open, head, conversation)
  }

  /// Tells of a payload that is longer than the handshake allowed, which python-engineio refuses like any bad request.
  private mutating func noteOversize(
    _ open: inout Conversation.OpenExchange, _ head: ResponseHead, _ conversation: Conversation
  ) {
    guard head.status == 400, open.poll?.payloadDirection == .clientToServer, let length = open.summary.length,
      let limit = conversation.session?.handshake?.maxPayload, length > limit, let began = open.summary.request,
      let place = place(of: conversation)
    else { return }
    open.summary.cause = .oversize
    state.events.append(
      .messageRefused(
        OversizeMessage(
          place: place, direction: .clientToServer, length: UInt64(length), limit: limit, began: began,
          refused: state.now, refusal: .status(head.status, server: open.summary.server, isEmpty: true))))
  }

  /// Forgets that a long-polling request waits.
  func releasePoll(_ exchange: Int, _ conversation: Conversation) {
    guard let session = conversation.session else { return }
    for direction in Direction.allCases {
      let waiting = session.hops[conversation.hop].openPolls[direction]
      if let waiting, waiting.connection == conversation.id, waiting.exchange == exchange {
        if direction == .serverToClient { session.hops[conversation.hop].answeredPoll = waiting.at }
        session.hops[conversation.hop].openPolls[direction] = nil
      }
    }
  }

  /// Tells of a payload that breaks its format, in an answer or request that is all there.
  mutating func judge(_ poll: Poll, _ conversation: Conversation, _ direction: Direction, _ at: PacketReference) {
    guard poll.isMalformed || poll.isOlderRevision, conversation.firstHole[direction] == nil,
      conversation.ends.truncatedBytes[direction] == 0, let session = conversation.session
    else { return }
    let place = PacketPlace(hop: conversation.hop, direction: direction, at: at, transport: .polling)
    session.broken(poll.isOlderRevision ? .payloadRevision : .payload, place, &state)
  }

  /// Whether a proxy gave a poll up before the server's ping had to answer it; later than that the server is at fault.
  private func isCut(
    _ open: Conversation.OpenExchange, _ head: ResponseHead, _ conversation: Conversation
  ) -> Bool {
    guard head.status == 504 || head.status == 408, let poll = open.poll, poll.sid != nil,
      poll.payloadDirection == .serverToClient
    else { return false }
    guard let interval = conversation.session?.handshake?.pingInterval, let asked = open.summary.request else {
      return true
    }
    return state.now.time - asked.time < interval
  }

  /// Whether a cache answered a poll, which is never the same twice.
  private func isCached(_ head: ResponseHead) -> Bool {
    if head.status == 304 { return true }
    guard head.status == 200 else { return false }
    if let age = head.fields["Age"].flatMap({ Int($0) }), age > 0 { return true }
    return ["X-Cache", "X-Cache-Status", "CF-Cache-Status", "X-Proxy-Cache"].contains { name in
      head.fields[name]?.lowercased().hasPrefix("hit") == true
    }
  }

  /// Settles the request that a connection's end left without an answer.
  func settlePoll(_ open: inout Conversation.OpenExchange, _ exchange: Int, _ conversation: Conversation) {
    guard open.summary.status == nil, let asked = open.summary.request, let poll = open.poll else { return }
    let ends = conversation.ends
    guard ends.finBy == .serverToClient || ends.resetBy == .serverToClient,
      let ended = [ends.fin, ends.reset].compactMap({ $0 }).min(by: { $0.time < $1.time })
    else { return }
    if let idle = open.summary.idleBefore, idle >= .seconds(4), abs((ended.time - asked.time).seconds) < 0.1 {
      (open.summary.cause, open.summary.answer) = (.keepAliveRace, ended)
    } else if poll.payloadDirection == .serverToClient, poll.sid != nil, conversation.session?.closedBy == nil,
      let interval = conversation.session?.handshake?.pingInterval, ended.time - asked.time < interval,
      isTimer(ended.time - asked.time)
    {
      (open.summary.cause, open.summary.answer) = (.cutByProxy, ended)
    }
  }

  /// Whether a wait looks like a proxy's timeout: five seconds or more, and whole ones.
  private func isTimer(_ wait: Interval) -> Bool {
    let fraction = wait.seconds - wait.seconds.rounded()
    return wait >= .seconds(4.9) && abs(fraction) < 0.1
  }
}

extension Session {
  /// Takes what a request tells of the version.
  func note(_ told: EngineIOVersion) {
    guard !isVersionKnown else { return }
    version = told
    isVersionKnown = true
  }
}
