import Packets

/// What a connection table may keep, and for how long by the capture's clock.
///
/// Reaching one is told as ``StreamEvent/limitReached(_:slot:)`` or counted in the connection.
package struct StreamLimits: Sendable {
  /// Connections held at once: 4 million, about 1 GB.
  ///
  /// The longest silent of a few makes room for a new one.
  package var connections = 4_194_304
  /// Out-of-order bytes held in one direction: 4 MiB, Linux's tcp_rmem[1..2] range, is what a real receiver may hold.
  package var bufferedBytes = 4 << 20
  /// Out-of-order segments held in one direction: 4096, which is 4 MiB at the usual 1 kB.
  package var bufferedSegments = 4096
  /// Out-of-order bytes held in all connections together: 256 MiB.
  ///
  /// Beyond it the oldest hole is given up.
  package var totalBufferedBytes = 256 << 20
  /// Segments of a connection after the acknowledgement that covers a hole before it counts as lost: 128.
  ///
  /// A capture may have an acknowledgement before its data; reordering by several queues is seen up to some 50 packets.
  package var holeSegments = 128
  /// Time after the acknowledgement that covers a hole before it counts as lost: 1 s, far above any queue's delay.
  package var holeInterval = Interval.milliseconds(1_000)
  /// Segments of a connection that begins without its SYN before no earlier ones are waited for: 64.
  package var settlingSegments = 64
  /// Bytes that are held meanwhile, in both directions together: 256 kB, 64 segments of 4 kB.
  package var settlingBytes = 256 << 10
  /// The same for a capture that has no packet of the receiver, and so no acknowledgement: 3 s, two retransmissions.
  package var unseenReceiverInterval = Interval.milliseconds(3_000)
  /// How long a closed connection is remembered: 60 s, Linux's TIME-WAIT; late packets belong to it.
  package var lingerInterval = Interval.milliseconds(60_000)
  /// Silence after which an open connection is given up: 24 h, above any keep-alive in use (2 h by default).
  package var idleInterval = Interval.milliseconds(86_400_000)
  /// Silence after which an unanswered handshake is given up: 300 s; Linux's last SYN goes unanswered after 127 s.
  package var handshakeInterval = Interval.milliseconds(300_000)
  /// Time within which two equal packets are copies of one: 1 ms (a veth pair and its bridge take microseconds).
  package var copyInterval = Interval.milliseconds(1)
  /// The same where interface, VLAN tag or time to live show that a hop lies between: 20 ms.
  package var hopCopyInterval = Interval.milliseconds(20)

  package init() {}

  /// The limits that forget something when they are reached.
  package enum Name: String, Sendable, CaseIterable {
    case connections, bufferedBytes, bufferedSegments, totalBufferedBytes
  }

  /// The value of a limit, for a report.
  package func value(of name: Name) -> Int {
    switch name {
    case .connections: connections
    case .bufferedBytes: bufferedBytes
    case .bufferedSegments: bufferedSegments
    case .totalBufferedBytes: totalBufferedBytes
    }
  }
}
