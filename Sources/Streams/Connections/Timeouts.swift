import Packets

extension ConnectionTable {
  /// How often `advance(to:)` looks at connections.
  private static let sweepInterval = Interval.milliseconds(100)
  /// How long a round through all connections in search of silent ones takes.
  private static let idleRound = Interval.milliseconds(60_000)
  /// How many connections are compared when one has to give way.
  private static let evictionSample = 8

  /// Tells the table the time: for holes that nobody will fill any more, for closed connections that are remembered long
  /// enough, and for silent ones.
  ///
  /// Call it now and then with the newest packet's time (a live capture: also while nothing comes), then call ``next()``.
  package mutating func advance(to time: Timestamp) {
    if released >= 0 { release() }
    let elapsed = lastSweep.map { time - $0 } ?? Self.idleRound
    guard elapsed >= Self.sweepInterval else { return }
    lastSweep = time
    sweepHoles(at: time)
    sweepLingering(at: time)
    sweepIdle(at: time, elapsed)
  }

  /// Ends the capture: the events that follow declare acknowledged holes and close every connection.
  package mutating func finish() {
    if released >= 0 { release() }
    finishCursor = 0
  }

  /// Ends one connection because the capture ends.
  mutating func end(_ slot: Int32) {
    wake(slot)
    guard !states.isFree(slot), !states[slot].status.contains(.isClosed) else { return }
    for direction in Direction.allCases { declareFinalGaps(slot, direction) }
    close(slot, closeReason(slot, otherwise: .endOfCapture))
  }

  private mutating func sweepHoles(at time: Timestamp) {
    guard !holes.isEmpty else { return }
    let slots = holes
    holes.removeAll(keepingCapacity: true)
    for slot in slots where states.isAwake(slot) && states[slot].status.intersection([.hasHole, .isClosed]) == .hasHole
    {
      states[slot].status.remove(.hasHole)
      finishSegment(slot, at: time)
    }
  }

  private mutating func sweepLingering(at time: Timestamp) {
    while var entry = lingering.popFirst(until: time) {
      guard states.isAwake(entry.slot) else { continue }
      let state = states[entry.slot]
      guard state.opened == entry.opened, state.status.contains(.isLingering), !state.status.contains(.isClosed) else {
        continue
      }
      entry.deadline = state.latest + limits.lingerInterval
      if entry.deadline <= time {
        close(entry.slot, closeReason(entry.slot, otherwise: .finished))
      } else {
        lingering.append(entry)
      }
    }
  }

  /// Looks at the share of all connections that belongs to the time since the last look.
  private mutating func sweepIdle(at time: Timestamp, _ elapsed: Interval) {
    let share = min(elapsed.seconds / Self.idleRound.seconds, 1)
    for _ in 0..<Int((Double(states.bound) * share).rounded(.up)) {
      idleCursor = idleCursor + 1 < states.bound ? idleCursor + 1 : 0
      guard let quiet = quiet(idleCursor) else { continue }
      let limit = quiet.isHandshake ? limits.handshakeInterval : limits.idleInterval
      if time - quiet.since >= limit {
        wake(idleCursor)
        for direction in Direction.allCases { declareFinalGaps(idleCursor, direction) }
        close(idleCursor, closeReason(idleCursor, otherwise: .idle))
      }
    }
  }

  /// Since when an open connection, parked or awake, has been silent, and whether its handshake is waited for.
  private func quiet(_ slot: Int32) -> (since: Timestamp, isHandshake: Bool)? {
    if let parked = states.parked(slot) { return (parked.latest, parked.isHandshake) }
    guard states.isAwake(slot), !states[slot].status.contains(.isClosed) else { return nil }
    return (states[slot].latest, states[slot].isHandshake)
  }

  /// Makes room for a connection: of a few, the one that was silent longest gives way.
  mutating func evict() {
    var victim: Int32?
    var since: Timestamp?
    for _ in 0..<Self.evictionSample {
      evictionCursor = evictionCursor + 1 < states.bound ? evictionCursor + 1 : 0
      guard let quiet = quiet(evictionCursor) else { continue }
      if let since, since <= quiet.since { continue }
      (victim, since) = (evictionCursor, quiet.since)
    }
    guard let victim else { return }
    wake(victim)
    events.append(.limitReached(.connections, slot: victim))
    close(victim, closeReason(victim, otherwise: .limit))
  }
}
