import Packets

/// What became of a segment.
package struct Arrival: Equatable, Sendable {
  /// The connection's slot; -1 where the segment belongs to none.
  package var slot: Int32
  /// Which way the segment went.
  package var direction: Direction
  /// What there is to do about it.
  package var kind: Kind
  /// New in-order payload as a range of the packet's bytes, possibly empty; always empty unless `kind` is `plain`.
  package var payload: Range<Int>

  /// What a caller has to do about a segment.
  package enum Kind: UInt8, Equatable, Sendable {
    /// In-order data or a plain acknowledgement of an open connection: `payload` is all there is.
    case plain
    /// Ask the table for its events, among which is the segment's payload.
    case eventful
    /// A second copy of a packet (the same one on another interface): dropped and counted.
    case duplicate
    /// Neither port is followed.
    case notFollowed
  }

  /// Whether `payload` is all there is; otherwise `next()` has the events in their order.
  package var isPlain: Bool { kind == .plain }
}
