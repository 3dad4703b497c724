import Packets

/// Messages that came together after a silence.
package struct MessageBurst: Sendable {
  package var start: PacketReference
  /// The time without any message before it.
  package var silence: Interval
  package var messages: Int
  package var bytes: Int
}

/// Looks at one leg for the shape that a buffer on the way gives to a server's messages: silence, then many at once.
struct BurstMeter {
  /// Messages within this time of each other come together.
  static let together = Interval.milliseconds(1)
  /// A silence that people feel, and the fewest messages that make a burst.
  static let leastSilence = Interval.milliseconds(250)
  static let fewestMessages = 3
  /// Bursts kept one by one.
  static let mostBursts = 256
  /// Silences beyond this belong to the user, who reads: they say nothing about the messages' rhythm.
  static let longestRhythm = Interval.seconds(5)

  private(set) var bursts: [MessageBurst] = []
  /// All bursts, the ones beyond the limit included.
  private(set) var burstCount = 0
  /// Messages in all, and the time over which they came, long silences shortened.
  private(set) var messages = 0
  private(set) var activeTime = Interval.zero
  /// Messages, or few of them, that came on their own after a shorter silence than the bursts.
  private(set) var arrivals = 0
  /// How long before each arrival nothing came, for those that are no burst: they show that the way is open.
  private(set) var loneGaps = GapDigest()
  private var last: Timestamp?
  private var burst: MessageBurst?

  /// Takes one message, with its length in bytes.
  @inline(__always)
  mutating func arrived(at reference: PacketReference, bytes: Int) {
    messages &+= 1
    guard let last, burst != nil else { return begin(reference, .zero, bytes) }
    let gap = reference.time - last
    self.last = reference.time
    if gap <= Self.together {
      burst?.messages += 1
      burst?.bytes &+= bytes
    } else {
      end()
      activeTime = activeTime + min(gap, Self.longestRhythm)
      begin(reference, gap, bytes)
    }
  }

  private mutating func begin(_ reference: PacketReference, _ silence: Interval, _ bytes: Int) {
    last = reference.time
    burst = MessageBurst(start: reference, silence: silence, messages: 1, bytes: bytes)
  }

  private mutating func end() {
    guard let burst else { return }
    arrivals &+= 1
    guard burst.messages >= Self.fewestMessages, burst.silence >= Self.leastSilence else {
      loneGaps.add(burst.silence)
      return
    }
    burstCount &+= 1
    if bursts.count < Self.mostBursts { bursts.append(burst) }
  }

  /// Ends what is under way.
  mutating func finish() {
    end()
    burst = nil
  }
}
