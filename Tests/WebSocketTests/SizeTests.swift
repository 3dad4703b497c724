import Packets
import Testing
import WebSocket

/// Long messages: what is kept of them is their beginning.
@Suite struct SizeTests {
  @Test(
    "a long message costs its preview", arguments: Direction.allCases, [64 << 10, 256 << 10, 1 << 20])
  func long(direction: Direction, length: Int) {
    let encoder = FrameEncoder(direction: direction)
    let preview = [UInt8](repeating: 0x2a, count: 4096)
    let payload = [UInt8](repeating: 0x2a, count: length)
    for opcode in [Opcode.text, .binary] {
      for size in [length, 65536, 4096] {
        expect(
          encoder.fragments(opcode, payload, of: size), direction, limits: WebSocketLimits(),
          [.message(opcode, preview, length: length, frames: (length + size - 1) / size)], "\(opcode) of \(size)")
      }
    }
  }

  @Test("pieces are the whole payload, whatever is kept of it", arguments: Direction.allCases)
  func pieces(direction: Direction) {
    let payload = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let encoder = FrameEncoder(direction: direction)
    let bytes = encoder.fragments(.binary, payload, of: 70_000) + encoder.frame(.ping, [1]) + encoder.text("x")
    for step in [1447, 100_000, 500_000] {
      var listener = Listener(direction, limits: WebSocketLimits(payload: 16))
      listener.decoder.wantsPieces = true
      for start in stride(from: 0, to: bytes.count, by: step) {
        listener.hear(Array(bytes[start..<min(start + step, bytes.count)]))
      }
      #expect(listener.wholes == [payload, Array("x".utf8)])
      #expect(
        listener.facts == [
          .message(.binary, Array(payload[..<16]), length: 200_000, frames: 3),
          .message(.ping, [1], length: 1, frames: 1), .text("x"),
        ])
    }
  }
}
