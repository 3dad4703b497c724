import Packets
import Streams

/// Copies of the same sequence numbers whose bytes differ.
package struct ConflictRecord: Sendable {
  /// Pairs of packets listed as evidence.
  static let mostPairs = 32

  package private(set) var count = 0
  package private(set) var bytes = 0
  /// The packets with the copy that stays and the one that differs.
  package private(set) var pairs: [(kept: PacketReference, other: PacketReference)] = []

  package init() {}

  mutating func add(_ conflict: Conflict, at reference: PacketReference) {
    count += 1
    bytes &+= conflict.length
    if pairs.count < ConflictRecord.mostPairs { pairs.append((conflict.first, reference)) }
  }
}
