import Packets
import SocketIO
import Streams

extension Session {
  /// The timers of the session, where its handshake told them.
  var timers: HeartbeatWatch.Timers? {
    guard isVersionKnown, let interval = handshake?.pingInterval, let timeout = handshake?.pingTimeout,
      interval > .zero, timeout > .zero
    else { return nil }
    return HeartbeatWatch.Timers(interval: interval, timeout: timeout, version: version)
  }

  /// Takes the end of the WebSocket that carries the session on a leg.
  func conclude(
    hop: Int, _ place: ConnectionPlace, _ end: ChannelEnd, _ connection: Connection, _ state: inout AnalysisState
  ) {
    concludeHeartbeat(hop, place, end, connection, &state)
    concludeAttachments(hop, place, end, &state)
    concludeNamespaces(hop, place, until: end.until, &state)
  }

  private func concludeHeartbeat(
    _ hop: Int, _ place: ConnectionPlace, _ end: ChannelEnd, _ connection: Connection, _ state: inout AnalysisState
  ) {
    guard let timers, let wait = hops[hop].heartbeat.overdue(timers, at: end.until.time, asked: nil) else { return }
    var miss = self.miss(wait, hop, place, timers, until: nil, observedUntil: end.until, .webSocket)
    miss.endedBy = end.by
    if wait.missing == .pong {
      let pinger: Direction = timers.version == .v4 ? .serverToClient : .clientToServer
      miss.isAcknowledged = connection.isAcknowledged(wait.from, pinger)
    }
    append(miss, hop, &state)
  }

  /// The facts of a wait that was too long.
  func miss(
    _ wait: HeartbeatWatch.Wait, _ hop: Int, _ place: ConnectionPlace, _ timers: HeartbeatWatch.Timers,
    until: PacketReference?, observedUntil: PacketReference, _ transport: Transport
  ) -> HeartbeatMiss {
    let end = (until ?? observedUntil).time
    let due = wait.from.time + (wait.missing == .ping ? timers.interval : .zero)
    let event = hops[hop].tracker.runs.filter { $0.shows(runningBetween: due, end) }.map(\.last)
      .max { $0.time < $1.time }
    return HeartbeatMiss(
      place: place, missing: wait.missing, engineIO: timers.version == .v3 ? 3 : 4, from: wait.from, until: until,
      observedUntil: observedUntil, endedBy: nil, pingInterval: timers.interval, pingTimeout: timers.timeout,
      limit: wait.limit, fatal: wait.fatal, isAcknowledged: nil,
      retransmissionTimeouts: hops[hop].timeouts.between(wait.from.time, end).count, serverEvent: event,
      transport: transport)
  }

  /// Tells of a missing heartbeat, unless the capture has a hole in which it may have been.
  func append(_ miss: HeartbeatMiss, _ hop: Int, _ state: inout AnalysisState) {
    let end = (miss.until ?? miss.observedUntil).time
    guard hops[hop].holes.between(miss.from.time, end).isEmpty else { return }
    var miss = miss
    let due = miss.from.time + (miss.missing == .ping ? miss.pingInterval : .zero)
    // What came with the late one was late behind the proxy too.
    let until = Timestamp(nanoseconds: end.nanoseconds - 500_000_000)
    let behind = order.firstIndex(of: hop).map { order[($0 + 1)...] } ?? []
    miss.cameBehind = behind.contains { index in
      hops[index].serverHeartbeats.between(due + .seconds(-0.5), until).contains { $0.time > miss.from.time }
    }
    state.events.append(.heartbeatMissed(miss))
  }

  private func concludeAttachments(
    _ hop: Int, _ place: ConnectionPlace, _ end: ChannelEnd, _ state: inout AnalysisState
  ) {
    for direction in Direction.allCases {
      let watch = hops[hop].attachments[direction]
      guard watch.joiner.isWaiting, let header = watch.header,
        hops[hop].holes.between(header.time, end.until.time).isEmpty
      else { continue }
      state.events.append(
        .messageIncomplete(
          IncompleteMessage(
            place: place, direction: direction,
            kind: .attachments(
              received: watch.joiner.received, expected: watch.joiner.expected, interrupted: false),
            began: header, last: watch.last ?? header, ended: end.first, endedBy: end.by, isGoodbye: end.isGoodbye,
            observedUntil: end.until)))
    }
  }

