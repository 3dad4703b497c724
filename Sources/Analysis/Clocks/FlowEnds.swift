import Packets

/// The two ends of a connection in an order that does not depend on the direction.
struct FlowEnds: Hashable, Sendable {
  var low: Endpoint
  var high: Endpoint

  /// The ends of a packet's connection, and whether its source is the low one.
  init(_ segment: Segment, isFromLow: inout Bool) {
    let (source, destination) = (segment.source, segment.destination)
    isFromLow =
      (source.address.high, source.address.low, source.port)
      <= (destination.address.high, destination.address.low, destination.port)
    (low, high) = isFromLow ? (source, destination) : (destination, source)
  }
}
