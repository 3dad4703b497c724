import Bytes
import Packets
import SocketIO

/// Follows the token streams of one session on one leg.
///
/// A stream is a run of one event name from the server, begun by a client's event (its trigger). It is over when the
/// name comes again after a sign of its end and a further trigger. Signs of an end are an event of another name, or the
/// ack of a trigger that has been answered since; an ack before the first message only says *received*. What ends a
/// stream is learned from the capture that way, see `EndKnowledge`.
struct StreamTracker {
  /// Triggers remembered at once; a client that sends more without an answer is not chatting.
  static let mostTriggers = 256
  /// Names followed at once, so that names made up by a peer take no memory.
  static let mostRuns = 64

  private(set) var runs: [StreamRun] = []
  private(set) var triggers: [StreamTrigger] = []
  /// The run that took the last message, and whether nothing that came since concerns another one.
  private var current = 0
  private var isQuiet = false

  /// Takes a client's event.
  mutating func sent(_ name: NameID, ackID: UInt64?, at reference: PacketReference, knowledge: EndKnowledge) {
    isQuiet = false
    if triggers.count >= StreamTracker.mostTriggers { triggers.removeFirst() }
    triggers.append(StreamTrigger(name: name, ackID: ackID, reference: reference))
    for index in runs.indices { note(name, at: reference, in: &runs[index], knowledge) }
  }

  /// How soon behind a message a client's event may have stopped the answer, and how long messages may come that were
  /// under way then.
  private static let stopDelay = Interval.seconds(1)

  private func note(
    _ name: NameID, at reference: PacketReference, in run: inout StreamRun, _ knowledge: EndKnowledge
  ) {
    let isPrompt = run.trigger?.name == name
    // What a client says while messages go on all the same, as receipts, asks for nothing.
    if !isPrompt, knowledge.continues(run.name, across: name) { return }
    let hasSign = knowledge.endEvent(of: run) != nil
    // Who stopped an answer and asks again waits for another one.
    if hasSign || run.ackSince != nil || (run.stop != nil && isPrompt) {
      run.isSuperseded = true
      return
    }
    if isPrompt {
      run.triggerCount += 1
    } else if run.trigger != nil, run.stop == nil, reference.time - run.last.time < StreamTracker.stopDelay {
      run.stop = StreamRun.Stop(name: name, at: reference)
    }
    run.triggerSince = run.triggerSince ?? reference
  }

  /// Takes the server's ack of a client's event; how long that took, where the event is known.
  @discardableResult
  mutating func acknowledged(_ ackID: UInt64, at reference: PacketReference) -> Interval? {
    guard let index = triggers.lastIndex(where: { $0.ackID == ackID && $0.acknowledged == nil }) else { return nil }
    triggers[index].acknowledged = reference
    let waited = reference.time - triggers[index].reference.time
    guard triggers[index].answered != nil else { return waited }
    for run in runs.indices where runs[run].ackSince == nil { runs[run].ackSince = reference }
    return waited
  }

  /// The run whose further messages change nothing but its own counts; `nil` where there is none.
  ///
  /// Every trigger is answered, nothing has come since its last message, and no other stream has to count them.
  var quietRun: StreamRun? { isQuiet && runs.indices.contains(current) && runs[current].isPlain ? runs[current] : nil }

  /// Whether several answers are under way at once whose messages may be told apart.
  var isInterleaved: Bool { runs.contains(where: \.isInterleaved) }

  /// Counts messages of the quiet run.
  mutating func extend(by quiet: QuietRun) {
    guard quiet.count > 0, runs.indices.contains(current) else { return }
    runs[current].extend(by: quiet)
  }

  /// Takes a server's event; answers the run that it showed to be over, and the pause that it ended.
  ///
  /// Gaps shorter than `pauseFloor` are never called a pause. `marks` are what tells the answers of an interleaved run apart.
  mutating func received(
    _ name: NameID, _ marks: AnswerMarks = AnswerMarks(), at reference: PacketReference,
    knowledge: inout EndKnowledge, pauseFloor: Interval
  ) -> (over: StreamRun?, pause: StreamPause?) {
    answerTriggers(with: name, at: reference, knowledge: knowledge)
    let ended = marks.count > 0 ? endAnswer(marks, by: name, knowledge) : nil
    defer { if runs.count > 1 { markOthers(than: name, knowledge) } }
    guard let index = runs.firstIndex(where: { $0.name == name }) else {
      if runs.count >= StreamTracker.mostRuns { runs.removeFirst() }
      runs.append(begin(name, at: reference, knowledge))
      settle(runs.count - 1)
      return (nil, ended)
    }
    settle(index)
    let gap = reference.time - runs[index].last.time
    if let stop = runs[index].stop, reference.time - stop.at.time > StreamTracker.stopDelay, !runs[index].isSuperseded {
      knowledge.learn(name, continuesAcross: stop.name)
      runs[index].stop = nil
    }
    if isOver(runs[index], after: gap > pauseFloor, knowledge: knowledge) {
      let over = runs[index]
      knowledge.learn(from: over)
      runs[index] = begin(name, at: reference, knowledge)
      return (over, ended)
    }
    if runs[index].triggerSince == nil {
      for case let other? in [runs[index].otherSince, runs[index].firstSince]
      where runs[index].others[other, default: 0] >= runs[index].triggerCount {
        knowledge.learn(name, continuesAcross: other)
      }
    }
    var pause: StreamPause?
    if gap > pauseFloor, runs[index].isStream, let median = runs[index].gaps.percentile(0.5) {
      // Of one answer, one stream may wait for another: thoughts and text take turns.
      let from = latestOfAnswer(runs[index], knowledge)
      if reference.time - from.time > pauseFloor, !isAnswerOver(of: runs[index], knowledge) {
        pause = StreamPause(run: runs[index], from: from, until: reference, median: median)
      }
    }
    if let other = runs[index].latestOther, runs[index].inARow <= 2, runs[index].triggerSince == nil {
      knowledge.learn(name, isMixedWith: other, isAside: isAside(other, in: runs[index]))
    }
    let before = runs[index].last
    runs[index].extend(to: reference)
    runs[index].take(marks, at: reference, before: before, pauseFloor: pauseFloor)
    return (nil, ended ?? pause)
  }

