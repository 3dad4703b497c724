import Packets
import TestSupport
import Testing

@testable import Streams

@Suite struct ReassemblyTests {
  /// A wire after its handshake.
  private func open(limits: StreamLimits = StreamLimits()) -> Wire {
    var wire = Wire(limits: limits)
    wire.shakeHands()
    wire.log = []
    return wire
  }

  @Test("payload arrives the same however it is cut")
  func cutFourWays() {
    let input = ascii("0123456789abcdef")
    for way in fourWays(input, tail: ascii("tail")) {
      var wire = open()
      var position = 1
      for piece in way.pieces {
        wire.send(.clientToServer, .ack, sequence: position, acknowledgement: 1, piece)
        position += piece.count
      }
      #expect(wire.bytes(.clientToServer).starts(with: input), "\(way.name)")
      #expect(wire.arrivals.suffix(way.pieces.count).allSatisfy { $0.isPlain })
    }
  }

  struct Overlap: CustomTestStringConvertible, Sendable {
    var name: String
    /// Start and text of each segment, in capture order.
    var segments: [(Int, String)]
    var delivered: [String]
    var conflicts = 0
    var testDescription: String { name }
  }

  static let overlaps = [
    Overlap(name: "wholly old", segments: [(1, "abcd"), (1, "abcd")], delivered: ["abcd"]),
    Overlap(name: "old at its front", segments: [(1, "abcd"), (3, "cdef")], delivered: ["abcd", "ef"]),
    Overlap(name: "one swapped", segments: [(4, "def"), (1, "abc")], delivered: ["abc", "def"]),
    Overlap(name: "three backwards", segments: [(5, "ef"), (3, "cd"), (1, "ab")], delivered: ["ab", "cd", "ef"]),
    Overlap(name: "over a stored one", segments: [(3, "cd"), (1, "abcdef")], delivered: ["ab", "cd", "ef"]),
    Overlap(
      name: "over two stored ones", segments: [(3, "c"), (5, "e"), (1, "abcdef")],
      delivered: ["ab", "c", "d", "e", "f"]),
    Overlap(name: "stored twice", segments: [(3, "cd"), (3, "cd"), (1, "ab")], delivered: ["ab", "cd"]),
    Overlap(
      name: "stored overlapping", segments: [(3, "cd"), (4, "def"), (1, "ab")], delivered: ["ab", "cd", "ef"]),
    Overlap(
      name: "the first copy wins in the store", segments: [(3, "cd"), (3, "XY"), (1, "ab")], delivered: ["ab", "cd"],
      conflicts: 1),
    Overlap(
      name: "the first copy wins at the front", segments: [(3, "cd"), (1, "abXYef")], delivered: ["ab", "cd", "ef"],
      conflicts: 1),
  ]

  @Test("out-of-order and overlapping segments", arguments: overlaps)
  func overlapping(_ test: Overlap) {
    var wire = open()
    for (start, text) in test.segments {
      wire.send(.clientToServer, .ack, sequence: start, acknowledgement: 1, ascii(text))
    }
    let delivered = wire.log.compactMap { seen -> String? in
      if case .data(.clientToServer, let bytes) = seen { return String(decoding: bytes, as: UTF8.self) }
      return nil
    }
    #expect(delivered == test.delivered)
    let conflicts = wire.events.count { event in
      if case .conflict = event { return true }
      return false
    }
    #expect(conflicts == test.conflicts)
    #expect(wire.table.bufferedBytes == 0)
  }

