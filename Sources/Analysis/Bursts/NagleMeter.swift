import Packets
import Streams

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
  private(set) var candidates = 0
  private(set) var waits = GapDigest()
  private(set) var longestReaction = Interval.zero
  private(set) var first: PacketReference?
  private(set) var last: PacketReference?
  private var previous: Timestamp?

  /// Takes a data segment of the server; answers whether its gap makes it one to look at.
  @inline(__always)
  mutating func isCandidate(at reference: PacketReference, length: Int) -> Interval? {
    defer { previous = reference.time }
    guard let previous, length < Self.smallSegment else { return nil }
    let gap = reference.time - previous
    return gap >= Self.leastDelay && gap <= Self.mostDelay ? gap : nil
  }

  /// Judges a segment that came `gap` after the one before, whose acknowledgement took `roundTrip`.
  mutating func judge(_ gap: Interval, roundTrip: Interval?, at reference: PacketReference) {
    candidates &+= 1
    guard let roundTrip, roundTrip >= Self.leastDelay else { return }
    let reaction = gap - roundTrip
    guard reaction >= .zero, reaction <= Self.reaction else { return }
    count &+= 1
    waits.add(roundTrip)
    longestReaction = max(longestReaction, reaction)
    first = first ?? reference
    last = reference
  }
}
