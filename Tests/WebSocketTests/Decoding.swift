import Bytes
import Glibc
import Packets
import TestSupport
import Testing
import WebSocket

/// What a decoder has said, with the bytes instead of their place.
enum Fact: Equatable {
  case message(Opcode, [UInt8], length: Int, frames: Int)
  case incomplete(Opcode, [UInt8], length: Int, flags: Message.Flags)
  case opaque(Opcode, length: Int)
  case close(UInt16?, [UInt8])
  case violation(Violation.Rule, tolerated: Bool)
  case limit(WebSocketLimits.Name)
  case desynchronized(Desynchronization)
  case resynchronized(Int)

  static func text(_ text: String, frames: Int = 1) -> Fact {
    .message(.text, Array(text.utf8), length: text.utf8.count, frames: frames)
  }

  static func broken(_ rule: Violation.Rule) -> Fact { .violation(rule, tolerated: false) }

  /// As the compiler would write it, but that payloads of a megabyte are compared at once: byte by byte, without
  /// optimisation, this would take most of the tests' time.
  static func == (a: Fact, b: Fact) -> Bool {
    switch (a, b) {
    case (
      .message(let a, let payload, let length, let frames), .message(let b, let other, let otherLength, let otherFrames)
    ):
      a == b && length == otherLength && frames == otherFrames && isSame(payload, other)
    case (
      .incomplete(let a, let payload, let length, let flags),
      .incomplete(let b, let other, let otherLength, let otherFlags)
    ):
      a == b && length == otherLength && flags == otherFlags && isSame(payload, other)
    case (.opaque(let a, let length), .opaque(let b, let otherLength)): a == b && length == otherLength
    case (.close(let a, let reason), .close(let b, let other)): a == b && isSame(reason, other)
    case (.violation(let a, let isTolerated), .violation(let b, let other)): a == b && isTolerated == other
    case (.limit(let a), .limit(let b)): a == b
    case (.desynchronized(let a), .desynchronized(let b)): a == b
    case (.resynchronized(let a), .resynchronized(let b)): a == b
    default: false
    }
  }

  private static func isSame(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count, !a.isEmpty else { return a.isEmpty && b.isEmpty }
    return memcmp(a, b, a.count) == 0
  }
}

/// A decoder, its scratch buffer and all that it has said.
struct Listener {
  var decoder: MessageDecoder
  var scratch = Scratch()
  var facts: [Fact] = []
  /// The pieces of the message that is coming.
  var pieces: [UInt8] = []
  /// The pieces of each message that has come.
  var wholes: [[UInt8]] = []

  init(
    _ direction: Direction, deflate: DeflateParameters? = nil, limits: WebSocketLimits = WebSocketLimits(),
    isMidStream: Bool = false
  ) {
    decoder = MessageDecoder(direction: direction, deflate: deflate, limits: limits, isMidStream: isMidStream)
  }

  mutating func hear(_ bytes: [UInt8]) { hear(bytes.span.bytes) }

  mutating func hear(_ span: RawSpan) {
    var offset = 0
    while let event = decoder.next(span, from: &offset, scratch: &scratch) { note(event, span) }
    // An expectation for each of millions of bytes would take most of the tests' time.
    if offset != span.byteCount { Issue.record("\(span.byteCount - offset) bytes were not taken") }
  }

  mutating func miss(_ length: Int) {
    if let event = decoder.receive(gap: length, scratch: &scratch) { note(event, RawSpan()) }
    hear([])
  }

  mutating func cut(_ length: Int) {
    if let event = decoder.receive(truncated: length, scratch: &scratch) { note(event, RawSpan()) }
    hear([])
  }

