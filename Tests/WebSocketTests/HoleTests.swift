import Packets
import Testing

@testable import WebSocket

/// Bytes that the capture has missed, cut off or never had.
@Suite struct HoleTests {
  /// Decodes an input of which a range is missing.
  private func hear(
    _ bytes: [UInt8], without hole: Range<Int>, _ direction: Direction, deflate: DeflateParameters? = nil,
    isCut: Bool = false
  ) -> [Fact] {
    var listener = Listener(direction, deflate: deflate)
    listener.hear(Array(bytes[..<hole.lowerBound]))
    if isCut { listener.cut(hole.count) } else { listener.miss(hole.count) }
    listener.hear(Array(bytes[hole.upperBound...]))
    return listener.facts
  }

  @Test("a hole within a payload costs its message only", arguments: Direction.allCases)
  func withinPayload(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    let first = encoder.text("0123456789")
    let start = first.count - 10
    let bytes = first + encoder.text("next")
    for end in start + 5...start + 10 {
      #expect(
        hear(bytes, without: start + 4..<end, direction) == [
          .incomplete(.text, Array("0123".utf8), length: 10, flags: .lost), .text("next"),
        ])
    }
    #expect(
      hear(bytes, without: start + 4..<start + 10, direction, isCut: true) == [
        .incomplete(.text, Array("0123".utf8), length: 10, flags: .cut), .text("next"),
      ])
  }

  @Test("a hole within a fragment costs the whole fragmented message", arguments: Direction.allCases)
  func withinFragment(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    let first = encoder.text("0123456789", isFinal: false)
    let bytes = first + encoder.frame(.ping) + encoder.continuation("abc") + encoder.text("next")
    #expect(
      hear(bytes, without: first.count - 6..<first.count - 2, direction) == [
        .message(.ping, [], length: 0, frames: 1),
        .incomplete(.text, Array("0123".utf8), length: 13, flags: .lost), .text("next"),
      ])
  }

  @Test("after a hole over a header the next run of frames is found", arguments: Direction.allCases)
  func overHeader(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    let lines = (0..<6).map { "42[\"token\",\"number \($0)\"]" }
    let frames = lines.map { encoder.text($0) }
    let length = frames[0].count
    let facts = hear(frames.flatMap { $0 }, without: length - 3..<length + 5, direction)
    #expect(
      facts == [
        .incomplete(.text, Array(lines[0].utf8.dropLast(3)), length: lines[0].utf8.count, flags: .lost),
        .resynchronized(5 + length - 5),
      ] + lines.dropFirst(2).map { .text($0) })
  }

  @Test("one frame in a segment of its own is found", arguments: Direction.allCases)
  func aloneInSegment(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    var listener = Listener(direction)
    listener.hear(encoder.text("a"))
    listener.miss(1000)
    listener.hear(encoder.text("b"))
    listener.hear(encoder.frame(.binary, [1, 2, 3]))
    #expect(
      listener.facts == [
        .text("a"), .resynchronized(1000), .text("b"), .message(.binary, [1, 2, 3], length: 3, frames: 1),
      ])
  }

  @Test("neither zeros nor the middle of a text are taken for frames", arguments: Direction.allCases)
  func nothingToFind(direction: Direction) {
    for noise in [
      [UInt8](repeating: 0, count: 5000), Array(String(repeating: "всё ещё текст ", count: 200).utf8),
      Array(String(repeating: "{\"token\":1},", count: 200).utf8), Content.noise.payload(20000),
    ] {
      var listener = Listener(direction, isMidStream: true)
      listener.hear(noise)
      #expect(listener.facts.isEmpty)
      #expect(listener.decoder.skippedBytes == UInt64(noise.count))
      #expect(!listener.decoder.isSynchronized)
    }
  }

  @Test("in the middle of a stream a continuation without a start is no violation", arguments: Direction.allCases)
  func midStream(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    var listener = Listener(direction, isMidStream: true)
    listener.hear(
      encoder.continuation("the end of something") + encoder.text("one message") + encoder.text("and another"))
    #expect(
      listener.facts == [
        .resynchronized(0),
        .incomplete(.continuation, Array("the end of something".utf8), length: 20, flags: .lost),
        .text("one message"), .text("and another"),
      ])
  }

  @Test(
    "after a hole, messages that refer to what was missed are opaque, others are not", arguments: Direction.allCases)
  func compressedAfterHole(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    let deflater = Deflater()
    let json = Content.json.payload(300)
    let known = encoder.frame(.text, deflater.message(json), rsv: 4)
    let missed = encoder.frame(.binary, deflater.message(Array("missing".utf8)), rsv: 4)
    let deflated = deflater.message(json)
    let referring = encoder.frame(.text, deflated, rsv: 4)
    let plain = encoder.text("this is plain text")
    deflater.reset()
    let fresh = encoder.frame(.text, deflater.message(Array("fresh and alone".utf8)), rsv: 4)
    let again = encoder.frame(.text, deflater.message(Array("fresh and alone".utf8)), rsv: 4)
    let bytes = known + missed + plain + referring + fresh + again
    let start = known.count
    #expect(
      hear(bytes, without: start..<start + missed.count, direction, deflate: DeflateParameters()) == [
        .message(.text, json, length: 300, frames: 1), .resynchronized(missed.count), .text("this is plain text"),
        .opaque(.text, length: deflated.count), .text("fresh and alone"), .text("fresh and alone"),
      ])
  }

  @Test("without takeover a hole costs no later message", arguments: Direction.allCases)
  func compressedWithoutTakeover(direction: Direction) throws {
    let encoder = FrameEncoder(direction: direction)
    let parameters = try #require(
      DeflateParameters(answer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover"))
    let json = Content.json.payload(300)
    let frame = encoder.frame(.text, Deflater().message(json), rsv: 4)
    let facts = hear(frame + frame, without: frame.count - 10..<frame.count - 4, direction, deflate: parameters)
    #expect(facts.count == 2)
    #expect(facts.last == .message(.text, json, length: 300, frames: 1))
    guard case .incomplete(.text, _, _, let flags) = facts.first else {
      Issue.record("\(facts)")
      return
    }
    #expect(flags == [.lost, .compressed, .lengthUnknown])
  }

  @Test("what is open says how much of it has come", arguments: Direction.allCases)
  func pending(direction: Direction) {
    let encoder = FrameEncoder(direction: direction)
    var listener = Listener(direction)
    #expect(listener.decoder.pending == nil)
    let first = encoder.frame(.binary, [1, 2, 3], isFinal: false)
    let second = encoder.frame(.continuation, [4, 5], announced: 5_000_000)
    listener.hear([first[0]])
    #expect(
      listener.decoder.pending
        == PendingMessage(
          opcode: .binary, frames: 1, announcedLength: nil, receivedLength: 0, headerBytes: 1, isFinalFrame: false))
    listener.hear(Array(first.dropFirst()))
    listener.hear(second)
    #expect(
      listener.decoder.pending
        == PendingMessage(
          opcode: .binary, frames: 2, announcedLength: 5_000_003, receivedLength: 5, headerBytes: 0, isFinalFrame: true)
    )
  }
}
