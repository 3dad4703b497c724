import Packets

/// Tells a capture's copies of one packet from packets that were really sent twice.
///
/// A capture on all interfaces, on a bridge and its ports, or of a span port has each packet two or three times within
/// microseconds, perhaps with another VLAN tag, interface or time to live. A retransmission is a new packet: it has another
/// IP identification, and comes a round trip later. Copies come so soon that a fixed memory of recent packets will do,
/// which costs a connection nothing.
struct CopyFilter: Sendable {
  /// A recent packet.
  struct Sighting {
    var fingerprint: UInt64
    var time: Timestamp
    /// Where it was seen: interface, VLAN, time to live.
    var point: UInt32
    /// Its connection.
    var slot: Int32
  }

  /// Four sightings to a set, the newest first.
  private var sightings: [Sighting]
  private let interval: Interval
  private let hopInterval: Interval

  /// 8192 packets: what 10 Gbit/s carries in a millisecond in packets of 150 bytes.
  private static let setCount = 2048
  /// Packets to a set.
  ///
  /// A set that is too small for a burst fails as a whole: the copy of the packet that it forgot drives
  /// out the next one whose copy is still to come. With two to a set that happens to some packets of each large burst.
  private static let ways = 4

  init(limits: StreamLimits) {
    let empty = Sighting(fingerprint: 0, time: Timestamp(nanoseconds: .min / 2), point: 0, slot: -1)
    sightings = [Sighting](repeating: empty, count: Self.setCount * Self.ways)
    interval = limits.copyInterval
    hopInterval = limits.hopCopyInterval
  }

  /// What identifies a packet wherever it is seen: all that a hop leaves as it is.
  @inline(__always)
  static func fingerprint(of segment: Segment, endpointHash: UInt64, isLowSource: Bool) -> UInt64 {
    let tcp = segment.tcp
    let numbers = UInt64(tcp.sequence.rawValue) << 32 | UInt64(tcp.acknowledgement.rawValue)
    let header =
      UInt64(tcp.flags.rawValue) << 48 | UInt64(tcp.window) << 32
      | UInt64(UInt32(truncatingIfNeeded: segment.payloadLength))
    var result = mix(endpointHash ^ (isLowSource ? 1 : 2), numbers ^ 0x9e37_79b9_7f4a_7c15)
    result = mix(result ^ header, UInt64(segment.ipIdentification) ^ 0xd1b5_4a32_d192_ed03)
    if let timestamp = tcp.options.timestamp {
      result = mix(result, UInt64(timestamp.value) << 32 | UInt64(timestamp.echo) | 1 << 63)
    }
    if let block = tcp.options.firstSACKBlock {
      result = mix(result, UInt64(block.left.rawValue) << 32 | UInt64(block.right.rawValue) ^ 0xa24b_aed4_963e_e407)
    }
    return result
  }

  /// Where a packet was seen.
  @inline(__always)
  static func point(of segment: Segment) -> UInt32 {
    let tags = UInt32(truncatingIfNeeded: segment.vlans.packed ^ segment.vlans.packed >> 32)
    let hop = UInt32(segment.timeToLive) << 24 | UInt32(segment.packetType.rawValue) << 16
    return hop ^ segment.interfaceIndex ^ tags &* 0x9e37_79b1
  }

  /// Remembers a packet.
  @inline(__always)
  mutating func insert(_ sighting: Sighting) {
    let index = Int(truncatingIfNeeded: sighting.fingerprint) & (Self.setCount - 1)
    let newest = index &* Self.ways
    sightings[newest &+ 3] = sightings[newest &+ 2]
    sightings[newest &+ 2] = sightings[newest &+ 1]
    sightings[newest &+ 1] = sightings[newest]
    sightings[newest] = sighting
  }

  /// The earlier sighting of which a segment is a copy; `nil` where it is a packet of its own.
  func original(of segment: Segment, _ candidate: Sighting) -> Sighting? {
    let index = Int(truncatingIfNeeded: candidate.fingerprint) & (Self.setCount - 1)
    // Without an IP identification (IPv6, or 0 as Linux has it with DF), equal timestamp options make two packets one;
    // without those, only another place of capture does.
    let isIdentified = segment.ipIdentification != 0
    let isComparable = isIdentified || segment.tcp.options.timestamp != nil
    for earlier in sightings[index * Self.ways..<(index + 1) * Self.ways]
    where earlier.fingerprint == candidate.fingerprint {
      let distance = (candidate.time - earlier.time).nanoseconds.magnitude
      let isElsewhere = earlier.point != candidate.point
      let limit = isElsewhere && isIdentified ? hopInterval : interval
      if isComparable || isElsewhere, distance <= limit.nanoseconds.magnitude { return earlier }
    }
    return nil
  }
}
