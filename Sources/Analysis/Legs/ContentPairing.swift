import Bytes
import Packets

/// Pairs the two legs of a session that was joined in mid-stream: no key and no `sid` tells that they belong together,
/// but the same messages pass on both within moments.
struct ContentPairing {
  /// Messages remembered: those of the last moments of all unpaired connections.
  static let capacity = 1024
  /// Longer than any proxy holds a message that it passes on.
  static let window = Interval.seconds(5)
  /// Shorter messages (heartbeats, empty events) are the same on every session.
  static let shortest = 16

  /// A message seen on a connection without a twin.
  struct Sighting {
    var hash: UInt64
    /// The number of its session.
    var session: Int
    var client: Endpoint
    var server: Endpoint
    var at: Timestamp
  }

  private var ring: [Sighting] = []
  private var next = 0

  /// The sessions of what may be another leg, on which the same message was seen.
  func matches(_ hash: UInt64, client: Endpoint, server: Endpoint, at time: Timestamp) -> [Int] {
    ring.filter { seen in
      seen.hash == hash && time - seen.at < ContentPairing.window
        && (seen.server.address == client.address || server.address == seen.client.address
          || seen.client == client)
        && !(seen.client == client && seen.server == server)
    }.map(\.session)
  }

  mutating func remember(_ sighting: Sighting) {
    if ring.count < ContentPairing.capacity {
      ring.append(sighting)
    } else {
      ring[next] = sighting
      next = (next + 1) % ContentPairing.capacity
    }
  }

  /// A hash of a message's bytes (FNV-1a), with its direction.
  static func hash(_ bytes: RawSpan, _ direction: Direction) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 &+ UInt64(direction.rawValue)
    for index in 0..<bytes.byteCount { hash = (hash ^ UInt64(bytes.byte(at: index))) &* 0x100_0000_01b3 }
    return hash
  }
}
