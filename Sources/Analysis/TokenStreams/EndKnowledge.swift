import SocketIO

/// What a capture has taught about how its streams end.
struct EndKnowledge {
  /// Pairs of names that are remembered; a capture with more has no streams to speak of.
  static let mostPairs = 512

  private struct Pair: Hashable {
    var stream: NameID
    var other: NameID
  }

  private var endings: Set<Pair> = []
  private var continuations: Set<Pair> = []
  /// Pairs of which single messages of the other come between those of the stream: two tales that are told at once.
  private var mixtures: Set<Pair> = []
  /// Names whose messages came singly, and far more slowly, among those of a stream.
  private var asides: Set<NameID> = []
  /// Names of which there were streams: their messages are no signs of an end.
  private var streams: Set<NameID> = []
  /// The endings that a user has named, which no capture refutes.
  private var named: Set<Pair> = []
  private var endsByAck: Set<NameID> = []
  /// Streams of which another prompt followed without any sign of an end.
  private var endsSilently: Set<NameID> = []
  /// The streams that look as if nobody asked for them.
  private var unaskedLooks: Set<NameID> = []
  /// Clients' events that stopped an answer.
  private var stops: Set<NameID> = []
  /// Which streams a client's event has brought, and how often.
  private var answers: [NameID: [NameID: Int]] = [:]
  /// The streams that one event brings of which as many are remembered.
  private static let mostAnswers = 16

  /// Learns from a run that another run of the same name followed.
  mutating func learn(from run: StreamRun) {
    learnAnswer(run)
    if let stop = run.stop, stops.count < EndKnowledge.mostPairs { stops.insert(stop.name) }
    guard run.isStream, run.stop == nil, endings.count < EndKnowledge.mostPairs else { return }
    if streams.insert(run.name).inserted { findUnasked() }
    if run.otherSince != nil || run.firstSince != nil {
      for end in [run.otherSince, run.firstSince] { if let end { learn(run.name, endsWith: end) } }
    } else if run.ackSince != nil {
      endsByAck.insert(run.name)
    } else if run.triggerSince != nil {
      endsSilently.insert(run.name)
    }
  }

  private mutating func learn(_ stream: NameID, endsWith end: NameID) {
    if endings.insert(Pair(stream: stream, other: end)).inserted { findUnasked() }
  }

  /// Learns which stream a run's trigger brings.
  mutating func learnAnswer(_ run: StreamRun) {
    guard run.isStream, let trigger = run.trigger, answers.count < EndKnowledge.mostPairs else { return }
    guard answers[trigger.name, default: [:]].count < EndKnowledge.mostAnswers, !isNamed(run.name) else { return }
    answers[trigger.name, default: [:]][run.name, default: 0] += 1
  }

  /// The stream that a client's event brings elsewhere in the capture, where one was seen.
  func answer(to trigger: NameID) -> NameID? {
    if stops.contains(trigger) { return nil }
    // The one that most often came with it; of several, always the same.
    return answers[trigger]?.filter { !isUnasked($0.key) }
      .max { ($0.value, -$0.key.rawValue) < ($1.value, -$1.key.rawValue) }?.key
  }

  /// Names a stream's end event and the client's event that asks for it, as `--stream prompt:token:done` does.
  mutating func name(_ stream: NameID, endsWith end: NameID, begunBy begin: NameID?) {
    named.insert(Pair(stream: stream, other: end))
    if let begin { answers[begin] = [stream: .max] }
  }

  /// Whether a user has named a stream.
  func isNamed(_ stream: NameID) -> Bool { !named.isEmpty && named.contains { $0.stream == stream } }

  /// Learns that a stream goes on behind another event, which so is no end.
  mutating func learn(_ stream: NameID, continuesAcross other: NameID) {
    guard continuations.count < EndKnowledge.mostPairs else { return }
    if continuations.insert(Pair(stream: stream, other: other)).inserted { findUnasked() }
  }

  /// Learns that single messages of another name come between those of a stream; `isAside` says that they come far
  /// more slowly.
  mutating func learn(_ stream: NameID, isMixedWith other: NameID, isAside: Bool) {
    guard mixtures.count < EndKnowledge.mostPairs else { return }
    mixtures.insert(Pair(stream: stream, other: other))
    if isAside, asides.insert(other).inserted { findUnasked() }
  }

  /// Whether single messages of another name come between those of a stream: then it does not wait for them.
  func isMixed(_ stream: NameID, with other: NameID) -> Bool { mixtures.contains(Pair(stream: stream, other: other)) }

  /// Whether a stream is no answer: it goes on where other streams have ended, or is told among their messages.
  func isUnasked(_ stream: NameID) -> Bool {
    unaskedLooks.contains(stream) && !isNamed(stream) && !isUsualAnswer(stream)
  }

  /// The names of all streams that are no answers.
  var unasked: [NameID] { unaskedLooks.filter(isUnasked) }

  /// Whether nothing follows a client's event as often as this stream does.
  private func isUsualAnswer(_ stream: NameID) -> Bool {
    answers.contains { trigger, streams in
      guard let times = streams[stream], times > 1, !stops.contains(trigger) else { return false }
      return streams.values.allSatisfy { $0 <= times }
    }
  }

  private mutating func findUnasked() {
    unaskedLooks = Set(continuations.map(\.stream)).union(asides).filter { stream in
      if asides.contains(stream) { return true }
      return endings.contains { end in
        end.stream != stream && !streams.contains(end.other) && !continuations.contains(end)
          && continuations.contains(Pair(stream: stream, other: end.other))
      }
    }
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
    if let stop = run.stop, !continues(run.name, across: stop.name) { return true }
    if let other = endEvent(of: run) {
      if ends(run.name, with: other) { return run.others[other, default: 0] >= run.triggerCount }
      if !knowsEnd(of: run.name) { return true }
    }
    if run.ackSince != nil, !isNamed(run.name), endsByAck.contains(run.name) || !knowsEnd(of: run.name) { return true }
    return knowsEnd(of: run.name) ? false : nil
  }

  /// The event that ended a run, where one did: one that is known to end such runs, else one that may.
  func endEvent(of run: StreamRun) -> NameID? {
    let signs = [run.otherSince, run.firstSince].compactMap { $0 }
    return signs.first { ends(run.name, with: $0) } ?? signs.first { !continues(run.name, across: $0) }
  }

  /// Whether there were streams of a name in the capture.
  func isStream(_ name: NameID) -> Bool { streams.contains(name) }
}
