import Packets
import Testing
import WebSocket

/// The end of a conversation.
@Suite struct CloseTests {
  @Test("a reason must be UTF-8", arguments: Direction.allCases)
  func reason(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    for bad in [Texts.kosme + [0xed, 0xa0, 0x80], [0xce]] {
      expect(encoder.close(1000, bad), direction, [.broken(.closeReasonUTF8), .close(1000, bad)])
    }
  }

  @Test(
    "codes that a peer may send pass", arguments: Direction.allCases,
    [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999] as [UInt16])
  func validCodes(direction: Direction, code: UInt16) {
    expect(FrameEncoder(direction: direction).close(code), direction, [.close(code, [])])
  }

  @Test(
    "codes that no peer may send are told", arguments: Direction.allCases,
    [0, 999, 1004, 1005, 1006, 1015] as [UInt16])
  func invalidCodes(direction: Direction, code: UInt16) {
    expect(
      FrameEncoder(direction: direction).close(code), direction, [.broken(.closeCodeInvalid), .close(code, [])])
  }

  @Test(
    "codes that no registry defines are told as tolerated", arguments: Direction.allCases,
    [1016, 1100, 2000, 2999, 5000, 65535] as [UInt16])
  func unregisteredCodes(direction: Direction, code: UInt16) {
    expect(
      FrameEncoder(direction: direction).close(code), direction,
      [.violation(.closeCodeInvalid, tolerated: true), .close(code, [])])
  }

  @Test(
    "data after the sender's own Close is told as tolerated, control frames are not", arguments: Direction.allCases
  )
  func afterClose(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    expect(
      encoder.close(1000) + encoder.frame(.ping) + encoder.close(1000) + encoder.text("41"), direction,
      [
        .close(1000, []), .message(.ping, [], length: 0, frames: 1), .close(1000, []),
        .violation(.dataAfterClose, tolerated: true), .text("41"),
      ])
  }

  @Test("a Close within a message leaves the message open", arguments: Direction.allCases)
  func withinMessage(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    var listener = Listener(direction)
    listener.hear(encoder.text("fragment1", isFinal: false) + encoder.close())
    #expect(listener.facts == [.close(nil, [])])
    #expect(listener.decoder.pending?.receivedLength == 9)
    #expect(listener.decoder.hasClosed)
  }
}
