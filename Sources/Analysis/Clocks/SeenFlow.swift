import Packets

/// What one capture saw of a connection.
struct SeenFlow: Sendable {
  /// What was seen of one end's bytes.
  struct Half: Sendable {
    var first: SequenceNumber?
    /// From the first octet seen to behind the last.
    var extent = 0
    /// Captured octets, repetitions left out.
    var octets = 0

    mutating func add(_ segment: Segment) {
      let sequence = segment.tcp.sequence
      guard let first else {
        first = sequence
        extent = segment.sequenceLength
        octets = segment.payload.count
        return
      }
      let growth = first.advanced(by: extent).distance(to: sequence) + segment.sequenceLength
      guard growth > 0 else { return }
      extent += growth
      octets += min(growth, segment.payload.count)
    }

    /// Whether both saw some of the same octets.
    func overlaps(_ other: Half) -> Bool {
      guard let first, let start = other.first else { return false }
      let distance = first.distance(to: start)
      return distance >= 0 ? distance < extent : -distance < other.extent
    }
  }

  var fromLow = Half()
  var fromHigh = Half()
  var packets = 0
  var upgrade: SeenUpgrade?

  mutating func add(_ segment: Segment, isFromLow: Bool) {
    packets += 1
    if isFromLow { fromLow.add(segment) } else { fromHigh.add(segment) }
  }

  var octets: Int { fromLow.octets + fromHigh.octets }

  func overlaps(_ other: SeenFlow) -> Bool {
    fromLow.overlaps(other.fromLow) || fromHigh.overlaps(other.fromHigh)
  }
}

/// An upgrade to WebSocket as one capture saw it.
struct SeenUpgrade: Sendable {
  /// A hash of its `Sec-WebSocket-Key`.
  var key: UInt64
  /// Which end asked for it.
  var isLowClient: Bool
  /// Where the client's frames begin: behind the request's head.
  var clientStart: SequenceNumber
  /// Where the server's frames begin, once its answer was seen.
  var serverStart: SequenceNumber?
}
