import Bytes
import HTTP
import Packets
import TestSupport
import Testing

/// What a dialogue has said, its bytes as text and what a piece's end cut joined again.
enum Heard: Equatable {
  case request(String, Int)
  case interim(Int, Int)
  case response(Int, Int)
  case body(String, Int)
  case trailers([String], Int)
  case end(Int, complete: Bool)
  case tunnel(Int)
  case proxy(String?)
  case encrypted
  case http2
  case notHTTP
  case skipped(Int)
  case fault(Dialogue.Fault, Int)
  case lost(Int, Dialogue.Loss)

  /// A message that has come to its end.
  static func end(_ exchange: Int) -> Heard { .end(exchange, complete: true) }
}

/// A dialogue and all that it has said.
struct Hearing {
  var dialogue: Dialogue
  var heard: [Heard] = []
  /// The bytes behind the switch to another protocol.
  var tunnelled: [UInt8] = []

  init(midStream: Bool = false, limits: HTTPLimits = HTTPLimits()) {
    dialogue = Dialogue(midStream: midStream, limits: limits)
  }

  mutating func hear(_ bytes: [UInt8], _ direction: Direction) {
    let span = bytes.span.bytes
    var offset = 0
    while let event = dialogue.next(span, from: &offset, direction: direction) { note(event, bytes) }
    if dialogue.isTunnel(direction) {
      tunnelled += bytes[offset...]
    } else {
      #expect(offset == bytes.count)
    }
    if direction == .serverToClient, let held = dialogue.releaseHeldBack() { hear(held, .clientToServer) }
  }

  mutating func hear(_ text: String, _ direction: Direction) { hear(Array(text.utf8), direction) }

  mutating func miss(_ length: Int, _ direction: Direction) {
    if let event = dialogue.receive(gap: length, direction: direction) { note(event, []) }
  }

  mutating func finish(_ direction: Direction, cleanly: Bool = true) {
    while let event = dialogue.finish(direction: direction, cleanly: cleanly) { note(event, []) }
  }

  private mutating func note(_ event: Dialogue.Event, _ bytes: [UInt8]) {
    switch event {
    case .request(let head, let exchange): heard.append(.request("\(head.method) \(head.target)", exchange))
    case .interim(let head, let exchange): heard.append(.interim(head.status, exchange))
    case .response(let head, let exchange): heard.append(.response(head.status, exchange))
    case .body(let range, let exchange):
      let text = String(decoding: bytes[range], as: UTF8.self)
      if case .body(let before, exchange)? = heard.last {
        heard[heard.count - 1] = .body(before + text, exchange)
      } else {
        heard.append(.body(text, exchange))
      }
    case .trailers(let fields, let exchange):
      heard.append(.trailers(fields.map { "\($0.name): \($0.value)" }, exchange))
    case .end(let exchange, let complete): heard.append(.end(exchange, complete: complete))
    case .tunnel(let exchange): heard.append(.tunnel(exchange))
    case .heldBack, .heldBackLimit: break
    case .proxyProtocol(let source, _): heard.append(.proxy(source?.description))
    case .encrypted: heard.append(.encrypted)
    case .http2Preface: heard.append(.http2)
    case .notHTTP: heard.append(.notHTTP)
    case .skipped(let count):
      if case .skipped(let before)? = heard.last {
        heard[heard.count - 1] = .skipped(before + count)
      } else {
        heard.append(.skipped(count))
      }
    case .fault(let fault, let exchange): heard.append(.fault(fault, exchange))
    case .lost(let count, let loss): heard.append(.lost(count, loss))
    }
  }
}

/// The bytes of one direction, what the other has said before, and what is heard.
struct DialogueCase: Sendable, CustomTestStringConvertible {
  var name: String
  var direction: Direction
  /// What the client has sent before the server's bytes.
  var before: String
  var bytes: [UInt8]
  var heard: [Heard]

  static func request(_ name: String, _ text: String, _ heard: [Heard]) -> DialogueCase {
    DialogueCase(name: name, direction: .clientToServer, before: "", bytes: Array(text.utf8), heard: heard)
  }

  static func response(
    _ name: String, to request: String = "GET / HTTP/1.1\r\n\r\n", _ text: String, _ heard: [Heard]
  ) -> DialogueCase {
    DialogueCase(name: name, direction: .serverToClient, before: request, bytes: Array(text.utf8), heard: heard)
  }

  var testDescription: String { name }

  /// A further message and what is heard of it, where the one before has ended.
  var tail: (bytes: [UInt8], heard: [Heard]) {
    guard case .end(let exchange, true)? = heard.last else { return ([], []) }
    switch direction {
    case .clientToServer:
      return (Array("GET /tail HTTP/1.1\r\n\r\n".utf8), [.request("GET /tail", exchange + 1), .end(exchange + 1)])
    case .serverToClient:
      return (Array("HTTP/1.1 204 Tail\r\n\r\n".utf8), [.response(204, exchange + 1), .end(exchange + 1)])
    }
  }

  /// Whether the case holds in each of the four ways.
  func check() {
    let tail = tail
    for way in fourWays(bytes, tail: tail.bytes) {
      var hearing = Hearing()
      if !before.isEmpty { hearing.hear(before, .clientToServer) }
      hearing.heard = []
      for piece in way.pieces { hearing.hear(piece, direction) }
      #expect(hearing.heard == heard + (way.hasTail ? tail.heard : []), "\(name), \(way.name)")
    }
  }
}
