import Packets

/// Packets that one point of capture saw and the next one on their way did not.
package struct LossPlace: Sendable {
  /// The two hosts, the sender first.
  package var sender: IPAddress
  package var receiver: IPAddress
  /// The captures: one that saw the packets, and the next on their way.
  package var seenBy: Int
  package var missedBy: Int
  /// Segments that had to be sent again because they never came to the second point.
  package var between = 0
  /// Segments that were sent again although they had come to the second point.
  package var beyond = 0
  /// The first and the last repetition.
  package var first: PacketReference
  package var last: PacketReference
}

/// Where on their way packets were lost.
struct LossPlaces: Sendable {
  /// Hosts and points of capture that are told apart.
  static let most = 1024

  private struct Key: Hashable {
    var sender: IPAddress
    var receiver: IPAddress
    var seenBy: Int
    var missedBy: Int
  }

  private var places: [Key: LossPlace] = [:]

  /// Notes a repetition.
  mutating func note(_ segment: Segment, seenBy: Int, missedBy: Int, wasMissed: Bool) {
    let (sender, receiver) = (segment.source.address, segment.destination.address)
    let key = Key(sender: sender, receiver: receiver, seenBy: seenBy, missedBy: missedBy)
    guard places[key] != nil || places.count < LossPlaces.most else { return }
    let fresh = LossPlace(
      sender: sender, receiver: receiver, seenBy: seenBy, missedBy: missedBy, first: segment.reference,
      last: segment.reference)
    var place = places[key] ?? fresh
    if wasMissed { place.between += 1 } else { place.beyond += 1 }
    place.last = segment.reference
    places[key] = place
  }

  var list: [LossPlace] {
    places.values.sorted {
      ($0.first.time, $0.seenBy, $0.missedBy) < ($1.first.time, $1.seenBy, $1.missedBy)
    }
  }
}