  /// Lets further messages of a run take the short way: every trigger is answered, and no other
  /// stream has to count them.
  private mutating func settle(_ index: Int) {
    current = index
    let isAnswered = triggers.last?.answered != nil || triggers.isEmpty
    isQuiet = isAnswered && !runs.indices.contains { $0 != index && runs[$0].isStream }
  }

  /// A run that begins: it answers the last trigger, and those of the same name that waited with it.
  private func begin(_ name: NameID, at reference: PacketReference, _ knowledge: EndKnowledge) -> StreamRun {
    var run = StreamRun(name: name, trigger: triggers.last, at: reference)
    run.isNamed = knowledge.isNamed(name)
    let waiting = triggers.reversed().prefix { $0.answered == reference && $0.name == run.trigger?.name }
    run.triggerCount = max(1, waiting.count)
    run.isFurther = runs.contains { other in
      other.isStream && other.name != name && other.trigger != nil
        && other.trigger?.reference == run.trigger?.reference
    }
    return run
  }

  /// Marks what a message answers: the triggers before it, but not those that are known to bring another stream.
  private mutating func answerTriggers(with name: NameID, at reference: PacketReference, knowledge: EndKnowledge) {
    for index in triggers.indices.reversed() {
      if triggers[index].answered != nil { return }
      if let expected = knowledge.answer(to: triggers[index].name), expected != name { continue }
      triggers[index].answered = reference
    }
  }

  /// Takes an event that ends one of several answers; the longest pause of that.
  private mutating func endAnswer(_ marks: AnswerMarks, by name: NameID, _ knowledge: EndKnowledge) -> StreamPause? {
    for index in runs.indices where knowledge.ends(runs[index].name, with: name) {
      if let pause = runs[index].endAnswer(marks) { return pause }
    }
    return nil
  }

  private mutating func markOthers(than name: NameID, _ knowledge: EndKnowledge) {
    for index in runs.indices where runs[index].name != name && (runs[index].otherSince != name || runs[index].isStream)
    {
      runs[index].others[name, default: 0] += 1
      runs[index].inARow = runs[index].latestOther == name ? runs[index].inARow + 1 : 1
      runs[index].latestOther = name
      if isFirstSign(name, of: runs[index], knowledge) { runs[index].firstSince = name }
      if isBetterSign(name, than: runs[index].otherSince, of: runs[index], knowledge) { runs[index].otherSince = name }
    }
  }

  private func isFirstSign(_ name: NameID, of run: StreamRun, _ knowledge: EndKnowledge) -> Bool {
    run.firstSince == nil && run.triggerSince == nil && !run.isSuperseded && !hasStream(name)
      && !knowledge.isStream(name) && !knowledge.continues(run.name, across: name)
  }

  /// Whether an event tells the end of a run rather than the one that was taken for that so far.
  private func isBetterSign(
    _ name: NameID, than other: NameID?, of run: StreamRun, _ knowledge: EndKnowledge
  ) -> Bool {
    if run.isSuperseded || knowledge.continues(run.name, across: name) { return false }
    if knowledge.ends(run.name, with: name) { return true }
    // What comes behind a further prompt may belong to that one's answer.
    if run.triggerSince != nil { return false }
    guard let other, !knowledge.continues(run.name, across: other) else { return true }
    if knowledge.ends(run.name, with: other) { return false }
    // An end comes once, and a stream of its own often.
    return !hasStream(name) || hasStream(other)
  }

  private func hasStream(_ name: NameID) -> Bool { runs.contains { $0.name == name && $0.isStream } }

  private func isOver(_ run: StreamRun, after isPause: Bool, knowledge: EndKnowledge) -> Bool {
    if run.isSuperseded { return true }
    // What nobody asked for here, as where prompts go another way, ends with an event of another name and a silence.
    let end = knowledge.endEvent(of: run)
    if isPause, run.trigger == nil, let end, !hasStream(end) { return true }
    if let other = end, knowledge.ends(run.name, with: other) {
      return run.others[other, default: 0] >= run.triggerCount
    }
    guard let trigger = run.triggerSince, !knowledge.knowsEnd(of: run.name) else { return false }
    // Another prompt after a silence, and nothing known about how such answers end: the silence was the user's.
    if isPause || trigger.time - run.last.time > .seconds(1) { return true }
    // What followed the prompt was another stream: this event comes once with each answer, as its end does.
    return runs.contains { $0.name != run.name && $0.first.time > trigger.time }
  }
}

extension StreamTracker: Parceled {
  static var blank: StreamTracker { StreamTracker() }

  mutating func code(_ parcel: Parcel) {
    parcel.code(&runs)
    parcel.code(&triggers)
    parcel.code(&current)
    parcel.code(&isQuiet)
  }
}
