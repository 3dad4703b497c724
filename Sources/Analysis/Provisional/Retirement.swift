import Packets
import Streams

extension Analyzer {
  /// Tells connections that are over, so that a capture of weeks holds none but those that are open.
  ///
  /// The connection table remembers them for longer: packets that come later than the moment still belong to them, and
  /// are nothing new.
  package mutating func retireConnections(silentSince moment: Timestamp) {
    for index in conversations.indices {
      guard let conversation = conversations[index], conversation.ended != nil else { continue }
      let connection = table[conversation.slot]
      guard connection.isOver, connection.latest < moment else { continue }
      close(conversation.slot, connection.isReset ? .reset : .finished, state.now)
    }
  }

  /// Concludes sessions that are over, so that a capture of weeks holds none but those that are open.
  ///
  /// A session is over when no connection of it is open or remembered, and nothing came since a moment: an earlier one
  /// without a goodbye, because its client may come back, and a later one, `goodbye`, with it.
  package mutating func retireSessions(silentSince moment: Timestamp, goodbye: Timestamp) {
    let isSilent = { (session: Session) in session.last.time < (session.closedBy == nil ? moment : goodbye) }
    guard sessions.sessions.contains(where: isSilent) else { return }
    var inUse: Set<ObjectIdentifier> = []
    for case let conversation? in conversations {
      if let session = conversation.session { inUse.insert(ObjectIdentifier(session)) }
    }
    let over = sessions.remove { isSilent($0) && !inUse.contains(ObjectIdentifier($0)) }
    for session in over { session.learn(&state) }
    for session in over {
      session.concludePolling(observedUntil: session.observedUntil ?? session.last, &state)
      session.conclude(observedUntil: session.observedUntil ?? session.last, &state)
      if let visit = session.concludedVisit { state.events.append(.visited(visit)) }
      state.events.append(.sessionClosed(session.summary(state.names)))
    }
  }
}
