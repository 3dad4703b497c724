import HTTP
import Packets
import TestSupport
import Testing

/// What is delivered of the server's bytes behind a response's head.
enum DeliveredPart: Sendable {
  case piece(String)
  case hole(Int)
  /// The client asks for something else.
  case request
}

/// A chunked response with holes, and what is heard of it.
struct ChunkHole: Sendable, CustomTestStringConvertible {
  var name: String
  var parts: [DeliveredPart]
  var heard: [Heard]

  var testDescription: String { name }

  init(_ name: String, _ parts: [DeliveredPart], _ heard: [Heard]) {
    self.name = name
    self.parts = parts
    self.heard = heard
  }
}

/// Holes in chunked responses (RFC 9112 section 7.1): where the chunks go on, and what only looks as if they did.
@Suite struct ChunkHoleTests {
  private static let request = "GET / HTTP/1.1\r\n\r\n"
  private static let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
  private static let next = "HTTP/1.1 204 x\r\n\r\n"
  private static let answer: [Heard] = [.response(204, 2), .end(2)]
  private static func chunks(_ count: Int) -> Heard { .lost(count, .chunks(exchange: 1)) }
  private static let cut = Heard.end(1, complete: false)

  static let found: [ChunkHole] = [
    ChunkHole(
      "whole chunks", [.piece("2\r\nab\r\n"), .hole(14), .piece("3\r\nxyz\r\n"), .piece("0\r\n\r\n")],
      [.body("ab", 1), chunks(14), .body("xyz", 1), cut]),
    ChunkHole(
      "the end of a chunk and the beginning of one",
      [.piece("9\r\nab"), .hole(20), .piece("cd\r\n"), .piece("3\r\nxyz\r\n"), .piece("0\r\n\r\n")],
      [.body("ab", 1), chunks(20), .skipped(4), .body("xyz", 1), cut]),
    ChunkHole(
      "a chunk-size", [.piece("2\r\nab\r\n"), .hole(3), .piece("cd\r\n"), .piece("3\r\nxyz\r\n"), .piece("0\r\n\r\n")],
      [.body("ab", 1), chunks(3), .skipped(4), .body("xyz", 1), cut]),
    ChunkHole(
      "within a chunk-size line",
      [.piece("2\r\nab\r\n1"), .hole(3), .piece("cdef"), .piece("3\r\nxyz\r\n"), .piece("0\r\n\r\n")],
      [.body("ab", 1), chunks(3), .skipped(4), .body("xyz", 1), cut]),
    ChunkHole(
      "the line break behind a chunk and more", [.piece("2\r\nab"), .hole(3), .piece("3\r\nxyz\r\n0\r\n\r\n")],
      [.body("ab", 1), chunks(3), .body("xyz", 1), cut]),
    ChunkHole(
      "half of the line break behind a chunk and more",
      [.piece("2\r\nab\r"), .hole(10), .piece("3\r\nxyz\r\n0\r\n\r\n")],
      [.body("ab", 1), chunks(10), .body("xyz", 1), cut]),
    ChunkHole(
      "two holes",
      [
        .piece("2\r\nab\r\n"), .hole(7), .piece("3\r\nxyz\r\n"), .hole(9), .piece("4;a=b\r\nefgh\r\n"),
        .piece("0\r\n\r\n"),
      ],
      [.body("ab", 1), chunks(7), .body("xyz", 1), chunks(9), .body("efgh", 1), cut]),
    ChunkHole(
      "one in a chunk behind one across chunks",
      [
        .piece("2\r\nab\r\n"), .hole(7), .piece("3\r\nxyz\r\n"), .piece("9\r\nab"), .hole(5), .piece("cd\r\n0\r\n\r\n"),
      ],
      [.body("ab", 1), chunks(7), .body("xyzab", 1), .lost(5, .body(exchange: 1)), .body("cd", 1), cut]),
    ChunkHole(
      "a chunk whose beginning and end come apart",
      [
        .piece("2\r\nab\r\n"), .hole(7), .piece("8\r\nxy"), .piece("z45678\r\n"), .piece("1\r\nq\r\n"),
        .piece("0\r\n\r\n"),
      ],
      [.body("ab", 1), chunks(7), .skipped(13), .body("q", 1), cut]),
    ChunkHole(
      "a chunk that the next one's size confirms",
      [.piece("2\r\nab\r\n"), .hole(7), .piece("8\r\nxy"), .piece("z45678\r\n1"), .piece("\r\nq\r\n0\r\n\r\n")],
      [.body("ab", 1), chunks(7), .skipped(15), .body("q", 1), cut]),
    ChunkHole(
      "a chunk of which the end is missing too, by its size",
      [.piece("2\r\nab\r\n"), .hole(7), .piece("8\r\nxy"), .hole(8), .piece("1\r\nq\r\n"), .piece("0\r\n\r\n")],
      [.body("ab", 1), chunks(7), .skipped(5), chunks(8), .skipped(2), .body("q", 1), cut]),
    ChunkHole(
      "a chunk of which the middle is missing too",
      [.piece("2\r\nab\r\n"), .hole(7), .piece("8\r\nxy"), .hole(2), .piece("5678\r\n"), .piece("0\r\n\r\n")],
      [.body("ab", 1), chunks(7), .skipped(5), chunks(2), .skipped(6), cut]),
    ChunkHole(
      "all but the last chunk", [.piece("2\r\nab\r\n"), .hole(7), .piece("0\r\n\r\n"), .request, .piece(next)],
      [.body("ab", 1), chunks(7), .skipped(5), cut, .request("GET /", 2), .end(2)] + answer),
    ChunkHole(
      "behind which trailers stand",
      [.piece("2\r\nab\r\n"), .hole(7), .piece("1\r\nq\r\n0\r\nDigest: x\r\n\r\n")],
      [.body("ab", 1), chunks(7), .body("q", 1), .trailers(["Digest: x"], 1), cut]),
  ]

