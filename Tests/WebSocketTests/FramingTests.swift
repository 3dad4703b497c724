import Packets
import Testing
import WebSocket

/// Masking, lengths and what is no frame at all: what the Autobahn TestSuite leaves out.
@Suite struct FramingTests {
  @Test("a control frame of more than 125 bytes is too long", arguments: Direction.allCases, [126, 65536])
  func longControl(direction: Direction, length: Int) {
    let payload = [UInt8](repeating: 0xfe, count: length)
    expect(
      FrameEncoder(direction: direction).frame(.ping, payload), direction,
      [.broken(.controlTooLong), .message(.ping, payload, length: length, frames: 1)])
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