  private mutating func note(_ event: Event, _ span: RawSpan) {
    switch event {
    case .piece(let place): pieces += bytes(place, span)
    case .message(let message):
      if !message.opcode.isControl {
        wholes.append(pieces)
        pieces = []
      }
      facts.append(fact(message, bytes(message.payload, span)))
    case .violation(let violation): facts.append(.violation(violation.rule, tolerated: violation.isTolerated))
    case .limit(let name, _): facts.append(.limit(name))
    case .desynchronized(let reason): facts.append(.desynchronized(reason))
    case .resynchronized(let skipped): facts.append(.resynchronized(Int(clamping: skipped)))
    }
  }

  private func bytes(_ place: PayloadLocation, _ span: RawSpan) -> [UInt8] {
    switch place {
    case .input(let range): span.copy(range)
    case .scratch(let range): scratch.bytes.span.bytes.copy(range)
    }
  }

  private func fact(_ message: Message, _ payload: [UInt8]) -> Fact {
    let length = Int(clamping: message.payloadLength)
    if !message.isComplete {
      return .incomplete(message.opcode, payload, length: length, flags: message.flags.subtracting(.masked))
    }
    if message.isOpaque { return .opaque(message.opcode, length: length) }
    if message.opcode == .close { return .close(message.closeCode?.rawValue, Array(payload.dropFirst(2))) }
    return .message(message.opcode, payload, length: length, frames: Int(message.frames))
  }
}

/// Decodes an input in the ways in which TCP may deliver it, and expects the same facts of each.
///
/// Behind the input comes a pong, which is legal everywhere and is heard wherever the place was not lost for good.
func expect(
  _ input: [UInt8], _ direction: Direction, deflate: DeflateParameters? = nil,
  limits: WebSocketLimits = WebSocketLimits(payload: .max), chop: Int? = nil, _ facts: [Fact], _ name: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let tail = FrameEncoder(direction: direction).frame(.pong, Array("tail".utf8))
  var expectedWithTail = facts
  if !facts.contains(where: \.isDesynchronization) {
    expectedWithTail.append(.message(.pong, Array("tail".utf8), length: 4, frames: 1))
  }
  for way in deliveries(of: input.count, chop: chop) {
    var listener = Listener(direction, deflate: deflate, limits: limits)
    let bytes = way.hasTail ? input + tail : input
    var (start, end) = (0, min(way.first, bytes.count))
    while start < bytes.count {
      listener.hear(bytes.span.bytes.extracting(start..<end))
      start = end
      end += min(way.following, bytes.count - end)
    }
    let expected = way.hasTail ? expectedWithTail : facts
    // The facts of a long case are not for printing.
    let agrees = listener.facts == expected
    #expect(agrees, "\(name), \(way.name): \(listener.facts.shortened)", sourceLocation: sourceLocation)
  }
}

/// The four ways in which TCP may deliver an input of a length, and in pieces of the size that a case asks for.
///
/// Each place of a short input parts it in two. Of a long one, where that would take hours, each place is a seam between
/// pieces of 31 bytes in one of 31 deliveries.
private func deliveries(of count: Int, chop: Int?) -> [Delivery] {
  var ways = [
    Delivery(name: "whole", first: count), Delivery(name: "byte by byte", first: 1, following: 1),
    Delivery(name: "with a tail", first: .max, hasTail: true),
  ]
  if count <= 2000 {
    for place in 1..<max(1, count) { ways.append(Delivery(name: "split at \(place)", first: place)) }
  } else {
    let size = 31
    for place in 1...size {
      ways.append(Delivery(name: "split at \(place) and each \(size) bytes behind", first: place, following: size))
    }
  }
  if let chop { ways.append(Delivery(name: "in pieces of \(chop)", first: chop, following: chop)) }
  return ways
}

/// How an input is cut: a first piece, and pieces of one size behind it.
private struct Delivery {
  var name: String
  var first: Int
  var following = Int.max
  var hasTail = false
}

extension Fact {
  fileprivate var isDesynchronization: Bool { if case .desynchronized = self { true } else { false } }
}

extension [Fact] {
  /// The first facts in words, as much as a failed test needs to show.
  fileprivate var shortened: String { String("\(prefix(6))".prefix(600)) }
}
