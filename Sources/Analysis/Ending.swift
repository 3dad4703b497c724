import Bytes
import Packets
import SocketIO
import Streams

/// How far an analysis has told what only the end of the capture shows.
enum Ending {
  case notBegun
  /// The connections that were open.
  case connections
  /// The sessions, those before an index done.
  case sessions(Int)
  case over
}

extension Analyzer {
  /// Events that gather before the caller can take them away: a million connections that were open are told at the end.
  private static let eventsAtOnce = 1024

  /// Says that the capture is over; the last events follow.
  package mutating func finish() {
    while finishSome() {}
  }

  /// Goes on with the end, and says whether there is more: a caller that takes the events in between needs no memory for
  /// all of them.
  package mutating func finishSome() -> Bool {
    switch ending {
    case .notBegun:
      table.finish()
      ending = .connections
    case .connections:
      guard finishConnections() else { return true }
      for index in 0..<sessions.count {
        guard let session = sessions.peek(at: index) else { continue }
        session.learn(&state)
        session.concludePolling(observedUntil: session.observedUntil ?? state.now, &state)
      }
      ending = .sessions(0)
    case .sessions(let next):
      let last = finishSessions(from: next)
      guard last == sessions.count else {
        ending = .sessions(last)
        return true
      }
      finishCapture()
      ending = .over
    case .over: return false
    }
    return true
  }

  /// Ends connections until enough events have gathered; true where all are ended.
  private mutating func finishConnections() -> Bool {
    let limit = state.events.count + Analyzer.eventsAtOnce
    while state.events.count < limit {
      guard let event = nextEvent() else { return true }
      handle(event, [UInt8]().span.bytes, state.now)
    }
    return false
  }

  /// Concludes sessions until enough events have gathered, and says where to go on.
  private mutating func finishSessions(from start: Int) -> Int {
    var next = start
    let limit = state.events.count + Analyzer.eventsAtOnce
    while next < sessions.count, state.events.count < limit {
      let session = sessions.session(at: next)
      session.conclude(observedUntil: session.observedUntil ?? state.now, &state)
      if let visit = session.concludedVisit { state.events.append(.visited(visit)) }
      state.events.append(.sessionClosed(session.summary(state.names)))
      sessions.release(at: next)
      next += 1
    }
    return next
  }

  private mutating func finishCapture() {
    counts.note(incompleteFragments: decoder.incompleteFragments)
    state.reached.note("event-names", value: NameLimits().count, times: state.names.overflow)
    var facts = counts.facts(end: state.now, connections: nextID - 1)
    facts.limits = state.reached.list
    facts.environment = state.environment.facts
    facts.unaskedEvents = Set(state.ends.unasked.map { state.names[$0] })
    state.events.append(.captureEnded(facts))
  }
}
