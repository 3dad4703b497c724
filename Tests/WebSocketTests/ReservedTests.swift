import Packets
import Testing
import WebSocket

/// Every reserved bit and opcode on every kind of frame.
@Suite struct ReservedTests {
  @Test("a reserved bit without an extension is told", arguments: Direction.allCases, Array(UInt8(1)...7))
  func bits(direction: Direction, rsv: UInt8) {
    let encoder = FrameEncoder(direction: direction)
    let hello = Array("Hello, world!".utf8)
    for opcode in [Opcode.text, .binary, .ping] {
      expect(
        encoder.text("a") + encoder.frame(opcode, hello, rsv: rsv) + encoder.text("b"), direction,
        [.text("a"), .broken(.rsvBits), .message(opcode, hello, length: 13, frames: 1), .text("b")],
        "\(opcode) with RSV \(rsv)")
    }
    expect(encoder.frame(.close, rsv: rsv), direction, [.broken(.rsvBits), .close(nil, [])])
  }

  @Test("RSV1 on a control frame is told though permessage-deflate is in use", arguments: Direction.allCases)
  func compressedControl(direction: Direction) {
    expect(
      FrameEncoder(direction: direction).frame(.ping, [1], rsv: 4), direction, deflate: DeflateParameters(),
      [.broken(.rsvBits), .message(.ping, [1], length: 1, frames: 1)])
  }

  @Test(
    "a reserved opcode is told and passed over", arguments: Direction.allCases,
    [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8])
  func opcodes(direction: Direction, opcode: UInt8) {
    let encoder = FrameEncoder(direction: direction)
    for payload in [[], Array("reserved opcode payload".utf8)] {
      expect(
        encoder.text("a") + encoder.frame(Opcode(rawValue: opcode), payload) + encoder.frame(.ping), direction,
        [.text("a"), .broken(.reservedOpcode), .message(.ping, [], length: 0, frames: 1)], "opcode \(opcode)")
    }
  }
}
