import HTTP
import Packets
import TestSupport
import Testing

/// Hostile heads and bodies: whatever comes, TCP's pieces don't change what is heard.
@Suite struct MutationTests {
  /// Bytes that mean something in HTTP/1.1, so that mutations are more than noise.
  private static let telling = Array("\r\n\r\n: ;,0123aAHTTP/1.1 GET".utf8)

  private func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &random)
      let byte = Self.telling[Int.random(in: 0..<Self.telling.count, using: &random)]
      switch UInt8.random(in: 0..<3, using: &random) {
      case 0: bytes[index] = byte
      case 1: bytes.remove(at: index)
      default: bytes.insert(byte, at: index)
      }
    }
    return bytes
  }

  private func heard(_ pieces: [[UInt8]], _ example: DialogueCase) -> [Heard] {
    var hearing = Hearing()
    if !example.before.isEmpty { hearing.hear(example.before, .clientToServer) }
    for piece in pieces { hearing.hear(piece, example.direction) }
    hearing.finish(example.direction)
    return hearing.heard
  }

  // Only from the connection's beginning: midway a piece's first byte is a likely place for a head, as a segment's is.
  @Test("the same bytes say the same however they are split", arguments: UInt64(0)..<40)
  func splits(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let examples = MessageTests.requests + MessageTests.responses + TunnelTests.answers
    for example in examples {
      let bytes = mutated(example.bytes + example.tail.bytes, &random)
      let whole = heard([bytes], example)
      let single = heard(bytes.map { [$0] }, example)
      #expect(whole == single, "\(example.name), seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
    }
  }
}
