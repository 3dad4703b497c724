import Packets

/// Looks for small segments that wait for the acknowledgement of the one before.
///
/// Nagle's algorithm (RFC 9293 section 3.7.4) holds a small segment back while another is not acknowledged; a receiver
/// that delays its acknowledgements (section 3.8.6.3) lets it wait for some 40 ms on Linux, up to 200 ms elsewhere.
struct NagleMeter {
  /// The delays of acknowledgements in use: 40 ms on Linux (with what timers add and take), 200 ms on Windows.
  static let leastDelay = Interval.milliseconds(35)
  static let mostDelay = Interval.milliseconds(210)
  /// How soon after the acknowledgement the segment leaves; an application's clock doesn't hit this again and again.
  static let reaction = Interval.milliseconds(1)
  /// Longer segments than this are full ones, which don't wait.
  static let smallSegment = 1000

  private(set) var count = 0
  private(set) var waits = GapDigest()
  private(set) var longestReaction = Interval.zero
  private(set) var first: PacketReference?
  private(set) var last: PacketReference?

  /// Whether a segment's length and the time since the one before make it one to look at.
  @inline(__always)
  static func isCandidate(gap: Interval, length: Int) -> Bool {
    gap >= leastDelay && gap <= mostDelay && length < smallSegment
  }

  /// How a segment came that is one to look at.
  enum Verdict {
    /// Upon a slow acknowledgement of the one before.
    case waited(reaction: Interval)
    /// At a time of its own, or while the one before was not acknowledged yet.
    case free
  }

  /// Judges a segment that came `gap` after the one before, whose acknowledgement took `roundTrip`; `nil` where that was
  /// not slow.
  @inline(__always)
  static func verdict(gap: Interval, roundTrip: Interval) -> Verdict? {
    guard roundTrip >= leastDelay else { return nil }
    let reaction = gap - roundTrip
    return reaction >= .zero && reaction <= Self.reaction ? .waited(reaction: reaction) : .free
  }

  /// Takes a segment that waited for an acknowledgement of `roundTrip`.
  mutating func add(reaction: Interval, roundTrip: Interval, at reference: PacketReference) {
    count &+= 1
    waits.add(roundTrip)
    longestReaction = max(longestReaction, reaction)
    first = first ?? reference
    last = reference
  }
}
