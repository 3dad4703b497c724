import Packets

/// Something that a segment shows about the network or its ends.
///
/// The definitions are those of Wireshark's tcp.analysis, except that a capture's copies of a packet have been dropped and
/// bytes that were seen before are never called out of order.
package enum HealthEvent: Equatable, Sendable {
  /// Bytes (or a SYN or FIN) were sent again.
  case retransmission(Retransmission)
  /// A segment came after later ones, too soon for a retransmission.
  case outOfOrder
  /// The same acknowledgement again, the `count`th time, while the other side's data is missing or in flight.
  case duplicateAcknowledgement(count: Int)
  /// The sender of the packet closed its receive window.
  case zeroWindowOpened
  /// The sender of the packet opened its window again, after this time.
  case zeroWindowClosed(Interval)
  /// The segment fills the receiver's window to its last byte.
  case windowFull
  /// A probe one byte before the next: is the other side still there? (RFC 9293 section 3.8.4)
  case keepAlive
  /// The answer to a keep-alive.
  case keepAliveAnswered
  /// One byte sent into a closed window.
  case zeroWindowProbe
  /// A measured round trip of the other side's data, more than three times the usual one and over 100 ms.
  ///
  /// What is usual is the smoothed one before; in a row of such round trips, the one before the row.
  case roundTripOutlier(Interval, usual: Interval)
  /// A reset, SYN or acknowledgement outside what the receiver can believe, ignored (RFC 5961).
  case ignored(Stray)

  /// Which kind of segment was ignored.
  package enum Stray: Equatable, Sendable {
    case reset, syn, acknowledgement, data
  }
}

/// Bytes that were sent again.
package struct Retransmission: Equatable, Sendable {
  package var kind: Kind
  /// The first sequence number that was sent again.
  package var sequence: SequenceNumber
  /// How many sequence numbers the segment takes.
  package var length: Int
  /// When they were sent before, where that is known.
  package var original: Timestamp?

  /// What made the sender repeat itself.
  package enum Kind: Equatable, Sendable {
    /// A silence of 200 ms or more, Linux's least retransmission timeout.
    case timeout
    /// Two or more duplicate acknowledgements, the last within 20 ms (RFC 5681 section 3.2).
    case fast
    /// The receiver had acknowledged the bytes.
    case spurious
    /// Anything else: a tail-loss probe, or the rest of a recovery.
    case other
  }
}
