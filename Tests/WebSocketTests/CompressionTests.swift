import Packets
import Testing
import WebSocket

/// Messages through permessage-deflate (RFC 7692).
@Suite struct CompressionTests {
  @Test(
    "each side's window and takeover hold for what it sends", arguments: Direction.allCases,
    [
      "", "client_no_context_takeover", "server_no_context_takeover",
      "client_no_context_takeover; server_no_context_takeover", "client_max_window_bits=9",
      "server_max_window_bits=9", "server_max_window_bits=10; client_max_window_bits=12; server_no_context_takeover",
    ])
  func parameters(direction: Direction, text: String) throws {
    let parameters = try #require(
      DeflateParameters(answer: "permessage-deflate; " + text) ?? DeflateParameters(answer: text))
    let isClient = direction == .clientToServer
    let bits = isClient ? parameters.clientMaxWindowBits : parameters.serverMaxWindowBits
    let forgets = isClient ? parameters.clientNoContextTakeover : parameters.serverNoContextTakeover
    let deflater = Deflater(windowBits: Int32(bits))
    let encoder = FrameEncoder(direction: direction)
    var bytes: [UInt8] = []
    var facts: [Fact] = []
    for size in [10, 300, 4000, 40000, 20] {
      let payload = Content.json.payload(size)
      bytes += encoder.frame(.text, deflater.message(payload), rsv: 4)
      if forgets { deflater.reset() }
      facts.append(.message(.text, payload, length: size, frames: 1))
    }
    expect(bytes, direction, deflate: parameters, facts, text)
  }

  @Test(
    "plain messages and control frames stand between compressed ones and their fragments", arguments: Direction.allCases
  )
  func mixed(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    let deflater = Deflater()
    let hello = deflater.message(Array("Hello".utf8))
    let again = deflater.message(Array("Hello".utf8))
    let bytes =
      encoder.frame(.text, hello, rsv: 4) + encoder.text("plain")
      + encoder.frame(.text, Array(again.prefix(2)), isFinal: false, rsv: 4) + encoder.frame(.ping, [9])
      + encoder.frame(.continuation, Array(again.dropFirst(2)))
    expect(
      bytes, direction, deflate: DeflateParameters(),
      [.text("Hello"), .text("plain"), .message(.ping, [9], length: 1, frames: 1), .text("Hello", frames: 2)])
  }

  @Test("the examples of RFC 7692 section 7.2.3 inflate")
  func examples() {
    let encoder = FrameEncoder(direction: .serverToClient)
    let hello: [UInt8] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
    let examples: [[UInt8]] = [
      hello, [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00],
      [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00],
      [0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00],
    ]
    for example in examples {
      expect(
        encoder.frame(.text, example, rsv: 4) + encoder.frame(.text, example, rsv: 4), .serverToClient,
        deflate: DeflateParameters(), [.text("Hello"), .text("Hello")])
    }
    expect(
      encoder.frame(.text, hello, rsv: 4) + encoder.frame(.text, [0xf2, 0x00, 0x11, 0x00, 0x00], rsv: 4),
      .serverToClient, deflate: DeflateParameters(), [.text("Hello"), .text("Hello")])
    expect(
      encoder.frame(.text, [0x00], rsv: 4) + encoder.frame(.text, [], rsv: 4) + encoder.frame(.text, hello, rsv: 4),
      .serverToClient, deflate: DeflateParameters(), [.text(""), .text(""), .text("Hello")])
  }

  @Test("a message may end with a block that has BFINAL, and the next refer to it", arguments: Direction.allCases)
  func finalBlocks(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    let payload = Content.json.payload(500)
    let deflater = Deflater()
    let bytes = (0..<3).flatMap { _ in encoder.frame(.text, deflater.finalMessage(payload), rsv: 4) }
    let reference: [UInt8] = encoder.frame(.text, [0xf2, 0x00, 0x11, 0x00, 0x00], rsv: 4)
    let message: Fact = .message(.text, payload, length: 500, frames: 1)
    let hello = encoder.frame(.text, [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00], rsv: 4)
    expect(
      bytes + hello + reference, direction, deflate: DeflateParameters(),
      [message, message, message, .text("Hello"), .text("Hello")])
  }

  @Test("RSV1 on a continuation is told", arguments: Direction.allCases)
  func continuation(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    let deflated = Deflater().message(Array("Hello".utf8))
    expect(
      encoder.frame(.text, Array(deflated.prefix(3)), isFinal: false, rsv: 4)
        + encoder.frame(.continuation, Array(deflated.dropFirst(3)), rsv: 4),
      direction, deflate: DeflateParameters(), [.broken(.rsv1OnContinuation), .text("Hello", frames: 2)])
  }

  @Test(
    "every window of either side outlives the message, and the quiet between two", arguments: Direction.allCases, 8...15
  )
  func windows(direction: Direction, bits: Int) throws {
    let side = direction == .clientToServer ? "client" : "server"
    let parameters = try #require(DeflateParameters(answer: "permessage-deflate; \(side)_max_window_bits=\(bits)"))
    // zlib has no window of 2^8 bytes: it takes 2^9 for it, and refers to no more than 250 bytes back.
    let deflater = Deflater(windowBits: Int32(max(9, bits)))
    let encoder = FrameEncoder(direction: direction)
    let payload = Content.noise.payload(230) + Content.noise.payload(1 << bits, from: 1000)
    var listener = Listener(direction, deflate: parameters, limits: WebSocketLimits(payload: .max))
    for _ in 0..<4 {
      listener.hear(encoder.frame(.binary, deflater.message(payload), rsv: 4))
      listener.decoder.releaseIdleState()
    }
    #expect(
      listener.facts == [Fact](repeating: .message(.binary, payload, length: payload.count, frames: 1), count: 4))
  }

  @Test("a side without takeover is told of a reference to an earlier message", arguments: Direction.allCases)
  func noTakeover(direction: Direction) throws {
    let text = "permessage-deflate; client_no_context_takeover; server_no_context_takeover"
    let parameters = try #require(DeflateParameters(answer: text))
    let encoder = FrameEncoder(direction: direction)
    let hello: [UInt8] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
    expect(
      encoder.frame(.text, hello, rsv: 4) + encoder.frame(.text, [0xf2, 0x00, 0x11, 0x00, 0x00], rsv: 4)
        + encoder.frame(.text, hello, rsv: 4), direction, deflate: parameters,
      [.text("Hello"), .broken(.badDeflate), .opaque(.text, length: 5), .text("Hello")])
  }

  @Test("a declined offer leaves RSV1 without a meaning", arguments: Direction.allCases)
  func declined(direction: Direction) {
    #expect(DeflateParameters(answer: "") == nil)
    let hello: [UInt8] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
    expect(
      FrameEncoder(direction: direction).frame(.text, hello, rsv: 4), direction,
      [.broken(.rsvBits), .message(.text, hello, length: 7, frames: 1)])
  }

  @Test(
    "fragments of a compressed message may be empty or hold a block's part, with control frames between",
    arguments: Direction.allCases)
  func fragments(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    let payload = Content.json.payload(700)
    let deflated = Deflater().message(payload)
    var bytes = encoder.frame(.text, [], isFinal: false, rsv: 4)
    var facts: [Fact] = []
    for (index, byte) in deflated.enumerated() {
      bytes += encoder.frame(.continuation, [byte], isFinal: false)
      if index.isMultiple(of: 40) {
        bytes += encoder.frame(.ping, [UInt8(index / 40)])
        facts.append(.message(.ping, [UInt8(index / 40)], length: 1, frames: 1))
      }
    }
    bytes += encoder.frame(.continuation)
    facts.append(.message(.text, payload, length: 700, frames: deflated.count + 2))
    expect(bytes, direction, deflate: DeflateParameters(), facts)
  }

  @Test("a block with BFINAL inside a message ends neither it nor the window", arguments: Direction.allCases)
  func finalBlockWithin(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    let deflater = Deflater()
    // Two whole DEFLATE streams in one message, and a message that refers to the second.
    let twice =
      Array(deflater.finalMessage(Array("Hello".utf8)).dropLast()) + [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
    expect(
      encoder.frame(.text, twice, rsv: 4) + encoder.frame(.text, [0xf2, 0x00, 0x11, 0x00, 0x00], rsv: 4), direction,
      deflate: DeflateParameters(), [.text("HelloHello"), .text("Hello")])
  }

  @Test("an inflated text that is not UTF-8 is told")
  func notText() {
    let encoder = FrameEncoder(direction: .serverToClient)
    let bad: [UInt8] = [0x41, 0xff, 0x42]
    expect(
      encoder.frame(.text, Deflater().message(bad), rsv: 4), .serverToClient, deflate: DeflateParameters(),
      [.broken(.invalidUTF8), .message(.text, bad, length: 3, frames: 1)])
  }
}
