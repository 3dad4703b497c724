import Packets
import Streams

/// What can be told while the capture goes on: a live screen concludes several times a second.
extension Analyzer {
  /// The events that would follow if the capture ended at a moment of the live clock, which goes on while no packet
  /// comes; nothing is changed by asking.
  package func provisionalEvents(at clock: Timestamp) -> [TraceEvent] {
    let at = PacketReference(
      capture: state.now.capture, number: state.now.number, time: max(clock, state.now.time))
    var view = ProvisionalView(state: state)
    for case let conversation? in conversations { view.note(conversation) }
    for case let conversation? in conversations { append(conversation, at, to: &view) }
    for session in sessions.sessions { session.learn(&view.state) }
    for session in sessions.sessions {
      session.conclude(observedUntil: view.observedUntil(session, clock: at, latest: state.now), &view.state)
    }
    for session in sessions.sessions { view.state.events.append(.sessionClosed(session.summary(state.names))) }
    view.state.events.append(.captureEnded(counts.facts(end: state.now, connections: nextID - 1)))
    return view.state.events
  }

  /// What is known of a connection that is open, or closed and still remembered for late packets.
  private func append(_ conversation: Conversation, _ at: PacketReference, to view: inout ProvisionalView) {
    let connection = table[conversation.slot]
    if let attempt = conversation.attempt,
      let settled = settled(attempt, conversation, outcome(of: attempt, conversation, at))
    {
      view.state.events.append(.upgradeEnded(settled))
    }
    if let channel = conversation.channel, conversation.content == .webSocket {
      let isClean = channel.close != nil || view.isClosed(conversation.session)
      view.state.events.append(
        .webSocketEnded(end(of: channel, conversation, connection, isClean: isClean)))
      if let meter = channel.meter, meter.serverConnection == conversation.id,
        let delay = delay(meter, conversation)
      {
        view.state.events.append(.legsMeasured(delay))
      }
    }
    var summary = summary(conversation, connection, .endOfCapture, state.now)
    for exchange in conversation.exchanges.keys.sorted() {
      guard var open = conversation.exchanges[exchange] else { continue }
      open.noteRefusal()
      summary.requests.append(open.summary)
    }
    view.state.events.append(.connectionClosed(summary))
  }
}

/// A copy of what the parts of an analysis share, and what is known of sessions by their open connections.
private struct ProvisionalView {
  var state: AnalysisState
  private var ends: [ObjectIdentifier: PacketReference] = [:]
  private var closed: Set<ObjectIdentifier> = []
  private var open: Set<ObjectIdentifier> = []

  init(state: AnalysisState) {
    self.state = state
    self.state.events = []
  }

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
