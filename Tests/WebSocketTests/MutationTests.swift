import Packets
import TestSupport
import Testing
import WebSocket

/// Hostile input: whatever comes, the decoder goes on.
@Suite struct MutationTests {
  private func conversation(_ direction: Direction) -> [UInt8] {
    let encoder = FrameEncoder(direction: direction)
    let deflater = Deflater()
    let json = Content.json.payload(400)
    return encoder.text("42[\"token\",\"Grüße\"]") + encoder.frame(.text, deflater.message(json), rsv: 4)
      + encoder.frame(.binary, Content.noise.payload(300), isFinal: false) + encoder.frame(.ping, [1, 2])
      + encoder.frame(.continuation, [3]) + encoder.fragments(.text, deflater.message(json), of: 20, isCompressed: true)
      + encoder.close(1000, Array("bye".utf8)) + encoder.text("41")
  }

  @Test("mutated bytes, split and with holes, never trap, and every event is in bounds", arguments: UInt64(0)..<300)
  func mutated(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let direction: Direction = Bool.random(using: &random) ? .clientToServer : .serverToClient
    var bytes = conversation(direction)
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    var listener = Listener(
      direction, deflate: Bool.random(using: &random) ? DeflateParameters() : nil,
      limits: WebSocketLimits(payload: UInt32.random(in: 0...300, using: &random)),
      isMidStream: seed.isMultiple(of: 5))
    listener.decoder.wantsPieces = seed.isMultiple(of: 3)
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + Int.random(in: 1...200, using: &random))
      switch Int.random(in: 0..<12, using: &random) {
      case 0: listener.miss(end - start)
      case 1: listener.cut(end - start)
      case 2: listener.decoder.releaseIdleState()
      default: listener.hear(Array(bytes[start..<end]))
      }
      start = end
    }
    #expect(listener.decoder.pending?.headerBytes ?? 0 <= FrameHeader.longest)
  }

  @Test("random bytes never trap", arguments: UInt64(0)..<100)
  func noise(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for direction in Direction.allCases {
      var listener = Listener(direction, deflate: DeflateParameters(), isMidStream: seed.isMultiple(of: 2))
      for _ in 0..<20 {
        listener.hear(
          (0..<Int.random(in: 1...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
      }
      listener.miss(.max)
      listener.hear([UInt8](repeating: 0x81, count: 40))
    }
  }

  @Test("the same bytes give the same facts however they are split", arguments: UInt64(0)..<60)
  func splits(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let direction: Direction = Bool.random(using: &random) ? .clientToServer : .serverToClient
    var bytes = conversation(direction)
    for _ in 0..<6 {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    var whole = Listener(direction, deflate: DeflateParameters())
    whole.hear(bytes)
    var split = Listener(direction, deflate: DeflateParameters())
    for byte in bytes { split.hear([byte]) }
    #expect(whole.facts == split.facts)
    #expect(whole.decoder.frames == split.decoder.frames)
    #expect(whole.decoder.messages == split.decoder.messages)
    #expect(whole.decoder.pending == split.decoder.pending)
  }
}
