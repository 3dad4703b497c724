import Packets
import SocketIO
import Streams

/// What can be told while the capture goes on: a live screen concludes several times a second.
extension Analyzer {
  /// The events that would follow if the capture ended at a moment of the live clock, which goes on while no packet
  /// comes; nothing is changed by asking.
  ///
  /// What only changes a session or connection at its very end (its visit, the shape of its bursts) is left to that.
  package mutating func provisionalEvents(at clock: Timestamp) -> [TraceEvent] {
    let before = state
    defer { state = before }
    state.events = []
    let at = PacketReference(
      capture: state.now.capture, number: state.now.number, time: max(clock, state.now.time))
    var view = ProvisionalView()
    for case let conversation? in conversations { view.note(conversation) }
    for case let conversation? in conversations { conclude(conversation, at, view) }
    for session in sessions.sessions { session.learn(&state) }
    for session in sessions.sessions {
      let until = view.observedUntil(session, clock: at, latest: state.now)
      session.concludePolling(observedUntil: until, &state)
      session.conclude(observedUntil: until, &state)
    }
    for session in sessions.sessions {
      if let visit = session.concludedVisit { state.events.append(.visited(visit)) }
      state.events.append(.sessionClosed(session.summary(state.names)))
    }
    var facts = counts.facts(end: state.now, connections: nextID - 1)
    facts.environment = state.environment.facts
    facts.unaskedEvents = Set(state.ends.unasked.map { state.names[$0] })
    state.events.append(.captureEnded(facts))
    return state.events
  }

  /// Tells what is known of a connection that is open, or closed and still remembered for late packets.
  private mutating func conclude(_ conversation: Conversation, _ at: PacketReference, _ view: ProvisionalView) {
    let connection = table[conversation.slot]
    if let attempt = conversation.attempt {
      let outcome = outcome(of: attempt, conversation, at)
      judgeRefusal(of: attempt, conversation, outcome)
      if let settled = settled(attempt, conversation, outcome) { state.events.append(.upgradeEnded(settled)) }
    }
    var summary = summary(conversation, connection, .endOfCapture, state.now)
    // What waits for an answer has waited until now.
    if conversation.ended == nil, at.time > state.now.time { summary.end.time = at.time }
    for exchange in conversation.exchanges.numbers {
      guard var open = conversation.exchanges[exchange] else { continue }
      settlePoll(&open, exchange, conversation)
      open.noteRefusal()
      summary.requests.append(open.summary)
    }
    concludeChannel(conversation, connection, at)
    if let channel = conversation.channel, conversation.content == .webSocket {
      let isClean = channel.close != nil || view.isClosed(conversation.session)
      state.events.append(.webSocketEnded(end(of: channel, conversation, connection, isClean: isClean)))
      if let meter = channel.meter, meter.serverConnection == conversation.id,
        let delay = delay(meter, conversation)
      {
        state.events.append(.legsMeasured(delay))
      }
    }
    state.events.append(.connectionClosed(summary))
  }
}

/// What is known of sessions by their open connections.
private struct ProvisionalView {
  private var ends: [ObjectIdentifier: PacketReference] = [:]
  private var closed: Set<ObjectIdentifier> = []
  private var open: Set<ObjectIdentifier> = []

  mutating func note(_ conversation: Conversation) {
    guard let session = conversation.session else { return }
    let id = ObjectIdentifier(session)
    guard let ended = conversation.ended else {
      open.insert(id)
      return
    }
    guard let channel = conversation.channel else { return }
    if channel.close != nil { closed.insert(id) }
    ends[id] = ends[id].map { $0.time > ended.time ? $0 : ended } ?? ended
  }

  /// Whether a session said goodbye, on any of its legs.
  func isClosed(_ session: Session?) -> Bool {
    session.map { $0.closedBy != nil || closed.contains(ObjectIdentifier($0)) } ?? false
  }

  /// Until when a session could be observed: its end, or the clock while a connection of it is open.
  func observedUntil(_ session: Session, clock: PacketReference, latest: PacketReference) -> PacketReference {
    let id = ObjectIdentifier(session)
    return ends[id] ?? session.observedUntil ?? (open.contains(id) ? clock : latest)
  }
}
