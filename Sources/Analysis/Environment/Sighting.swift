import Packets

/// What a peer said about itself, and where that was seen first.
package struct Sighting: Sendable, Equatable {
  package var value: String
  package var at: PacketReference
  package var connection: Int
  /// Where the connection stands on the way; known once it has ended.
  package var leg = Leg.only
}

/// The different values of one kind, in the order in which they were seen.
package struct Sightings: Sendable, Equatable {
  /// Values kept: a capture of a busy proxy has thousands of browsers, and a report names a few.
  static let most = 32
  /// Bytes kept of a value; a peer may send any length.
  static let longest = 256

  package private(set) var all: [Sighting] = []
  /// Values that were not kept, each as often as it was seen.
  package private(set) var leftOut = 0

  package init() {}

  /// Takes a value; only the first time counts.
  mutating func note(_ value: String, at reference: PacketReference, connection: Int) {
    guard !value.isEmpty else { return }
    let value = value.utf8.count > Self.longest ? String(value.prefix(Self.longest)) : value
    guard !all.contains(where: { $0.value == value }) else { return }
    guard all.count < Self.most else {
      leftOut += 1
      return
    }
    all.append(Sighting(value: value, at: reference, connection: connection))
  }

  /// Takes the leg that a connection turned out to be.
  mutating func settle(connection: Int, leg: Leg) {
    guard leg != .only else { return }
    for index in all.indices where all[index].connection == connection { all[index].leg = leg }
  }
}
