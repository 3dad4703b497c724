import Packets
import Testing
import WebSocket

/// Messages and control frames, after groups 1, 2 and 10 of the Autobahn TestSuite.
@Suite struct FramingCases {
  @Test(
    "1: a message of any length is one message", arguments: Direction.allCases, [0, 125, 126, 127, 128, 65535, 65536])
  func lengths(direction: Direction, length: Int) {
    let encoder = FrameEncoder(direction: direction)
    let payload = [UInt8](repeating: 0x2a, count: length)
    for opcode in [Opcode.text, .binary] {
      expect(
        encoder.frame(opcode, payload), direction, [.message(opcode, payload, length: length, frames: 1)],
        "1 \(opcode) \(length)")
    }
  }

  @Test("2: pings and pongs of up to 125 bytes pass", arguments: Direction.allCases)
  func pings(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    let payloads: [[UInt8]] = [
      [], Array("Hello, world!".utf8), [0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff],
      [UInt8](repeating: 0xfe, count: 125),
    ]
    for payload in payloads {
      for opcode in [Opcode.ping, .pong] {
        expect(
          encoder.frame(opcode, payload), direction, [.message(opcode, payload, length: payload.count, frames: 1)],
          "2 \(opcode) \(payload.count)")
      }
    }
    let ten = (0..<10).map { Array("payload-\($0)".utf8) }
    expect(
      ten.flatMap { encoder.frame(.ping, $0) }, direction,
      ten.map { .message(.ping, $0, length: $0.count, frames: 1) }, "2.10")
  }

  @Test("2.5: a control frame of more than 125 bytes is too long", arguments: Direction.allCases, [126, 65536])
  func longControl(direction: Direction, length: Int) {
    let payload = [UInt8](repeating: 0xfe, count: length)
    expect(
      FrameEncoder(direction: direction).frame(.ping, payload), direction,
      [.broken(.controlTooLong), .message(.ping, payload, length: length, frames: 1)])
  }

  @Test("10: a message in many fragments is one message", arguments: Direction.allCases)
  func fragments(direction: Direction) {
    let payload = [UInt8](repeating: 0x2a, count: 65536)
    expect(
      FrameEncoder(direction: direction).fragments(.text, payload, of: 1300), direction,
      [.message(.text, payload, length: 65536, frames: 51)])
  }

  @Test("a frame with the wrong masking is told, and its message read", arguments: Direction.allCases)
  func masking(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    let rule: Violation.Rule = direction == .clientToServer ? .unmaskedClientFrame : .maskedServerFrame
    expect(
      encoder.frame(.text, Array("hello".utf8), isMasked: direction == .serverToClient) + encoder.text("x"), direction,
      [.broken(rule), .text("hello"), .text("x")])
  }

  @Test("a masking key of zero is legal")
  func zeroKey() {
    let encoder = FrameEncoder(direction: .clientToServer, key: .zero)
    expect(encoder.text("hello"), .clientToServer, [.text("hello")])
  }

  @Test("a length in more bytes than needed is told", arguments: Direction.allCases)
  func minimal(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    for form in [FrameEncoder.LengthForm.sixteenBits, .sixtyFourBits] {
      expect(
        encoder.frame(.text, Array("hello".utf8), form: form), direction, [.broken(.lengthNotMinimal), .text("hello")])
    }
  }

  @Test("a length of 2^63 or more loses the place for good", arguments: Direction.allCases)
  func impossibleLength(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    expect(
      encoder.text("a") + encoder.frame(.binary, [1, 2, 3], announced: 1 << 63) + encoder.text("b"), direction,
      [.text("a"), .broken(.lengthMSBSet), .desynchronized(.payloadLength(1 << 63))])
  }

  @Test("an HTTP response in the place of a frame is told as what it is")
  func http() {
    let encoder = FrameEncoder(direction: .serverToClient)
    expect(
      encoder.text("a") + Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), .serverToClient,
      [.text("a"), .desynchronized(.http)])
  }
}
