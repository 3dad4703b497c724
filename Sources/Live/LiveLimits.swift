import Packets

/// How much a capture without an end keeps, and how often it looks at itself.
package struct LiveLimits: Sendable {
  /// Closed connections, sessions and streams that the summary lists: the newest 10,000 of each, some 20 MB.
  package var summaries = 10_000
  /// How often the rules conclude: four times a second is as often as a person reads.
  package var tick = Interval.milliseconds(250)
  /// How many times longer than its conclusion a tick is at least, so that conclusions cost 10 % of a core at most.
  package var tickShare = 10
  /// How far the clock stays behind the machine's: packets wait in the kernel's ring for 100 ms until a block is handed
  /// over, and what is to be concluded from silence must not overtake them.
  package var clockLag = Interval.milliseconds(250)
  /// Silence after which a connection that both sides have ended is told: a last FIN that was lost comes again after
  /// 0.2, 0.6 and 1.4 s.
  package var connectionSilence = Interval.seconds(3)
  /// Silence after which a session without an open connection is concluded: longer than a client waits between attempts.
  package var sessionSilence = Interval.seconds(30)
  /// The same for a session to which a side has said goodbye: late requests of it come at once.
  package var goodbyeSilence = Interval.seconds(5)

  /// Conclusions are never farther apart than this, whatever they cost.
  static let longestTick = Interval.seconds(5)

  package init() {}
}
