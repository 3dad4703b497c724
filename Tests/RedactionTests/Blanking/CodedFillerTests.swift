import Bytes
import HTTP
import Packets
import Testing
import WebSocket

@testable import Redaction

struct CodedFillerTests {
  @Test("a body's filler has its length and decodes", arguments: [23, 24, 100, 5000, 70_000])
  func bodies(count: Int) {
    for coding in [ContentCoding.gzip, .deflate, .brotli] {
      let filler = CodedFiller.body(count, coding)
      #expect(filler.count == count)
      guard var decoder = ContentDecoder([coding]) else { continue }
      var plain: [UInt8] = []
      let isGood = decoder.decode(filler.span.bytes, into: &plain) != .malformed
      #expect(isGood, "\(coding) of \(count)")
      #expect(count < 30 || plain.first == UInt8(ascii: "6"))
    }
  }

  @Test("a compressed message's filler has its length and inflates", arguments: [1, 2, 3, 4, 10, 125, 126, 3000])
  func messages(count: Int) {
    let filler = CodedFiller.message(count, isEngineIO: true)
    #expect(filler.count == count)
    var frame: [UInt8] = count < 126 ? [0xc1, UInt8(count)] : [0xc1, 126, UInt8(count >> 8), UInt8(count & 0xff)]
    frame += filler
    var decoder = MessageDecoder(
      direction: .serverToClient, deflate: DeflateParameters(answer: "permessage-deflate"), limits: WebSocketLimits())
    var scratch = Scratch()
    var offset = 0
    let event = decoder.next((frame + frame).span.bytes, from: &offset, scratch: &scratch)
    guard case .message(let message) = event else {
      Issue.record("no message of \(count): \(String(describing: event))")
      return
    }
    #expect(!message.isOpaque)
    #expect(message.isComplete)
    #expect(message.payloadLength == UInt64(max(0, count - 2)))
  }
}
