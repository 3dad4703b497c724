import Packets
import SocketIO

extension Session {
  /// A run as a report lists it.
  func summary(_ run: StreamRun, _ hop: Int, _ state: AnalysisState) -> StreamSummary {
    StreamSummary(
      sid: sid, event: state.names[run.name], trigger: trigger(of: run, state), start: run.first, end: run.last,
      messages: run.messages, gaps: run.gaps.quantiles(), isEnded: state.ends.isEnded(run) ?? false,
      endEvent: state.ends.endEvent(of: run).map { state.names[$0] }, connection: hops[hop].clearest ?? 0)
  }

  private func trigger(of run: StreamRun, _ state: AnalysisState) -> StreamSummary.Trigger? {
    run.trigger.map { .init(event: state.names[$0.name], reference: $0.reference) }
  }

  /// A pause with everything that tells who caused it.
  func facts(_ pause: StreamPause, _ hop: Int, until: PacketReference, _ state: AnalysisState) -> StreamPauseFacts {
    let (from, end) = (pause.from.time, until.time)
    let here = hops[hop]
    let behind = hopBehind(hop).map { hops[$0] }
    return StreamPauseFacts(
      sid: sid, connections: connectionsShowing(hop), event: state.names[pause.run.name],
      trigger: trigger(of: pause.run, state), messages: pause.run.messages, from: pause.from, until: pause.until,
      observedUntil: until, gap: end - from, median: pause.median,
      percentile99: pause.run.gaps.percentile(0.99) ?? pause.median,
      heartbeats: here.serverHeartbeats.between(from, end), pingInterval: handshake?.pingInterval,
      // What the proxy's host did not get from the server, it could not pass on.
      retransmissionTimeouts: max(
        here.timeouts.timeoutsExplaining(from, end), behind?.timeouts.timeoutsExplaining(from, end) ?? 0),
      requestTimeouts: here.requestTimeouts.timeoutsExplaining(from, end), transport: transportCause(from, end, here),
      zeroWindow: !here.zeroWindows.between(from, end).isEmpty,
      hasHole: here.mayMiss(from, end, isPolling: transports.contains(.polling) && !isUpgraded),
      otherAnswer: pause.otherAnswer,
      isOnServerLeg: behind.map { $0.isSilent(pause, until: until, isWhole: here.holes.isEmpty) },
      client: here.clientEndpoint, server: here.server)
  }

  /// Tells of a run that is over, and of a long wait for its first message.
  func tell(_ run: StreamRun, _ hop: Int, _ state: inout AnalysisState) {
    state.events.append(.streamEnded(summary(run, hop, state)))
    guard !run.isFurther, let asked = run.trigger?.reference,
      run.first.time - asked.time > state.options.limits.pauseFloor, let median = run.gaps.percentile(0.5)
    else { return }
    let pause = StreamPause(run: run, from: asked, until: run.first, median: median)
    var wait = facts(pause, hop, until: run.first, state)
    wait.isFirstWait = true
    wait.isAnswer = state.ends.knowsEnd(of: run.name)
    wait.messages = 0
    wait.isOnServerLeg = hopBehind(hop).flatMap { hops[$0].hasWaited(pause) }
    state.events.append(.streamPaused(wait))
  }

  /// The leg behind a leg, towards the server.
  private func hopBehind(_ hop: Int) -> Int? {
    guard let place = order.firstIndex(of: hop), place + 1 < order.count else { return nil }
    return order[place + 1]
  }

  /// The connections that show something, the clearest first: the newest of each leg.
  private func connectionsShowing(_ hop: Int) -> [Int] {
    ([hop] + order.filter { $0 != hop }).compactMap { hops[$0].clearest }
  }

  /// Teaches what the last runs of the session show, before any is judged by it.
  func learn(_ state: inout AnalysisState) {
    for hop in hops {
      for run in hop.tracker.runs { state.ends.learnAnswer(run) }
    }
  }

  /// The facts that only the session's end or the capture's shows: answers that stopped, and prompts without one.
  func conclude(observedUntil end: PacketReference, _ state: inout AnalysisState) {
    guard !hops.isEmpty else { return }
    let hop = frontHop
    let tracker = hops[hop].tracker
    for run in tracker.runs where run.isStream {
      tell(run, hop, &state)
      if tracker.isFollowed(run, state.ends) { continue }
      let isEnded = state.ends.isEnded(run)
      guard isEnded != true, isEnded == false || !state.ends.endsSilently(run.name),
        let median = run.gaps.percentile(0.5)
      else { continue }
      let whole = StreamPause(run: run, from: run.last, until: nil, median: median)
      let stopped = run.stoppedAnswers
      for pause in stopped.isEmpty ? [whole] : stopped {
        var paused = facts(pause, hop, until: end, state)
        paused.isEndMissing =
          isEnded == false
          || tracker.triggers.contains {
            $0.reference == run.trigger?.reference && $0.ackID != nil && $0.acknowledged == nil
          }
        state.events.append(.streamPaused(paused))
      }
    }
    for trigger in tracker.triggers where trigger.answered == nil { concludeTrigger(trigger, hop, end, &state) }
  }

