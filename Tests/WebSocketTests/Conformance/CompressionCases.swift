import Packets
import Testing
import WebSocket

/// Messages through permessage-deflate, after groups 12 and 13 of the Autobahn TestSuite.
@Suite struct CompressionCases {
  @Test(
    "12: compressed messages of any size and content, whole and in fragments", arguments: Content.allCases,
    [16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072])
  func sizes(content: Content, size: Int) {
    let payload = content.payload(size)
    for direction in Direction.allCases {
      let encoder = FrameEncoder(direction: direction)
      let deflater = Deflater()
      var bytes: [UInt8] = []
      var facts: [Fact] = []
      for turn in 0..<3 {
        let deflated = deflater.message(payload)
        let fragment = turn == 0 ? deflated.count : max(1, deflated.count / 5)
        bytes += encoder.fragments(content.opcode, deflated, of: fragment, isCompressed: true)
        facts.append(
          .message(
            content.opcode, payload, length: size, frames: (deflated.count + fragment - 1) / fragment))
      }
      expect(bytes, direction, deflate: DeflateParameters(), facts, "\(content) \(size)")
    }
  }

  @Test(
    "13: each side's window and takeover hold for what it sends", arguments: Direction.allCases,
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

  @Test("an inflated text that is not UTF-8 is told")
  func notText() {
    let encoder = FrameEncoder(direction: .serverToClient)
    let bad: [UInt8] = [0x41, 0xff, 0x42]
    expect(
      encoder.frame(.text, Deflater().message(bad), rsv: 4), .serverToClient, deflate: DeflateParameters(),
      [.broken(.invalidUTF8), .message(.text, bad, length: 3, frames: 1)])
  }
}
