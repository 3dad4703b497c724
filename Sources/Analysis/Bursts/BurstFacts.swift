import Packets

/// The bursts in which a server's messages came, on the one leg that was captured.
package struct BurstFacts: Sendable {
  package var sid: String?
  package var connection: Int
  package var client: Endpoint
  package var server: Endpoint
  package var last: PacketReference
  package var messages: Int
  /// The time over which they came, long silences shortened.
  package var activeTime: Interval
  package var bursts: [MessageBurst]
  package var burstCount: Int
  /// Gaps before the messages that came on their own.
  package var loneGaps: GapDigest
  /// Whether retransmissions or closed windows explain silences.
  package var isNetworkTroubled: Bool
}

/// Small segments that left just when the one before was acknowledged, late: Nagle's algorithm and a delayed
/// acknowledgement in each other's way.
package struct DelayedSends: Sendable {
  package var sid: String?
  package var connection: Int
  package var client: Endpoint
  package var server: Endpoint
  package var first: PacketReference
  package var last: PacketReference
  /// Segments that waited, of all that were sent within the same time after another.
  package var count: Int
  package var candidates: Int
  /// How long they waited.
  package var waits: GapDigest
  /// The longest time from an acknowledgement to the segment that waited for it.
  package var longestReaction: Interval
}
