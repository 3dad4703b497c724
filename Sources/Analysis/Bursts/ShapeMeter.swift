import Packets

/// Messages that came together after a silence.
package struct MessageBurst: Sendable {
  /// The packet that made it one.
  package var at: PacketReference
  /// The time without any bytes before it.
  package var silence: Interval
  package var messages: Int
  package var bytes: Int
}

/// Looks at one leg for the shape that a buffer on the way gives to a server's messages: silence, then many at once.
///
/// It comes into being with the first burst, or the first segment that waited: most WebSockets have none.
final class ShapeMeter {
  /// Bursts kept one by one.
  static let mostBursts = 256
  /// Silences beyond this belong to the user, who reads: they say nothing about the messages' rhythm.
  static let longestRhythm = Interval.seconds(5)

  /// Where it began to look, and how many messages had come before.
  let start: PacketReference
  let earlierMessages: Int
  private(set) var bursts: [MessageBurst] = []
  /// All bursts, the ones beyond the limit included.
  private(set) var burstCount = 0
  /// What of the silences is too long to be rhythm.
  private(set) var idleTime = Interval.zero
  /// The silences of at least a quarter of a second before what is no burst.
  private(set) var loneGaps = GapDigest()
  /// The packet that made what comes now a burst.
  private var burstAt: PacketReference?
  var nagle = NagleMeter()

  init(start: PacketReference, earlierMessages: Int) {
    self.start = start
    self.earlierMessages = earlierMessages
  }

  /// Takes note that what comes now is a burst.
  func noteBurst(at reference: PacketReference) {
    if burstAt == nil { burstAt = reference }
  }

  /// Takes the end of what came after a silence that is long enough to be looked at.
  func end(_ rhythm: Rhythm) {
    if rhythm.silence > Self.longestRhythm { idleTime = idleTime + (rhythm.silence - Self.longestRhythm) }
    guard rhythm.isBurst, let at = burstAt else { return loneGaps.add(rhythm.silence) }
    burstAt = nil
    burstCount &+= 1
    guard bursts.count < Self.mostBursts else { return }
    bursts.append(
      MessageBurst(at: at, silence: rhythm.silence, messages: Int(rhythm.messages), bytes: Int(rhythm.bytes)))
  }
}

extension WebSocketChannel {
  /// Takes the bytes of a packet of the server, and how many messages ended in them.
  @inline(__always)
  func noteArrival(at reference: PacketReference, length: Int, messages: UInt32) {
    let gap = rhythm.gap(at: reference.time)
    if gap <= Rhythm.together {
      rhythm.goOn(at: reference.time, length: length, messages: messages)
    } else {
      if rhythm.silence >= Rhythm.leastSilence { shape?.end(rhythm) }
      rhythm.begin(at: reference.time, after: gap, length: length, messages: messages)
    }
    if rhythm.silence >= Rhythm.leastSilence, rhythm.isBurst {
      shapeMeter(at: reference).noteBurst(at: reference)
    }
  }

  /// The meter of what is rare about the shape.
  @inline(never)
  func shapeMeter(at reference: PacketReference) -> ShapeMeter {
    if let shape { return shape }
    let earlier = messageCount(.serverToClient) - Int(rhythm.messages)
    let made = ShapeMeter(start: reference, earlierMessages: max(0, earlier))
    shape = made
    return made
  }
}