  static let exact: [ChunkHole] = [
    ChunkHole(
      "a chunk's data", [.piece("9\r\nab"), .hole(7), .piece("\r\n1\r\nq\r\n0\r\n\r\n")],
      [.body("ab", 1), .lost(7, .body(exchange: 1)), .body("q", 1), cut]),
    ChunkHole(
      "a chunk's data and half of its line break", [.piece("9\r\nab"), .hole(8), .piece("\n1\r\nq\r\n0\r\n\r\n")],
      [.body("ab", 1), chunks(8), .body("q", 1), cut]),
    ChunkHole(
      "a chunk's data and its line break", [.piece("9\r\nab"), .hole(9), .piece("1\r\nq\r\n0\r\n\r\n")],
      [.body("ab", 1), chunks(9), .body("q", 1), cut]),
  ]

  static let unfound: [ChunkHole] = [
    ChunkHole(
      "data that begins like a size",
      [.piece("2\r\nab\r\n"), .hole(7), .piece("bad day"), .piece("ace\r\n"), .piece("5")],
      [.body("ab", 1), chunks(7), .skipped(13), cut]),
    ChunkHole(
      "a line of digits that nothing confirms",
      [.piece("2\r\nab\r\n"), .hole(7), .piece("4\r\nmore than four\r\n"), .piece("0\r\nnothing\r\n")],
      [.body("ab", 1), chunks(7), .skipped(31), cut]),
    ChunkHole(
      "a size with words behind it", [.piece("2\r\nab\r\n"), .hole(7), .piece("2 be\r\nor\r\n")],
      [.body("ab", 1), chunks(7), .skipped(10), cut]),
    ChunkHole(
      "lines that end in bare line feeds", [.piece("2\r\nab\r\n"), .hole(7), .piece("2\nor\n3\nnot\n0\n\n")],
      [.body("ab", 1), chunks(7), .skipped(14), cut]),
    ChunkHole(
      "a size without an end", [.piece("2\r\nab\r\n"), .hole(7), .piece("00000000000000002\r\nor\r\n")],
      [.body("ab", 1), chunks(7), .skipped(23), cut]),
    ChunkHole(
      "a size beyond the limit", [.piece("2\r\nab\r\n"), .hole(7), .piece("10001\r\nor"), .piece("not\r\n")],
      [.body("ab", 1), chunks(7), .skipped(14), cut]),
    ChunkHole(
      "a last chunk in the middle of text",
      [.piece("2\r\nab\r\n"), .hole(7), .piece("0\r\n\r\nand more"), .piece("xyz")],
      [.body("ab", 1), chunks(7), .skipped(16), cut]),
    ChunkHole(
      "a chunk in the middle of a piece", [.piece("2\r\nab\r\n"), .hole(7), .piece("or\r\n3\r\nnot\r\n0\r\n\r\n")],
      [.body("ab", 1), chunks(7), .skipped(17), cut]),
    ChunkHole(
      "a line like a status line", [.piece("2\r\nab\r\n"), .hole(7), .piece("HTTP/1.1 is old\r\nHTTP/1.1\r\n")],
      [.body("ab", 1), chunks(7), .skipped(27), cut]),
  ]

