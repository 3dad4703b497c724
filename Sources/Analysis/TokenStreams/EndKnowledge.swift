import SocketIO

/// What a capture has taught about how its streams end.
struct EndKnowledge {
  /// Pairs of names that are remembered; a capture with more has no streams to speak of.
  static let mostPairs = 4096

  private struct Pair: Hashable {
    var stream: NameID
    var other: NameID
  }

  private var endings: Set<Pair> = []
  private var continuations: Set<Pair> = []
  /// The endings that a user has named, which no capture refutes.
  private var named: Set<Pair> = []
  private var endsByAck: Set<NameID> = []
  /// Streams of which another prompt followed without any sign of an end.
  private var endsSilently: Set<NameID> = []
  /// Which stream a client's event brings.
  private var answers: [NameID: NameID] = [:]

  /// Learns from a run that another run of the same name followed.
  mutating func learn(from run: StreamRun) {
    learnAnswer(run)
    guard run.isStream, endings.count < EndKnowledge.mostPairs else { return }
    if let end = run.otherSince {
      endings.insert(Pair(stream: run.name, other: end))
    } else if run.ackSince != nil {
      endsByAck.insert(run.name)
    } else if run.triggerSince != nil {
      endsSilently.insert(run.name)
    }
  }

  /// Learns which stream a run's trigger brings.
  mutating func learnAnswer(_ run: StreamRun) {
    guard run.isStream, let trigger = run.trigger, answers.count < EndKnowledge.mostPairs else { return }
    if answers[trigger.name] == nil { answers[trigger.name] = run.name }
  }

  /// The stream that a client's event brings elsewhere in the capture, where one was seen.
  func answer(to trigger: NameID) -> NameID? { answers[trigger] }

  /// Names a stream's end event and the client's event that asks for it, as `--stream prompt:token:done` does.
  mutating func name(_ stream: NameID, endsWith end: NameID, begunBy begin: NameID?) {
    named.insert(Pair(stream: stream, other: end))
    if let begin { answers[begin] = stream }
  }

  /// Whether a user has named a stream.
  func isNamed(_ stream: NameID) -> Bool { !named.isEmpty && named.contains { $0.stream == stream } }

  /// Learns that a stream goes on behind another event, which so is no end.
  mutating func learn(_ stream: NameID, continuesAcross other: NameID) {
    guard continuations.count < EndKnowledge.mostPairs else { return }
    continuations.insert(Pair(stream: stream, other: other))
  }

  /// Whether an event is known to end streams of a name.
  func ends(_ stream: NameID, with end: NameID) -> Bool {
    let pair = Pair(stream: stream, other: end)
    if isNamed(stream) { return named.contains(pair) }
    return endings.contains(pair) && !continuations.contains(pair)
  }

  /// Whether a stream is known to go on behind an event.
  func continues(_ stream: NameID, across other: NameID) -> Bool {
    let pair = Pair(stream: stream, other: other)
    return isNamed(stream) ? !named.contains(pair) : continuations.contains(pair)
  }

  /// Whether anything is known about how streams of a name end.
  func knowsEnd(of stream: NameID) -> Bool {
    isNamed(stream) || endsByAck.contains(stream)
      || endings.contains { $0.stream == stream && !continuations.contains($0) }
  }

  /// Whether the capture shows streams of a name that simply stop.
  func endsSilently(_ stream: NameID) -> Bool { endsSilently.contains(stream) }

  /// Whether a run's end was seen; `nil` where the capture does not teach how such runs end.
  func isEnded(_ run: StreamRun) -> Bool? {
    if let other = run.otherSince, !continues(run.name, across: other) {
      if ends(run.name, with: other) { return run.others[other, default: 0] >= run.triggerCount }
      if !knowsEnd(of: run.name) { return true }
    }
    if run.ackSince != nil, !isNamed(run.name), endsByAck.contains(run.name) || !knowsEnd(of: run.name) { return true }
    return knowsEnd(of: run.name) ? false : nil
  }

  /// The event that ended a run, where one did.
  func endEvent(of run: StreamRun) -> NameID? {
    run.otherSince.flatMap { continues(run.name, across: $0) ? nil : $0 }
  }
}
