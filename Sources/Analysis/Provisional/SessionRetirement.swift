import Packets

extension Analyzer {
  /// Concludes sessions that are over, so that a capture of weeks holds none but those that are open.
  ///
  /// A session is over when no connection of it is open or remembered, and nothing came since a moment: a client that
  /// reconnects gets a new one, or continues it within seconds.
  package mutating func retireSessions(silentSince moment: Timestamp) {
    guard sessions.sessions.contains(where: { $0.last.time < moment }) else { return }
    var inUse: Set<ObjectIdentifier> = []
    for case let conversation? in conversations {
      if let session = conversation.session { inUse.insert(ObjectIdentifier(session)) }
    }
    let over = sessions.remove { $0.last.time < moment && !inUse.contains(ObjectIdentifier($0)) }
    for session in over { session.learn(&state) }
    for session in over {
      session.concludePolling(observedUntil: session.observedUntil ?? session.last, &state)
      session.conclude(observedUntil: session.observedUntil ?? session.last, &state)
      if let visit = session.concludedVisit { state.events.append(.visited(visit)) }
      state.events.append(.sessionClosed(session.summary(state.names)))
    }
  }
}