  static let others: [ChunkHole] = [
    ChunkHole(
      "text like chunks that goes on as something else, then chunks",
      [
        .piece("2\r\nab\r\n"), .hole(7), .piece("1\r\n2\r\n"), .piece("three"), .piece("3\r\nxyz\r\n"),
        .piece("0\r\n\r\n"),
      ],
      [.body("ab", 1), chunks(7), .body("2", 1), .skipped(5), .body("xyz", 1), cut]),
    ChunkHole(
      "text like chunks with a size beyond the limit, then chunks",
      [.piece("2\r\nab\r\n"), .hole(7), .piece("1\r\n2\r\n"), .piece("fffffff\r\n"), .piece("3\r\nxyz\r\n")],
      [.body("ab", 1), chunks(7), .body("2xyz", 1), cut]),
    ChunkHole(
      "the next response", [.piece("2\r\nab\r\n"), .hole(17), .piece(next)],
      [.body("ab", 1), chunks(17), cut, .response(204, 2), .end(2)]),
    ChunkHole(
      "the next response in the middle of a piece",
      [.piece("2\r\nab\r\n"), .hole(17), .piece("c\r\n0\r\n\r\n" + next)],
      [.body("ab", 1), chunks(17), .skipped(8), cut, .response(204, 2), .end(2)]),
    ChunkHole(
      "the next response behind a guess", [.piece("2\r\nab\r\n"), .hole(17), .piece("ff\r\n"), .piece(next)],
      [.body("ab", 1), chunks(17), .skipped(4), cut, .response(204, 2), .end(2)]),
    ChunkHole(
      "a last chunk and the next response", [.piece("2\r\nab\r\n"), .hole(17), .piece("0\r\n\r\n" + next)],
      [.body("ab", 1), chunks(17), .skipped(5), cut, .response(204, 2), .end(2)]),
    ChunkHole(
      "another request", [.piece("2\r\nab\r\n"), .hole(17), .request, .piece("3\r\nxyz\r\n" + next)],
      [.body("ab", 1), chunks(17), .request("GET /", 2), .end(2), cut, .skipped(8)] + answer),
    ChunkHole(
      "a hole behind another request", [.piece("2\r\nab\r\n"), .request, .hole(17), .piece("3\r\nxyz\r\n" + next)],
      [
        .body("ab", 1), .request("GET /", 2), .end(2), .lost(17, .message(exchange: 1)), cut, .skipped(8),
      ] + answer),
  ]

  private func hear(_ parts: [DeliveredPart], head: String = Self.head) -> [Heard] {
    var hearing = Hearing()
    hearing.hear(Self.request, .clientToServer)
    hearing.hear(head, .serverToClient)
    hearing.heard = []
    for part in parts {
      switch part {
      case .piece(let text): hearing.hear(text, .serverToClient)
      case .hole(let length): hearing.miss(length, .serverToClient)
      case .request: hearing.hear(Self.request, .clientToServer)
      }
    }
    hearing.finish(.serverToClient)
    return hearing.heard
  }

