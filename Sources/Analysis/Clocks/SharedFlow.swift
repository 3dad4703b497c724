import Packets

/// A connection that several captures saw.
struct SharedFlow: Sendable {
  /// A capture that saw it.
  struct Point: Sendable {
    var capture: Int
    /// Whether what the low end sends passes the primary's point before this one; `nil` where nothing tells.
    var isBehindPrimary: Bool?
    var fromLow = SeenBytes()
    var fromHigh = SeenBytes()

    subscript(isFromLow: Bool) -> SeenBytes {
      get { isFromLow ? fromLow : fromHigh }
      set { if isFromLow { fromLow = newValue } else { fromHigh = newValue } }
    }
  }

  /// The capture from which the connection is analysed, the most complete one.
  var primary: Int
  /// The captures that saw it, the primary among them.
  var points: [Point]
}

/// Which octets of one direction a capture has seen, as far as it takes to tell whether it saw one of the latest.
struct SeenBytes: Sendable {
  /// A capture that misses more at once shows nothing of a single loss.
  static let mostHoles = 16

  private var next: SequenceNumber?
  private var holes: [(start: SequenceNumber, length: Int)] = []
  private(set) var hasLostTrack = false

  /// Whether the octet was seen; `nil` where nothing tells.
  func hasSeen(_ sequence: SequenceNumber) -> Bool? {
    guard let next, !hasLostTrack else { return nil }
    if sequence.distance(to: next) <= 0 { return false }
    return !holes.contains { (0..<$0.length).contains($0.start.distance(to: sequence)) }
  }

  /// Notes a segment's octets.
  mutating func add(_ sequence: SequenceNumber, _ length: Int) {
    let end = sequence.advanced(by: length)
    guard let next else { return self.next = end }
    let skipped = next.distance(to: sequence)
    if skipped > 0 { holes.append((next, skipped)) } else if skipped < 0 { fill(sequence, length) }
    if holes.count > SeenBytes.mostHoles { hasLostTrack = true }
    if next.distance(to: end) > 0 { self.next = end }
  }

  private mutating func fill(_ sequence: SequenceNumber, _ length: Int) {
    guard !holes.isEmpty else { return }
    var left: [(start: SequenceNumber, length: Int)] = []
    for hole in holes {
      let start = hole.start.distance(to: sequence)
      let end = start + length
      if start >= hole.length || end <= 0 {
        left.append(hole)
        continue
      }
      if start > 0 { left.append((hole.start, start)) }
      if end < hole.length { left.append((hole.start.advanced(by: end), hole.length - end)) }
    }
    holes = left
  }
}
