import Packets

/// One of several answers that are under way at once.
struct AnswerLane {
  var id: UInt64
  var first: PacketReference
  var last: PacketReference
  var messages = 1
  var gaps = GapDigest()
  /// Whether the end event of the stream has borne its id since.
  var isEnded = false
  /// Its longest silence in which another answer went on.
  var silence: Silence?

  /// A time in which an answer stood still, with what the answer was before.
  struct Silence {
    var from: PacketReference
    var until: PacketReference
    /// The last message of another answer in it.
    var other: PacketReference
    var messages: Int
    var gaps: GapDigest

    var length: Interval { until.time - from.time }
  }

  init(id: UInt64, at reference: PacketReference) {
    self.id = id
    first = reference
    last = reference
  }

  mutating func extend(to reference: PacketReference) {
    gaps.add(reference.time - last.time)
    messages += 1
    last = reference
    isEnded = false
  }
}

/// The answers that a run of events mixes, told apart by an id in their messages.
///
/// Several prompts at once bring answers whose messages alternate: one may stand still while another goes on.
struct AnswerLanes {
  /// Answers followed at once.
  private static let most = 16
  /// Messages after which a run whose ids tell no answers apart is looked at no more.
  private static let patience = 64

  /// The answers as one member of their messages tells them apart.
  private struct Candidate {
    var key: UInt64
    var lanes: [AnswerLane] = []
    /// Whether it has more values than there are answers: then it is no answer's id.
    var isRefuted = false
  }

  private var candidates: [Candidate] = []
  private var messages = 0
  /// The latest time in which no answer went on.
  private var commonSilence: (from: Timestamp, until: Timestamp)?

  /// The answers, where an id tells them apart; else empty.
  var lanes: [AnswerLane] { telling.map { candidates[$0].lanes } ?? [] }

  /// Whether nothing will tell the answers apart.
  var isHopeless: Bool { messages >= AnswerLanes.patience && telling == nil }

  private var telling: Int? { candidates.firstIndex { $0.lanes.count > 1 } }

  /// Takes a message of one of so many answers; `before` is the message of any of them before it.
  mutating func take(
    _ marks: AnswerMarks, answers: Int, at reference: PacketReference, before: PacketReference, pauseFloor: Interval
  ) {
    messages += 1
    if reference.time - before.time > pauseFloor { commonSilence = (before.time, reference.time) }
    for index in 0..<marks.count {
      guard let place = place(of: marks[index].key), !candidates[place].isRefuted else { continue }
      guard let lane = candidates[place].lanes.firstIndex(where: { $0.id == marks[index].value }) else {
        begin(marks[index].value, in: place, atMost: min(answers, AnswerLanes.most), at: reference)
        continue
      }
      if reference.time - candidates[place].lanes[lane].last.time > pauseFloor,
        let silence = silence(of: candidates[place].lanes[lane], until: reference, other: before)
      {
        candidates[place].lanes[lane].silence = silence
      }
      candidates[place].lanes[lane].extend(to: reference)
    }
  }

  /// The silence of an answer in which another one went on; `nil` where there was none, or a longer one before.
  private func silence(
    of lane: AnswerLane, until end: PacketReference, other: PacketReference
  ) -> AnswerLane.Silence? {
    let silence = AnswerLane.Silence(
      from: lane.last, until: end, other: other, messages: lane.messages, gaps: lane.gaps)
    guard !lane.isEnded, other.time > lane.last.time, !isCommon(silence.length, lane.last.time),
      lane.silence.map({ $0.length < silence.length }) ?? true
    else { return nil }
    return silence
  }

  /// Takes the end event of the stream; the answer whose id it bears, unless that had ended before.
  mutating func end(_ marks: AnswerMarks) -> AnswerLane? {
    guard let telling else { return nil }
    for index in 0..<marks.count where marks[index].key == candidates[telling].key {
      let lane = candidates[telling].lanes.firstIndex { $0.id == marks[index].value && !$0.isEnded }
      guard let lane else { return nil }
      candidates[telling].lanes[lane].isEnded = true
      return candidates[telling].lanes[lane]
    }
    return nil
  }

  private mutating func begin(_ id: UInt64, in place: Int, atMost most: Int, at reference: PacketReference) {
    if candidates[place].lanes.count < most {
      candidates[place].lanes.append(AnswerLane(id: id, at: reference))
    } else {
      (candidates[place].lanes, candidates[place].isRefuted) = ([], true)
    }
  }

  /// Whether the silence of one answer is for the most part that of all.
  private func isCommon(_ silence: Interval, _ start: Timestamp) -> Bool {
    guard let common = commonSilence, common.until > start else { return false }
    return (common.until - max(common.from, start)).seconds > silence.seconds * 0.5
  }

  private mutating func place(of key: UInt64) -> Int? {
    if let known = candidates.firstIndex(where: { $0.key == key }) { return known }
    guard candidates.count < AnswerMarks.most else { return nil }
    candidates.append(Candidate(key: key))
    return candidates.count - 1
  }
}

extension StreamRun {
  /// Whether several answers are under way whose messages may be told apart.
  var isInterleaved: Bool { triggerCount > 1 && !(answers?.isHopeless ?? false) }

  /// Takes what a message says of its answer; `before` is the run's message before it.
  mutating func take(
    _ marks: AnswerMarks, at reference: PacketReference, before: PacketReference, pauseFloor: Interval
  ) {
    guard isInterleaved else { return }
    if answers == nil { answers = AnswerLanes() }
    answers?.take(marks, answers: triggerCount, at: reference, before: before, pauseFloor: pauseFloor)
  }

  /// Takes the stream's end event; the longest silence of the answer that it ends, in which another one went on.
  mutating func endAnswer(_ marks: AnswerMarks) -> StreamPause? {
    guard var lane = answers?.end(marks), let silence = lane.silence else { return nil }
    (lane.last, lane.messages, lane.gaps) = (silence.from, silence.messages, silence.gaps)
    return pause(of: lane, until: silence.until, other: silence.other)
  }

  /// The answers that stopped although others of the run came to their end.
  var stoppedAnswers: [StreamPause] {
    guard let lanes = answers?.lanes, lanes.count == triggerCount, lanes.contains(where: \.isEnded) else { return [] }
    return lanes.filter { !$0.isEnded }.compactMap { lane in
      pause(of: lane, until: nil, other: last.time > lane.last.time ? last : nil)
    }
  }

  /// The answer with an id.
  func answer(_ id: UInt64) -> StreamRun? { answers?.lanes.first { $0.id == id }.map { only($0) } }

  private func pause(of lane: AnswerLane, until: PacketReference?, other: PacketReference?) -> StreamPause? {
    guard lane.messages >= StreamRun.fewestMessages, let median = lane.gaps.percentile(0.5) else { return nil }
    return StreamPause(run: only(lane), from: lane.last, until: until, median: median, otherAnswer: other)
  }

  /// The run as far as it is one of its answers.
  private func only(_ lane: AnswerLane) -> StreamRun {
    var answer = self
    (answer.first, answer.last, answer.messages, answer.gaps) = (lane.first, lane.last, lane.messages, lane.gaps)
    answer.answerID = lane.id
    answer.answers = nil
    return answer
  }
}
