import Packets
import Testing
import WebSocket

/// Fragmented messages, after group 5 of the Autobahn TestSuite.
@Suite struct FragmentationCases {
  private static func cases(_ encoder: FrameEncoder) -> [(name: String, bytes: [UInt8], facts: [Fact])] {
    let one = encoder.text("fragment1", isFinal: false)
    let two = encoder.continuation("fragment2")
    let middle = encoder.continuation("fragment2", isFinal: false)
    let ping = encoder.frame(.ping, Array("pongme".utf8))
    let pong: Fact = .message(.ping, Array("pongme".utf8), length: 6, frames: 1)
    let joined: Fact = .text("fragment1fragment2", frames: 2)
    let brokenPing = encoder.frame(.ping, Array("fragment1".utf8), isFinal: false)
    let stray = encoder.continuation("non-continuation payload")
    let pinged: Fact = .message(.ping, Array("fragment1".utf8), length: 9, frames: 1)
    let unfinished: Fact = .incomplete(.text, Array("fragment1".utf8), length: 9, flags: .unfinished)
    return [
      (
        "5.1 fragmented ping", brokenPing + two,
        [.broken(.controlFragmented), pinged, .broken(.unexpectedContinuation)]
      ),
      ("5.3 two fragments", one + two, [joined]),
      ("5.6 ping between fragments", one + ping + two, [pong, joined]),
      (
        "5.9 continuation without a start", stray + encoder.text("Hello, world!"),
        [.broken(.unexpectedContinuation), .text("Hello, world!")]
      ),
      (
        "5.12 not final continuation without a start",
        encoder.continuation("x", isFinal: false) + encoder.text("Hello, world!"),
        [.broken(.unexpectedContinuation), .text("Hello, world!")]
      ),
      (
        "5.15 continuation after the message",
        one + two + encoder.continuation("fragment3", isFinal: false)
          + encoder.text("fragment4"),
        [joined, .broken(.unexpectedContinuation), .text("fragment4")]
      ),
      (
        "5.18 new text within a message", one + encoder.text("fragment2"),
        [.broken(.interleavedDataFrame), unfinished, .text("fragment2")]
      ),
      (
        "5.19 pings between fragments",
        one + middle + ping + encoder.continuation("fragment3", isFinal: false)
          + encoder.continuation("fragment4", isFinal: false) + ping + encoder.continuation("fragment5"),
        [pong, pong, .text("fragment1fragment2fragment3fragment4fragment5", frames: 5)]
      ),
      (
        "empty fragments",
        encoder.text("", isFinal: false) + encoder.continuation("", isFinal: false)
          + encoder.continuation(""),
        [.text("", frames: 3)]
      ),
      (
        "6.1.3 text between empty fragments",
        encoder.text("", isFinal: false)
          + encoder.continuation("middle frame payload", isFinal: false) + encoder.continuation(""),
        [.text("middle frame payload", frames: 3)]
      ),
    ]
  }

  @Test("5: fragments join, and what breaks their order is told", arguments: Direction.allCases)
  func fragmentation(direction: Direction) {
    for (name, bytes, facts) in FragmentationCases.cases(FrameEncoder(direction: direction)) {
      expect(bytes, direction, facts, name)
    }
  }
}
