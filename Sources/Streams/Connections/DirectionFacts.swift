import Packets

/// What is rare about one direction of a connection: kept apart, so that an ordinary connection does not pay for it.
package struct DirectionFacts: Equatable, Sendable {
  package internal(set) var counters = HealthCounters()
  /// Payload bytes that the capture does not have.
  package internal(set) var lostBytes: Int64 = 0
  /// Payload bytes beyond the snap length.
  package internal(set) var truncatedBytes: Int64 = 0
  /// The first SYN or SYN-ACK where it was not the connection's first packet.
  package internal(set) var syn: PacketReference?
  /// How often the SYN or SYN-ACK was sent again, and the last time.
  package internal(set) var repeatedSYNs: UInt32 = 0
  package internal(set) var lastSYN: PacketReference?
  package internal(set) var fin: PacketReference?
  package internal(set) var rst: PacketReference?
  /// Whether data on this side's SYN was taken by the other (RFC 7413); `nil` without such data or answer.
  package internal(set) var isFastOpenAccepted: Bool?
  /// Since when this side's window is closed.
  package internal(set) var zeroWindowSince: Timestamp?
  /// How often this side closed its window, and how long it was closed where it was opened again.
  package internal(set) var zeroWindowSpans: UInt32 = 0
  package internal(set) var zeroWindowTime = Interval.zero
  /// The FIN's sequence number.
  var finSequence = SequenceNumber(rawValue: 0)
  /// The reset's sequence number.
  var rstSequence = SequenceNumber(rawValue: 0)
  /// The sequence number of a SYN that was not believed.
  var straySYN: SequenceNumber?
  /// Where the other side's SYN-ACK says that this side begins, whose SYN was not seen.
  var announcedStart: SequenceNumber?
  /// The acknowledgement that shows a hole in this direction, and segments since.
  var coveringAck: PacketReference?
  var segmentsSinceCover = 0
  /// What that one acknowledges, and the newest one that shows a hole.
  var coveredEnd = SequenceNumber(rawValue: 0)
  var newestCover: Cover?
  /// Since when there is something out of order.
  var bufferedSince: Timestamp?
  var lastDuplicateAck: Timestamp?
  /// The path's habit before the row of long round trips that goes on.
  var usualRoundTrip: Interval?

  init() {}
}

/// An acknowledgement of bytes that the capture does not have (yet).
struct Cover: Equatable, Sendable {
  var reference: PacketReference
  /// What it acknowledges.
  var end: SequenceNumber
}

/// The rare part of a connection.
struct ConnectionDetail: Sendable {
  var facts = Directional(both: DirectionFacts())
  var stores = Directional(both: SegmentStore())
  /// What waits for the connection's beginning; `nil` where that is known, or no longer waited for.
  var settling: Settling?
  /// A second VLAN under which copies of the connection's packets were seen.
  var copyVLAN: VLANStack?

  init() {}

  /// Exchanges client and server.
  mutating func swapRoles() {
    swap(&facts.clientToServer, &facts.serverToClient)
    swap(&stores.clientToServer, &stores.serverToClient)
    if let lowest = settling?.lowest {
      settling?.lowest = Directional(clientToServer: lowest.serverToClient, serverToClient: lowest.clientToServer)
    }
  }
}
