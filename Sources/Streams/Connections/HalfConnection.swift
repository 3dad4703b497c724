import Packets

/// What one side of a connection sends, and how far the other has acknowledged it (RFC 9293 section 3.3.1).
///
/// 72 bytes without references: a million idle connections hold two million of these. What is rare stands in
/// ``DirectionFacts``.
package struct HalfConnection: BitwiseCopyable, Equatable, Sendable {
  /// The first sequence number seen: the SYN's, else the first segment's.
  package internal(set) var initial = SequenceNumber(rawValue: 0)
  /// The next sequence number in order: all before it was delivered or given up.
  package internal(set) var next = SequenceNumber(rawValue: 0)
  /// The end of the highest sequence number seen (SND.NXT), beyond `next` while something is missing.
  package internal(set) var highest = SequenceNumber(rawValue: 0)
  /// The highest acknowledgement seen from the other side (SND.UNA).
  package internal(set) var acknowledged = SequenceNumber(rawValue: 0)
  /// The end of the data whose round trip is being measured.
  var sampleEnd = SequenceNumber(rawValue: 0)
  /// The receive window that this side offers, in bytes, scaled where the scale is known.
  package internal(set) var window: UInt32 = 0
  /// Payload bytes in order so far, without lost and snapped-off ones.
  package internal(set) var payloadBytes: Int64 = 0
  /// Since when the oldest unacknowledged data waits; moved on by each acknowledgement of new data, as the
  /// retransmission timer is (RFC 6298 section 5.3).
  var waitingSince = Timestamp(nanoseconds: 0)
  /// When `highest` was sent.
  var highestAt = Timestamp(nanoseconds: 0)
  /// When the data up to `sampleEnd` was sent.
  var sampleAt = Timestamp(nanoseconds: 0)
  /// Round trips from data to its acknowledgement, as seen at the capture point.
  package internal(set) var roundTrip = RoundTrip()
  /// The shift of `window` (RFC 7323 section 2), or one of the values below.
  var windowShift = Self.unknownShift
  var status: Status = []
  /// Duplicate acknowledgements in a row of this side's data.
  var duplicateRun: UInt8 = 0

  /// No SYN told the shift.
  static let unknownShift: UInt8 = 255
  /// The SYN had no window scale option.
  static let absentShift: UInt8 = 254
  /// The largest shift (RFC 7323 section 2.3).
  static let maximumShift: UInt8 = 14

  /// Facts that fit in a bit.
  struct Status: OptionSet, Equatable, Sendable {
    var rawValue: UInt8
    /// A segment of this side was seen.
    static let isSeen = Status(rawValue: 1)
    /// The other side acknowledged something.
    static let isAcknowledged = Status(rawValue: 2)
    /// Its SYN was seen.
    static let hasSYN = Status(rawValue: 4)
    /// Only bare acknowledgements were seen, which may be keep-alives one byte before the next.
    static let isTentative = Status(rawValue: 8)
    /// A FIN was seen, perhaps not yet in order.
    static let hasFIN = Status(rawValue: 16)
    /// All payload and the FIN were delivered.
    static let isFinished = Status(rawValue: 32)
    /// A round trip is being measured.
    static let isSampling = Status(rawValue: 64)
    /// Its latest segment was a keep-alive.
    static let sentKeepAlive = Status(rawValue: 128)
  }

  /// Whether any segment of this side was captured.
  package var isSeen: Bool { status.contains(.isSeen) }
  /// Whether this side's SYN (or SYN-ACK) was captured.
  package var hasSYN: Bool { status.contains(.hasSYN) }
  /// Whether this side sent a FIN.
  package var hasFIN: Bool { status.contains(.hasFIN) }
  /// Whether all of this side's payload and its FIN are in order.
  package var isFinished: Bool { status.contains(.isFinished) }
  /// Whether the SYN told the window's scale, so that `window` is exact.
  package var isWindowScaleKnown: Bool { windowShift <= Self.maximumShift }

  /// Sequence numbers sent and not acknowledged.
  package var unacknowledgedBytes: Int {
    guard status.isSuperset(of: [.isSeen, .isAcknowledged]) else { return 0 }
    return max(0, acknowledged.distance(to: highest))
  }

  /// Since when acknowledgement is waited for; `nil` where all is acknowledged.
  package var unacknowledgedSince: Timestamp? { unacknowledgedBytes > 0 ? waitingSince : nil }

  /// Whether anything but the last `length` bytes in order is not acknowledged.
  @inline(__always)
  func awaitsAcknowledgement(before length: Int) -> Bool {
    status.contains(.isAcknowledged) && acknowledged.distance(to: next) > length
  }

  /// The window's bytes for a raw header field.
  @inline(__always)
  func scaled(_ raw: UInt16) -> UInt32 {
    windowShift <= Self.maximumShift ? UInt32(raw) << UInt32(windowShift) : UInt32(raw)
  }

  /// Whether nothing is special about this half, so that the next segment can take the short way.
  var isPlain: Bool {
    status.subtracting(.isSampling).subtracting(.hasSYN) == [.isSeen, .isAcknowledged] && next == highest
      && window > 0 && acknowledged.distance(to: next) >= 0
  }
}
