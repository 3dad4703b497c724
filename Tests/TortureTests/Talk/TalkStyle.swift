import Packets
import TestSupport

/// What kinds of conversations there are.
struct TalkStyle: Sendable {
  var seed: UInt64 = 1
  var client = Endpoint.at("10.0.0.2", 50_000)
  var server = Endpoint.at("10.0.0.10", 8080)
  var start = Conversation.defaultStart
  var initialSequences = Directional<UInt32>(clientToServer: 1_000, serverToClient: 500_000)
  var hasTimestamps = true
  var maximumSegmentSize = 1448
  /// The messages' lengths in bytes, by direction.
  var lengths = Directional(clientToServer: TalkStyle.full(65_535), serverToClient: TalkStyle.full(65_536))
  var compression = Compression.none
  /// How many of the server's messages come after the client's Close frame and FIN.
  var tail = 0
  var ending = Ending.finish

  /// Whether messages are deflated, and whether one may refer to those before it (RFC 7692 section 7.1.1).
  enum Compression: Sendable {
    case none, eachAlone, withContext
  }

  /// How it ends: with Close frames and FINs, with Close frames alone, or not at all.
  enum Ending: Sendable {
    case finish, goodbye, nothing
  }

  /// 200 messages: the lengths around which the header changes its form and the segments end, 200 kB, and many small ones.
  static func full(_ border: Int) -> [Int] {
    let notable = [1, 2, 125, 126, 127, 128, 1440, 1444, 1448, 1449, 5000, border, 200_000]
    var random = SeededGenerator(seed: UInt64(border))
    var lengths = (0..<200 - notable.count).map { _ in Int.random(in: 1...300, using: &random) }
    for (index, length) in notable.enumerated() { lengths.insert(length, at: 8 + index * 13) }
    return lengths
  }

  /// A short conversation of small messages.
  static func short(seed: UInt64 = 1, count: Int = 20, longest: Int = 300) -> TalkStyle {
    var style = TalkStyle()
    style.seed = seed
    var random = SeededGenerator(seed: seed &+ 77)
    for direction in Direction.allCases {
      style.lengths[direction] = (0..<count).map { _ in Int.random(in: 1...longest, using: &random) }
    }
    return style
  }
}
