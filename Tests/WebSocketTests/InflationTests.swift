import Packets
import Testing

@testable import WebSocket

/// Compressed data that is malformed, too long, or waits.
@Suite struct InflationTests {
  private let encoder = FrameEncoder(direction: .serverToClient)
  private let hello = Array("Hello, compressed world".utf8)

  @Test("what does not inflate is told once and opaque; what refers to it is opaque")
  func malformed() {
    let deflater = Deflater()
    let first = encoder.frame(.text, deflater.message(hello), rsv: 4)
    let bad: [UInt8] = [0xff, 0xff, 0xff]
    let referring = deflater.message(hello)
    expect(
      first + encoder.frame(.text, bad, rsv: 4) + encoder.frame(.text, referring, rsv: 4) + encoder.text("plain"),
      .serverToClient, deflate: DeflateParameters(),
      [
        .message(.text, hello, length: hello.count, frames: 1), .broken(.badDeflate), .opaque(.text, length: 3),
        .opaque(.text, length: referring.count), .text("plain"),
      ])
  }

  @Test("a reference before the first message is malformed")
  func farDistance() {
    expect(
      encoder.frame(.text, [0xf2, 0x00, 0x11, 0x00, 0x00], rsv: 4), .serverToClient, deflate: DeflateParameters(),
      [.broken(.badDeflate), .opaque(.text, length: 5)])
  }

  @Test("data that ends within a block is malformed")
  func cutBlock() {
    let deflated = Deflater().message(hello)
    expect(
      encoder.frame(.text, Array(deflated.dropLast(4)), rsv: 4), .serverToClient, deflate: DeflateParameters(),
      [.broken(.badDeflate), .opaque(.text, length: deflated.count - 4)])
  }

  @Test("without takeover each malformed message is told, and the next inflates")
  func malformedWithoutTakeover() throws {
    let parameters = try #require(DeflateParameters(answer: "permessage-deflate; server_no_context_takeover"))
    let bad = encoder.frame(.text, [0xff, 0xff, 0xff], rsv: 4)
    expect(
      bad + bad + encoder.frame(.text, Deflater().message(hello), rsv: 4), .serverToClient, deflate: parameters,
      [
        .broken(.badDeflate), .opaque(.text, length: 3), .broken(.badDeflate), .opaque(.text, length: 3),
        .message(.text, hello, length: hello.count, frames: 1),
      ])
  }

  @Test("a bomb is not inflated beyond the limits, and the rest goes on")
  func bomb() {
    let bomb = Deflater(level: 9).message([UInt8](repeating: 0, count: 8 << 20))
    var listener = Listener(.serverToClient, deflate: DeflateParameters())
    listener.hear(encoder.frame(.binary, bomb, rsv: 4) + encoder.text("next"))
    #expect(listener.facts.first == .limit(.inflationRatio))
    #expect(listener.facts.last == .text("next"))
    var limits = WebSocketLimits()
    limits.inflatedLength = 100_000
    var strict = Listener(.serverToClient, deflate: DeflateParameters(), limits: limits)
    strict.hear(encoder.frame(.binary, bomb, rsv: 4) + encoder.text("next"))
    #expect(strict.facts.first == .limit(.inflatedLength))
    #expect(strict.facts.last == .text("next"))
  }

  @Test("pieces of inflated messages are their whole payload", arguments: Direction.allCases)
  func pieces(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    let payload = Content.json.payload(300_000)
    let bytes = encoder.fragments(.text, Deflater().message(payload), of: 700, isCompressed: true)
    for step in [1, 50, 100_000] {
      var listener = Listener(direction, deflate: DeflateParameters())
      listener.decoder.wantsPieces = true
      for start in stride(from: 0, to: bytes.count, by: step) {
        listener.hear(Array(bytes[start..<min(start + step, bytes.count)]))
      }
      #expect(listener.wholes == [payload])
    }
  }

  @Test("an idle decoder keeps the window that was used, and nothing else", arguments: [100, 100_000])
  func idle(length: Int) {
    let deflater = Deflater()
    let payload = Content.noise.payload(length)
    var listener = Listener(.serverToClient, deflate: DeflateParameters(), limits: WebSocketLimits(payload: .max))
    for _ in 0..<3 {
      listener.hear(encoder.frame(.binary, deflater.message(payload), rsv: 4))
      listener.decoder.releaseIdleState()
      #expect(listener.decoder.assembly?.decompression.inflater?.isHibernating == true)
    }
    #expect(listener.facts == [Fact](repeating: .message(.binary, payload, length: length, frames: 1), count: 3))
  }

  @Test("a decoder without compression has no state when idle")
  func plainIdle() {
    var listener = Listener(.serverToClient)
    listener.hear([0x81])
    listener.decoder.releaseIdleState()
    listener.hear([0x01, 0x41])
    listener.decoder.releaseIdleState()
    #expect(listener.facts == [.text("A")])
    #expect(listener.decoder.assembly == nil)
    #expect(MemoryLayout<MessageDecoder>.size <= 96)
  }

  @Test("in the middle of a stream RSV1 is compression, of what can be known")
  func midStream() {
    let deflater = Deflater()
    let first = deflater.message(Content.json.payload(500))
    let second = deflater.message(Content.json.payload(500))
    var listener = Listener(.serverToClient, isMidStream: true)
    listener.hear(encoder.text("some text in plain") + encoder.frame(.text, second, rsv: 4))
    listener.hear(encoder.frame(.text, Deflater().message(hello), rsv: 4))
    #expect(first.count > second.count)
    #expect(
      listener.facts == [
        .resynchronized(0), .text("some text in plain"), .opaque(.text, length: second.count),
        .message(.text, hello, length: hello.count, frames: 1),
      ])
  }
}