  private func concludeTrigger(
    _ trigger: StreamTrigger, _ hop: Int, _ end: PacketReference, _ state: inout AnalysisState
  ) {
    let expected = state.ends.answer(to: trigger.name)
    guard expected != nil || (trigger.ackID != nil && trigger.acknowledged == nil) else { return }
    let later = hops[hop].tracker.triggers.first {
      $0.name == trigger.name && $0.reference.time > trigger.reference.time
    }
    // An ack is that of its own event, whatever the client sends meanwhile.
    let until = expected == nil ? end : later?.reference ?? end
    // The answer may be among what the capture misses.
    guard !hops[hop].holes.mayHaveAny(between: trigger.reference.time, and: until.time) else { return }
    state.events.append(
      .eventUnanswered(
        UnansweredEvent(
          sid: sid, connections: connectionsShowing(hop), event: state.names[trigger.name], sent: trigger.reference,
          acknowledged: trigger.acknowledged, askedForAck: trigger.ackID != nil,
          expectedStream: expected.map { state.names[$0] }, waited: until.time - trigger.reference.time,
          observedUntil: until,
          heartbeats: hops[hop].serverHeartbeats.between(trigger.reference.time, until.time).count,
          client: hops[hop].clientEndpoint, server: hops[hop].server)))
  }

  /// The session as a report lists it.
  ///
  /// A message that both legs show is counted once: each name's count is that of the leg that shows more of it, because
  /// a capture may have lost packets of either.
  func summary(_ names: NameTable) -> SessionSummary {
    let front = hops.isEmpty ? nil : hops[frontHop]
    let unknown = Endpoint(address: IPAddress(high: 0, low: 0), port: 0)
    return SessionSummary(
      SessionFacts(
        sid: sid, engineIO: version == .v3 ? 3 : 4, transports: transports, upgraded: isUpgraded,
        offersWebSocket: handshake?.upgrades.contains("websocket") ?? false, connections: connections,
        client: front?.clientEndpoint ?? unknown, server: front?.server,
        pingInterval: handshake?.pingInterval?.seconds, pingTimeout: handshake?.pingTimeout?.seconds,
        maxPayload: handshake?.maxPayload, start: start, end: last, heartbeats: hops.map(\.heartbeats).max() ?? 0,
        namespaces: namespaces, closedBy: closer,
        closeReason: closeReason ?? abandonment.map { _ in SessionFacts.pollAborted },
        closedAt: closedAt ?? abandonment?.ended.time,
        events: Directional(
          clientToServer: counts(.clientToServer, names), serverToClient: counts(.serverToClient, names)),
        acks: Directional(
          clientToServer: hops.map(\.acks.clientToServer).max() ?? 0,
          serverToClient: hops.map(\.acks.serverToClient).max() ?? 0),
        recovery: recovery,
        notes: SessionNotes(fastestPolls: front?.pollRate?.fastest, ackTimes: front?.ackTimes?.quantiles())))
  }

  private func counts(_ direction: Direction, _ names: NameTable) -> [(name: String, count: Int)] {
    let tables = hops.map { $0.events[direction].byName }
    let length = tables.map(\.count).max() ?? 0
    return (0..<length).compactMap { index in
      let most = tables.map { index < $0.count ? Int($0[index]) : 0 }.max() ?? 0
      return most > 0 ? (names[NameID(rawValue: Int32(index))], most) : nil
    }
  }
}

extension Hop {
  /// Whether messages between two moments may be missing from the capture.
  ///
  /// With long-polling, an answer whose request was lost belongs to nothing, and so may those after it.
  func mayMiss(_ from: Timestamp, _ end: Timestamp, isPolling: Bool) -> Bool {
    isPolling ? !holes.isEmpty : !holes.between(from, end).isEmpty
  }

  /// Whether the first message of a run came as late on this leg as on another one; `nil` where this leg does not tell.
  func hasWaited(_ pause: StreamPause) -> Bool? {
    guard let until = pause.until, let run = tracker.runs.first(where: { $0.name == pause.run.name }),
      run.first.time > pause.from.time, run.first.time <= until.time
    else { return nil }
    return (run.first.time - pause.from.time).seconds > (until.time - pause.from.time).seconds * 0.8
  }

  /// Whether this leg shows the same silence as another one's pause.
  ///
  /// `isWhole` says that the other leg's messages are all in the capture.
  func isSilent(_ pause: StreamPause, until: PacketReference, isWhole: Bool) -> Bool {
    let gap = (until.time - pause.from.time).seconds
    if let own = latestPause, own.run.name == pause.run.name {
      let start = max(own.from.time, pause.from.time)
      let end = min((own.until ?? until).time, until.time)
      if (end - start).seconds > gap * 0.8 { return true }
    }
    let whole = tracker.runs.first { $0.name == pause.run.name }
    guard let run = pause.run.answerID.flatMap({ whole?.answer($0) }) ?? whole else { return false }
    // Nothing new came here either since the other leg's last message; counts tell only where none is missing.
    let isNew = holes.isEmpty && isWhole && run.messages > pause.run.messages
    return !isNew && (until.time - run.last.time).seconds > gap * 0.8
  }
}