  @Test("a conflict says how many bytes were compared and which packet came first")
  func conflict() {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 3, acknowledgement: 1, ascii("cdef"))
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("abcXXf"))
    let expected = Conflict(length: 4, first: PacketReference(capture: 0, number: 4, time: wire.time(4)))
    #expect(wire.events.contains(.conflict(0, .clientToServer, expected)))
    #expect(wire.table[0].facts.clientToServer.counters.conflictingBytes == 4)
  }

  @Test(
    "a retransmission with other bytes than those delivered is a conflict",
    arguments: [(1, "HELLO"), (1, "HELLOworld"), (1, "helloWORLD"), (6, "WORLD"), (6, "worlD!")])
  func conflictWithDelivered(_ start: Int, _ text: String) {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("hello"))
    wire.send(.clientToServer, .ack, sequence: 6, acknowledgement: 1, ascii("world"))
    wire.milliseconds += 300
    wire.send(.clientToServer, .ack, sequence: start, acknowledgement: 1, ascii(text))
    let first = PacketReference(capture: 0, number: start == 6 || text.hasPrefix("h") ? 5 : 4, time: wire.time(0))
    let conflicts = wire.events.compactMap { event -> Conflict? in
      if case .conflict(_, .clientToServer, let conflict) = event { return conflict }
      return nil
    }
    #expect(conflicts.map(\.first.number) == [first.number])
    #expect(conflicts.map(\.length) == [5])
    #expect(wire.bytes(.clientToServer).starts(with: ascii("helloworld")))
  }

  @Test("a retransmission of the same bytes, joined or not, is no conflict", arguments: ["hello", "helloworld", "hel"])
  func noConflict(_ text: String) {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("hello"))
    wire.send(.clientToServer, .ack, sequence: 6, acknowledgement: 1, ascii("world"))
    wire.milliseconds += 300
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii(text))
    #expect(wire.table[0].facts.clientToServer.counters.conflictingBytes == 0)
  }

  @Test("a buffered segment names the packet that brought it")
  func bufferedReference() {
    var wire = Wire()
    wire.shakeHands()
    wire.send(.clientToServer, .ack, sequence: 4, acknowledgement: 1, ascii("def"))
    let reference = wire.table.details[wire.table.states[0].detail].stores.clientToServer.pieces.first?.reference
    #expect(reference?.number == 4)
  }

  @Test("sixty segments in reverse order are put right")
  func deepReordering() {
    var wire = open()
    let input = (0..<600).map { UInt8(truncatingIfNeeded: $0) }
    for start in stride(from: 590, through: 0, by: -10) {
      wire.send(.clientToServer, .ack, sequence: 1 + start, acknowledgement: 1, Array(input[start..<start + 10]))
    }
    #expect(wire.bytes(.clientToServer) == input)
    #expect(wire.gaps == [])
  }

  @Test("sequence numbers wrap around anywhere", arguments: -12...2)
  func wrapping(_ offset: Int) {
    var wire = Wire()
    wire.clientISN = UInt32(truncatingIfNeeded: offset)
    wire.shakeHands()
    for start in [3, 1, 7, 5, 9] {
      wire.send(.clientToServer, .ack, sequence: start, acknowledgement: 1, ascii("\(start)."))
    }
    wire.send(.clientToServer, [.fin, .ack], sequence: 11, acknowledgement: 1)
    #expect(wire.bytes(.clientToServer) == ascii("1.3.5.7.9."))
    #expect(wire.table[0].halves.clientToServer.isFinished)
    #expect(wire.gaps == [])
  }

  @Test("the snap length cuts payload without making a gap")
  func snapLength() {
    var wire = open()
    let shape = Wire.Shape(captured: 2)
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("abcdef"), shape: shape)
    wire.send(.clientToServer, .ack, sequence: 13, acknowledgement: 1, ascii("mnopqr"), shape: shape)
    wire.send(.clientToServer, .ack, sequence: 7, acknowledgement: 1, ascii("ghijkl"), shape: shape)
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 19)
    wire.table.finish()
    wire.drain()
    #expect(wire.bytes(.clientToServer) == ascii("abghmn"))
    let truncated = wire.events.compactMap { event -> Int? in
      if case .truncated(_, .clientToServer, let length, _) = event { return length }
      return nil
    }
    #expect(truncated == [4, 4, 4])
    #expect(wire.gaps == [])
  }

  @Test("each limit forces a gap and says so", arguments: StreamLimits.Name.allCases.filter { $0 != .connections })
  func limits(_ name: StreamLimits.Name) {
    var limits = StreamLimits()
    switch name {
    case .bufferedBytes: limits.bufferedBytes = 25
    case .bufferedSegments: limits.bufferedSegments = 2
    case .totalBufferedBytes, .connections: limits.totalBufferedBytes = 25
    }
    var wire = open(limits: limits)
    for start in [11, 31, 51] {
      wire.send(.clientToServer, .ack, sequence: start, acknowledgement: 1, [UInt8](repeating: 7, count: 10))
    }
    #expect(wire.events.contains(.limitReached(name, slot: 0)))
    #expect(wire.gaps.first == Gap(length: 10, cause: .limit(name), acknowledgement: nil))
    #expect(wire.table.bufferedBytes <= 25)
  }

  @Test("bytes before the first captured segment are old, once they are no longer waited for")
  func beforeTheStart() {
    var wire = Wire()
    wire.send(.clientToServer, .ack, sequence: 100, acknowledgement: 1, ascii("new"))
    wire.settle()
    wire.send(.clientToServer, .ack, sequence: 90, acknowledgement: 1, ascii("old"))
    #expect(wire.bytes(.clientToServer) == ascii("new"))
  }

  @Test("a keep-alive as the first packet makes no hole", arguments: [[], [0]] as [[UInt8]])
  func keepAliveFirst(_ payload: [UInt8]) {
    var wire = Wire()
    wire.send(.clientToServer, .ack, sequence: 99, acknowledgement: 50, payload)
    wire.send(.serverToClient, .ack, sequence: 50, acknowledgement: 100)
    wire.send(.clientToServer, .ack, sequence: 100, acknowledgement: 50, ascii("data"))
    wire.send(.serverToClient, .ack, sequence: 50, acknowledgement: 104)
    wire.table.finish()
    wire.drain()
    #expect(wire.bytes(.clientToServer) == ascii("data"))
    #expect(wire.gaps == [])
  }

  @Test("nothing is payload behind a FIN")
  func dataAfterFIN() {
    var wire = open()
    wire.send(.clientToServer, [.fin, .ack], sequence: 1, acknowledgement: 1, ascii("ab"))
    wire.send(.clientToServer, .ack, sequence: 3, acknowledgement: 1, ascii("xyz"))
    #expect(wire.bytes(.clientToServer) == ascii("ab"))
  }
}
