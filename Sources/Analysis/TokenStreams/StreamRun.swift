import Bytes
import Packets
import SocketIO

/// A client's event that may bring an answer.
struct StreamTrigger: BitwiseCopyable {
  var name: NameID
  var ackID: UInt64?
  var reference: PacketReference
  var acknowledged: PacketReference?
  /// The first message of a stream that came after it.
  var answered: PacketReference?
}

/// A run of one event name from the server, under way or over.
struct StreamRun {
  /// Events a run needs before it is called a stream: fewer have no rhythm.
  static let fewestMessages = 5

  var name: NameID
  var trigger: StreamTrigger?
  /// How many triggers it answers: more than one where prompts were sent while answers were coming.
  var triggerCount = 1
  var first: PacketReference
  var last: PacketReference
  var messages = 1
  var gaps = GapDigest()
  /// Events of other names since its begin.
  var others: [NameID: Int] = [:]
  /// The latest event of another name behind the last message and before a further trigger: a sign of the end.
  var otherSince: NameID?
  /// The first one of them: what comes later may be a title, or a notice that has nothing to do with it.
  var firstSince: NameID?
  /// The latest event of any other name behind the last message, and how many of it have come in a row.
  var latestOther: NameID?
  var inARow = 0
  /// The first ack behind the last message that says more than *received*.
  var ackSince: PacketReference?
  /// The first trigger behind the last message.
  var triggerSince: PacketReference?
  /// Whether its trigger had brought another stream already: it is not what was waited for.
  var isFurther = false
  /// A client's event that is no prompt and came while the messages were coming: it may have asked for no more of them.
  var stop: Stop?
  /// Whether a trigger came behind a sign of the end: the next message belongs to another run.
  var isSuperseded = false

  /// The answers that it mixes, once several are under way.
  var answers: AnswerLanes?
  /// Of which of them it is the part; `nil` where it is the whole.
  var answerID: UInt64?

  /// Whether a user has named it: two messages have a rhythm then.
  var isNamed = false

  var isStream: Bool { messages >= (isNamed ? 2 : StreamRun.fewestMessages) }

  init(name: NameID, trigger: StreamTrigger?, at reference: PacketReference) {
    self.name = name
    self.trigger = trigger
    first = reference
    last = reference
  }

  /// The time from one message to the next on average.
  var meanGap: Interval { Interval(nanoseconds: (last.time - first.time).nanoseconds / Int64(max(1, messages - 1))) }

  /// A client's event that may have stopped an answer.
  struct Stop: BitwiseCopyable {
    var name: NameID
    var at: PacketReference
  }

  /// Whether nothing has come since its last message that would bear on the next.
  var isPlain: Bool {
    otherSince == nil && firstSince == nil && ackSince == nil && triggerSince == nil && stop == nil && !isSuperseded
      && !isInterleaved
  }

  /// Takes messages that came while it was plain.
  mutating func extend(by quiet: QuietRun) {
    gaps.add(quiet.gaps)
    messages += Int(quiet.count)
    last = quiet.last
  }

  /// Takes the next message of the name.
  mutating func extend(to reference: PacketReference) {
    gaps.add(reference.time - last.time)
    messages += 1
    last = reference
    otherSince = nil
    firstSince = nil
    latestOther = nil
    ackSince = nil
    triggerSince = nil
  }
}

extension StreamRun: Parceled {
  static var blank: StreamRun { StreamRun(name: .other, trigger: nil, at: .none) }

  mutating func code(_ parcel: Parcel) {
    parcel.code(&name)
    parcel.code(&trigger)
    parcel.code(&triggerCount)
    parcel.code(&first)
    parcel.code(&last)
    parcel.code(&messages)
    gaps.code(parcel)
    var (names, counts) = (Array(others.keys), Array(others.values))
    parcel.code(&names)
    parcel.code(&counts)
    others = Dictionary(uniqueKeysWithValues: zip(names, counts))
    parcel.code(&otherSince)
    parcel.code(&firstSince)
    parcel.code(&ackSince)
    parcel.code(&triggerSince)
    parcel.code(&stop)
    parcel.code(&isFurther)
    parcel.code(&latestOther)
    parcel.code(&inARow)
    parcel.code(&isSuperseded)
    parcel.keep(&answers)
    parcel.code(&answerID)
    parcel.code(&isNamed)
  }
}

/// A pause within a run.
struct StreamPause {
  var run: StreamRun
  var from: PacketReference
  /// The message that ended it; `nil` where none came.
  var until: PacketReference?
  /// The run's own rhythm: the median gap before the pause.
  var median: Interval
  /// The last message of another answer of the same stream, where one went on meanwhile.
  var otherAnswer: PacketReference?
}
