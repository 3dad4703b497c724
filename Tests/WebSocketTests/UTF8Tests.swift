import Packets
import Testing
import WebSocket

/// Texts that are UTF-8 and texts that are not, in the fragments that cut their characters.
@Suite struct UTF8Tests {
  @Test(
    "a text is judged alike a byte a frame, and behind others", arguments: Direction.allCases,
    Texts.groups.flatMap(\.texts))
  func texts(direction: Direction, text: Texts.Text) {
    let encoder = FrameEncoder(direction: direction)
    let told: [Fact] = text.isValid ? [] : [.broken(.invalidUTF8)]
    expect(
      encoder.fragments(.text, text.bytes, of: 1), direction,
      told + [.message(.text, text.bytes, length: text.bytes.count, frames: text.bytes.count)])
    let padded = Array("0123456789abcdef".utf8) + text.bytes
    expect(
      encoder.frame(.text, padded), direction, told + [.message(.text, padded, length: padded.count, frames: 1)])
  }

  @Test("bad text is told at its first bad byte, before the message ends", arguments: Direction.allCases)
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
