import Packets

/// A packet or message at the moment at which one capture saw it.
struct PacketSighting: Sendable {
  var time: Timestamp
  var route: Route
  /// Which of a route's two directions it took.
  var isFromLow: Bool
  /// Whether the same was seen again later, so that nobody knows which of them another capture saw.
  var isAmbiguous = false
}

/// A way between two points of capture, on which both directions can be compared.
enum Route: Hashable, Sendable {
  /// Packets between two hosts.
  case hosts(IPAddress, IPAddress)
  /// Messages of a WebSocket, by a hash of its `Sec-WebSocket-Key`: proxies pass them on, packets they do not.
  case upgrade(UInt64)
}

/// Sightings of one capture, thinned out so that memory is bounded.
///
/// What is kept depends on the fingerprints alone: of a packet that two captures saw, both keep it or neither does, unless
/// one of them had to be thinned out more.
struct SightingSample: Sendable {
  /// 2¹⁵: far more than a line through them needs, in some 3 MB.
  static let capacity = 32_768
  /// Bridges, and cards with several queues, show copies of a packet within this time.
  static let copyInterval = Interval.milliseconds(5)

  private(set) var sightings: [UInt64: PacketSighting] = [:]
  private var mask: UInt64 = 0

  /// Notes a sighting, the first of several copies.
  mutating func add(_ fingerprint: UInt64, _ sighting: PacketSighting) {
    guard fingerprint >> 40 & mask == 0 else { return }
    if let earlier = sightings[fingerprint] {
      if sighting.time - earlier.time > SightingSample.copyInterval { sightings[fingerprint]?.isAmbiguous = true }
      return
    }
    sightings[fingerprint] = sighting
    while sightings.count > SightingSample.capacity, mask < 1 << 23 {
      mask = mask << 1 | 1
      sightings = sightings.filter { $0.key >> 40 & mask == 0 }
    }
    if sightings.count > SightingSample.capacity { sightings[fingerprint] = nil }
  }
}