  @Test("behind a hole, chunks are found where a segment begins with one", arguments: found)
  func foundAgain(example: ChunkHole) { #expect(hear(example.parts) == example.heard) }

  @Test("a hole that ends in a chunk's data or with its line break leaves the place known", arguments: exact)
  func knownPlace(example: ChunkHole) {
    #expect(hear(example.parts) == example.heard)
    #expect(hear(bytewise(example.parts)) == example.heard)
  }

  @Test("what only looks like a chunk is skipped", arguments: unfound)
  func lookalike(example: ChunkHole) { #expect(hear(example.parts) == example.heard) }

  @Test("a wrong guess and a lost end cost no more than the response", arguments: others)
  func bounded(example: ChunkHole) { #expect(hear(example.parts) == example.heard) }

  @Test("however the bytes behind a hole are split, only they are told, no fault and one end")
  func splits() {
    for example in Self.found + Self.exact + Self.unfound + Self.others {
      for parts in [bytewise(example.parts)] + halves(example.parts) {
        let heard = hear(parts)
        #expect(heard.count { if case .end(1, _) = $0 { true } else { false } } == 1, "\(example.name): \(heard)")
        #expect(!heard.contains(.end(1)), "\(example.name): \(heard)")
        #expect(!heard.contains { if case .fault = $0 { true } else { false } }, "\(example.name): \(heard)")
        let responses = heard.count { if case .response = $0 { true } else { false } }
        let limit = example.heard.contains(.response(204, 2)) ? 1 : 0
        #expect(responses <= limit, "\(example.name): \(heard)")
      }
    }
  }

  private func bytewise(_ parts: [DeliveredPart]) -> [DeliveredPart] {
    parts.flatMap { part in
      guard case .piece(let text) = part else { return [part] }
      return text.utf8.map { DeliveredPart.piece(String(UnicodeScalar($0))) }
    }
  }

  /// The parts with one piece in two, for each place where that can be.
  private func halves(_ parts: [DeliveredPart]) -> [[DeliveredPart]] {
    parts.indices.flatMap { index -> [[DeliveredPart]] in
      guard case .piece(let text) = parts[index] else { return [] }
      let bytes = Array(text.utf8)
      return (1..<max(1, bytes.count)).map { place in
        let two = [bytes[..<place], bytes[place...]].map { DeliveredPart.piece(String(decoding: $0, as: UTF8.self)) }
        return parts[..<index] + two + parts[(index + 1)...]
      }
    }
  }

  @Test(
    "hostile pieces and holes give no fault, no second end, and no more events than pieces want",
    arguments: UInt64(0)..<40)
  func hostile(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let words = [
      "0\r\n", "1\r\n", "2\r\nab\r\n", "\r\n", "ffff\r\n", "10001\r\n", "3;a", "HTTP/1.1 ", "0\r\n\r\n", "x", "\r",
      "\n",
    ]
    for _ in 0..<50 {
      var parts: [DeliveredPart] = [.piece("2\r\nab\r\n"), .hole(7)]
      for _ in 0..<Int.random(in: 1...20, using: &random) {
        if Int.random(in: 0..<8, using: &random) == 0 { parts.append(.hole(Int.random(in: 1...12, using: &random))) }
        let count = Int.random(in: 1...6, using: &random)
        parts.append(.piece((0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined()))
      }
      let heard = hear(parts)
      #expect(heard.count { if case .end(1, false) = $0 { true } else { false } } == 1, "\(parts): \(heard)")
      #expect(!heard.contains { if case .fault(_, 1) = $0 { true } else { false } }, "\(parts): \(heard)")
    }
  }

  @Test("of what says no, and of a request, the end is told at once")
  func unsought() {
    let refusal = "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n"
    #expect(
      hear([.piece("2\r\nab\r\n"), .hole(7), .piece("3\r\nxyz\r\n")], head: refusal)
        == [.body("ab", 1), .lost(7, .message(exchange: 1)), Self.cut, .skipped(8)])
    var hearing = Hearing()
    hearing.hear("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", .clientToServer)
    hearing.miss(7, .clientToServer)
    hearing.hear("3\r\nxyz\r\n", .clientToServer)
    #expect(
      hearing.heard == [
        .request("POST /", 1), .body("ab", 1), .lost(7, .message(exchange: 1)), Self.cut, .skipped(8),
      ])
  }

  @Test("a later request gives the end of a response that is searched, once, and none of one that goes on")
  func conclusion() {
    var hearing = Hearing()
    hearing.hear(Self.request, .clientToServer)
    hearing.hear(Self.head + "2\r\nab\r\n", .serverToClient)
    hearing.miss(7, .serverToClient)
    #expect(hearing.dialogue.concludeLostBody() == nil)
    hearing.hear(Self.request, .clientToServer)
    #expect(hearing.dialogue.concludeLostBody() == .end(exchange: 1, complete: false))
    #expect(hearing.dialogue.concludeLostBody() == nil)
    #expect(hearing.dialogue.isSearching(.serverToClient))
  }
}
