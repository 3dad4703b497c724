import Packets
import TestSupport
import Testing

@testable import Streams

/// One conversation of random bytes, on a wire that does to it what wires and captures do.
@Suite struct ConversationTests {
  /// What a wire does; several at once.
  enum Mischief: CaseIterable, Sendable { case reorder, repeatSome, regroup, copy, drop, wrap }

  /// A segment of the conversation before it meets the wire.
  struct Planned {
    var direction: Direction
    var sequence: Int
    var acknowledgement: Int
    var payload: [UInt8]
    var identification: UInt32
  }

  /// The conversation: alternating messages, each cut in segments and acknowledged by the next ones.
  private func plan(_ random: inout SeededGenerator) -> (segments: [Planned], text: Directional<[UInt8]>) {
    var text = Directional<[UInt8]>(both: [])
    var segments: [Planned] = []
    for round in 0..<30 {
      let direction: Direction = round.isMultiple(of: 2) ? .clientToServer : .serverToClient
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let payload = (0..<Int.random(in: 1...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
        }
        segments.append(
          Planned(
            direction: direction, sequence: 1 + text[direction].count,
            acknowledgement: 1 + text[direction.reversed].count, payload: payload,
            identification: UInt32(segments.count + 1)))
        text[direction] += payload
      }
    }
    return (segments, text)
  }

  private func regroup(_ segments: [Planned], _ random: inout SeededGenerator) -> [Planned] {
    var result: [Planned] = []
    for segment in segments {
      if let last = result.last, last.direction == segment.direction, Bool.random(using: &random),
        last.sequence + last.payload.count == segment.sequence
      {
        result[result.count - 1].payload += segment.payload
      } else if segment.payload.count > 4, Bool.random(using: &random) {
        var (head, tail) = (segment, segment)
        head.payload = Array(segment.payload[..<3])
        tail.payload = Array(segment.payload[3...])
        tail.sequence += 3
        tail.identification += 10_000
        result += [head, tail]
      } else {
        result.append(segment)
      }
    }
    return result
  }

  private func mangle(
    _ segments: [Planned], _ mischief: Set<Mischief>, _ random: inout SeededGenerator
  ) -> [Planned] {
    var segments = mischief.contains(.regroup) ? regroup(segments, &random) : segments
    if mischief.contains(.repeatSome) {
      for index in segments.indices.reversed() where Int.random(in: 0..<5, using: &random) == 0 {
        var again = segments[index]
        again.identification += 20_000
        segments.insert(again, at: min(segments.count, index + Int.random(in: 1...8, using: &random)))
      }
    }
    if mischief.contains(.copy) { segments = segments.flatMap { [$0, $0] } }
    if mischief.contains(.reorder) {
      for index in segments.indices {
        segments.swapAt(index, min(segments.count - 1, index + Int.random(in: 0...6, using: &random)))
      }
    }
    return segments
  }

  /// Puts a conversation on a wire, and a last acknowledgement of everything in each direction.
  private func play(_ segments: [Planned], _ text: Directional<[UInt8]>, isWrapping: Bool) -> Wire {
    var wire = Wire()
    if isWrapping {
      wire.clientISN = .max - 200
      wire.serverISN = .max - 90
    }
    wire.shakeHands()
    for segment in segments {
      // The copies of a packet are to come within the millisecond.
      wire.milliseconds -= 10
      wire.send(
        segment.direction, [.ack], sequence: segment.sequence, acknowledgement: segment.acknowledgement,
        segment.payload, shape: Wire.Shape(identification: segment.identification))
    }
    for direction in Direction.allCases {
      wire.send(
        direction, .ack, sequence: 1 + text[direction].count, acknowledgement: 1 + text[direction.reversed].count)
    }
    wire.table.finish()
    wire.drain()
    return wire
  }