  func concludeNamespaces(
    _ hop: Int, _ place: ConnectionPlace, until: PacketReference, _ state: inout AnalysisState
  ) {
    // A server that sends events has taken the client in, whether or not the capture has its answer.
    let isServed = hops[hop].events.serverToClient.total > 0
    for open in hops[hop].namespaces.asked
    where !(isServed && open.namespace == "/") && hops[hop].holes.between(open.at.time, until.time).isEmpty {
      state.events.append(
        .connectUnanswered(
          UnansweredConnect(
            place: place, namespace: open.namespace, sent: open.at, waited: until.time - open.at.time,
            observedUntil: until)))
    }
  }

  /// What only the session's end shows, of a session that no WebSocket carried to its end.
  func concludePolling(observedUntil end: PacketReference, _ state: inout AnalysisState) {
    concludeViolations(&state)
    guard closedBy == nil, !hops.isEmpty, hops.allSatisfy({ $0.webSocket == nil }) || !isUpgraded else { return }
    for hop in hops.indices {
      let place = place(hop)
      // Without a request that waits, the client has left and nothing more can come.
      guard let waiting = hops[hop].openPolls.serverToClient else { continue }
      concludeNamespaces(hop, place, until: end, &state)
      guard let timers, let wait = hops[hop].heartbeat.overdue(timers, at: end.time, asked: waiting.at),
        wait.missing == .ping
      else { continue }
      append(miss(wait, hop, place, timers, until: nil, observedUntil: end, .polling), hop, &state)
    }
  }

  /// Tells the broken rules of Engine.IO and Socket.IO that are sure by now, with their final counts.
  private func concludeViolations(_ state: inout AnalysisState) {
    for hop in hops.indices {
      for entry in hops[hop].violations.entries where entry.count > 1 || entry.isDoubtful {
        guard !entry.isDoubtful || speaksSocketIO else { continue }
        if entry.rule == .notConnected, hops[hop].events.serverToClient.total > 0 { continue }
        state.events.append(.ruleBroken(ViolationFacts(entry, place(hop), rolesInferred: false)))
      }
    }
  }

  /// Where a fact about a leg of the session belongs.
  func place(_ hop: Int) -> ConnectionPlace {
    ConnectionPlace(
      connection: hops[hop].clearest ?? 0, client: hops[hop].clientEndpoint, server: hops[hop].server,
      leg: hops[hop].leg, sid: sid, key: nil)
  }
}

extension Connection {
  /// Whether what a side sent at a moment was acknowledged; `nil` where the other side was not captured.
  fileprivate func isAcknowledged(_ sent: PacketReference, _ direction: Direction) -> Bool? {
    guard halves[direction.reversed].isSeen else { return nil }
    guard let since = halves[direction].unacknowledgedSince else { return true }
    return since > sent.time
  }
}

extension StreamRun {
  /// What leaves a server so shortly before the end of a wait may be the burst upon which it ran again.
  private static let burst = Interval.seconds(0.5)

  /// Whether one of its events shows that the server ran between the moment at which a heartbeat was due and the end of the
  /// wait for it: one that came later than the one, and not in the burst at the other.
  fileprivate func shows(runningBetween due: Timestamp, _ end: Timestamp) -> Bool {
    guard last.time > due else { return false }
    let latest = Timestamp(nanoseconds: end.nanoseconds - StreamRun.burst.nanoseconds)
    if last.time < latest { return true }
    // It goes on to the end: an event stood between where none of its gaps reaches over all of that time.
    return first.time > due ? first.time < latest : gaps.maximum < latest - due
  }
}
