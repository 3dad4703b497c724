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
  /// How often something came on its own, or a few messages, after less than a quarter of a second.
  package var loneArrivals: Int
  /// The longer silences before what is no burst.
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
  /// Segments that waited, and those that came as long after another but not upon its acknowledgement.
  package var count: Int
  package var others: Int
  /// How long they waited.
  package var waits: GapDigest
  /// The longest time from an acknowledgement to the segment that waited for it.
  package var longestReaction: Interval
}