  @Test("whatever the wire does, the bytes are those that were sent", arguments: 0..<200 as Range<UInt64>)
  func recovery(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let mischief = Set(Mischief.allCases.filter { $0 != .drop && Bool.random(using: &random) })
    let (segments, text) = plan(&random)
    let wire = play(mangle(segments, mischief, &random), text, isWrapping: mischief.contains(.wrap))
    #expect(wire.bytes(.clientToServer) == text.clientToServer, "\(mischief)")
    #expect(wire.bytes(.serverToClient) == text.serverToClient, "\(mischief)")
    #expect(wire.gaps == [])
    #expect(wire.openings == 1)
    #expect(wire.closings == [.endOfCapture])
    #expect(wire.table.bufferedBytes == 0)
    if !mischief.contains(.copy) { #expect(wire.table.duplicates == 0) }
  }

  @Test("what the capture dropped is a gap of exactly its bytes", arguments: 0..<200 as Range<UInt64>)
  func loss(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed &+ 1_000_000)
    let (segments, text) = plan(&random)
    // The first segments stay, so that both directions have begun.
    let dropped = Set(segments.indices.filter { $0 > 20 && Int.random(in: 0..<8, using: &random) == 0 })
    let kept = segments.indices.filter { !dropped.contains($0) }.map { segments[$0] }
    let wire = play(kept, text, isWrapping: seed.isMultiple(of: 2))
    for direction in Direction.allCases {
      let expected = kept.filter { $0.direction == direction }.flatMap(\.payload)
      #expect(wire.bytes(direction) == expected)
      let lost = wire.events.reduce(into: 0) { sum, event in
        if case .gap(_, direction, let gap) = event { sum += gap.length }
      }
      // One missing byte at the very end can't be told from a FIN.
      let missing = text[direction].count - expected.count
      #expect(lost == missing || (lost == missing - 1 && text[direction].count > 0 && wire.endsUnseen(direction)))
    }
  }

  @Test("random segments never trap, and every connection closes", arguments: 0..<60 as Range<UInt64>)
  func randomSegments(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed &+ 2_000_000)
    var limits = StreamLimits()
    limits.bufferedBytes = 200
    limits.bufferedSegments = 10
    limits.totalBufferedBytes = 500
    limits.connections = 6
    limits.holeSegments = 5
    var wire = Wire(limits: limits, ports: Bool.random(using: &random) ? .any : PortSelection([8080]))
    for _ in 0..<1500 {
      wire.clientPort = UInt16.random(in: 1...8, using: &random)
      wire.milliseconds &+= Int64.random(in: -200...400, using: &random)
      let near = { (base: UInt32, random: inout SeededGenerator) in
        SequenceNumber(base).advanced(by: Int.random(in: -30...120, using: &random))
      }
      let isWild = Int.random(in: 0..<20, using: &random) == 0
      let sequence = isWild ? SequenceNumber(.random(in: .min ... .max, using: &random)) : near(0, &random)
      let acknowledgement = isWild ? SequenceNumber(.random(in: .min ... .max, using: &random)) : near(0, &random)
      let payload = [UInt8](repeating: .random(in: 0...3, using: &random), count: .random(in: 0...60, using: &random))
      var flags = TCPFlags.ack
      if Int.random(in: 0..<6, using: &random) == 0 { flags = TCPFlags(rawValue: .random(in: 0...511, using: &random)) }
      let shape = Wire.Shape(
        window: .random(in: 0...100, using: &random), identification: .random(in: 0...3, using: &random),
        windowScale: .random(in: 0...255, using: &random), vlans: Bool.random(using: &random) ? [] : [5],
        captured: Bool.random(using: &random) ? nil : payload.count / 2)
      wire.put(
        Bool.random(using: &random) ? .clientToServer : .serverToClient, flags, sequence, acknowledgement, payload,
        shape)
      if Int.random(in: 0..<50, using: &random) == 0 {
        wire.advance(milliseconds: .random(in: 0...200_000, using: &random))
      }
    }
    wire.table.finish()
    wire.drain()
    #expect(wire.openings == wire.closings.count, "seed \(seed)")
    #expect(wire.table.count == 0)
    #expect(wire.table.bufferedBytes == 0)
  }
}

extension Wire {
  /// Whether a direction's FIN was inferred.
  func endsUnseen(_ direction: Direction) -> Bool { events.contains(.fin(0, direction, nil)) }
}
