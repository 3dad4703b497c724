import Packets
import Testing
import WebSocket

/// Texts that are UTF-8 and texts that are not, after group 6 of the Autobahn TestSuite and Markus Kuhn's decoder test.
@Suite struct UTF8Cases {
  @Test("6: UTF-8 passes, whole and a byte a frame", arguments: Direction.allCases, Texts.valid)
  func valid(direction: Direction, text: [UInt8]) {
    let encoder = FrameEncoder(direction: direction)
    expect(encoder.frame(.text, text), direction, [.message(.text, text, length: text.count, frames: 1)])
    expect(
      encoder.fragments(.text, text, of: 1), direction,
      [.message(.text, text, length: text.count, frames: text.count)])
  }

  @Test("6: what is not UTF-8 is told once, whole and a byte a frame", arguments: Direction.allCases, Texts.invalid)
  func invalid(direction: Direction, text: [UInt8]) {
    let encoder = FrameEncoder(direction: direction)
    expect(
      encoder.frame(.text, text), direction,
      [.broken(.invalidUTF8), .message(.text, text, length: text.count, frames: 1)])
    expect(
      encoder.fragments(.text, text, of: 1), direction,
      [.broken(.invalidUTF8), .message(.text, text, length: text.count, frames: text.count)])
    let padded = Array("0123456789abcdef".utf8) + text
    expect(
      encoder.frame(.text, padded), direction,
      [.broken(.invalidUTF8), .message(.text, padded, length: padded.count, frames: 1)])
  }

  @Test("6.4: bad text is told at its first bad byte, before the message ends", arguments: Direction.allCases)
  func failFast(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    let first = encoder.frame(.text, Texts.kosme, isFinal: false)
    let second = encoder.frame(.continuation, [0xf4, 0x90, 0x80, 0x80], isFinal: false)
    var listener = Listener(direction)
    listener.hear(first)
    listener.hear(Array(second[..<(second.count - 3)]))
    #expect(listener.facts.isEmpty)
    listener.hear(Array(second[(second.count - 3)..<(second.count - 2)]))
    #expect(listener.facts == [.broken(.invalidUTF8)])
  }

  @Test("binary need not be UTF-8")
  func binary() {
    expect(
      FrameEncoder(direction: .serverToClient).frame(.binary, [0xff, 0xfe]), .serverToClient,
      [.message(.binary, [0xff, 0xfe], length: 2, frames: 1)])
  }
}
