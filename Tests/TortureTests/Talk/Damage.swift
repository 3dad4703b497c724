import Packets
import TestSupport

extension Talk {
  /// The messages that can't be recovered without ranges of a direction's bytes.
  ///
  /// A hole within a payload hurts its message alone. One that takes a part of a header leaves nothing until a frame is
  /// found again, for which a segment of `anchors` is needed that begins with one and has the whole of it, or enough text.
  func hurt(_ direction: Direction, without holes: [Range<Int>], anchors: [Range<Int>]? = nil) -> Set<Int> {
    let anchors = anchors ?? data(direction).map { range(of: packets[$0]) }
    let ends = Dictionary(anchors.map { ($0.lowerBound, $0.upperBound) }) { max($0, $1) }
    var hurt: Set<Int> = []
    var isLost = false
    for frame in frames[direction] {
      let isHeaderHit = holes.contains { $0.overlaps(frame.header) }
      let isPayloadHit = holes.contains { $0.overlaps(frame.payload) }
      if isLost, !isHeaderHit, let end = ends[frame.range.lowerBound], isAnchor(frame, direction, until: end) {
        isLost = false
      }
      if isHeaderHit { isLost = true }
      if isLost || isPayloadHit, let message = frame.message { hurt.insert(message) }
    }
    return hurt
  }

  /// Whether a frame at the beginning of a segment can be told from chance.
  private func isAnchor(_ frame: SentFrame, _ direction: Direction, until end: Int) -> Bool {
    guard frame.isFirst else { return false }
    if end >= frame.range.upperBound { return true }
    let isText = frame.message.map { messages[direction][$0].isText && style.compression == .none } ?? false
    return isText && end - frame.payload.lowerBound >= 8
  }

  /// What ought to come out where the capture misses packets that the receiver got.
  func expected(without missing: [Int]) -> Expected {
    var expected = Expected(self)
    for direction in Direction.allCases {
      let holes = missing.filter { packets[$0].direction == direction }.map { range(of: packets[$0]) }
      let hurt = hurt(direction, without: holes)
      expected.lostBytes[direction] = holes.reduce(0) { $0 + $1.count }
      expected.messages[direction] = messages[direction].indices.filter { !hurt.contains($0) }
        .map { messages[direction][$0] }
    }
    return expected
  }
}

/// What an analysis ought to find of one connection.
struct Expected: Sendable {
  /// The messages that are whole, in their order.
  var messages: Directional<[SentMessage]>
  var lostBytes = Directional(both: 0)
  /// How many messages are told as incomplete, where a variant is about that.
  var incomplete: Directional<Int>?

  init(_ talk: Talk) { messages = talk.messages }
}
