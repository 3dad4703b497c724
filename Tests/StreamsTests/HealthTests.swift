import Packets
import Testing

@testable import Streams

@Suite struct HealthTests {
  private func open(shape: Wire.Shape = Wire.Shape()) -> Wire {
    var wire = Wire()
    wire.shakeHands(shape: shape)
    wire.log = []
    return wire
  }

  private func kinds(_ events: [HealthEvent]) -> [Retransmission.Kind] {
    events.compactMap { event in
      if case .retransmission(let retransmission) = event { return retransmission.kind }
      return nil
    }
  }

  @Test("the same bytes after 200 ms are a retransmission timeout, and its original is known")
  func timeout() {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("abc"))
    wire.milliseconds += 240
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("abc"))
    let expected = Retransmission(
      kind: .timeout, sequence: SequenceNumber(1001), length: 3, original: wire.time(4))
    #expect(wire.health(.clientToServer) == [.retransmission(expected)])
    #expect(wire.table[0].facts.clientToServer.counters.retransmissionTimeouts == 1)
  }

  @Test("bytes that duplicate acknowledgements ask for are a fast retransmission")
  func fast() {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("abc"))
    wire.send(.clientToServer, .ack, sequence: 7, acknowledgement: 1, ascii("ghi"))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 4)
    for _ in 0..<3 { wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 4) }
    wire.send(.clientToServer, .ack, sequence: 4, acknowledgement: 1, ascii("def"))
    #expect(kinds(wire.health(.clientToServer)) == [.fast])
    #expect(wire.health(.serverToClient) == (1...3).map { .duplicateAcknowledgement(count: $0) })
    #expect(wire.bytes(.clientToServer) == ascii("abcdefghi"))
    #expect(wire.table[0].facts.serverToClient.counters.duplicateAcks == 3)
  }

  @Test("bytes that were acknowledged before are a spurious retransmission")
  func spurious() {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("abc"))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 4)
    wire.milliseconds += 300
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("abc"))
    #expect(kinds(wire.health(.clientToServer)) == [.spurious])
  }

  @Test("late bytes within a round trip are out of order, later ones were sent again", arguments: [true, false])
  func outOfOrder(_ isSoon: Bool) {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 4, acknowledgement: 1, ascii("def"))
    wire.milliseconds += isSoon ? 0 : 300
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("abc"))
    let counters = wire.table[0].facts.clientToServer.counters
    #expect(counters.outOfOrder == (isSoon ? 1 : 0))
    #expect(counters.retransmissions == (isSoon ? 0 : 1))
    #expect(wire.bytes(.clientToServer) == ascii("abcdef"))
  }

  @Test("a window is closed from its first zero to the next other value")
  func zeroWindow() {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("abc"))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 4, shape: Wire.Shape(window: 0))
    #expect(wire.table[0].facts.serverToClient.zeroWindowSince == wire.time(5))
    wire.milliseconds += 500
    wire.send(.clientToServer, .ack, sequence: 4, acknowledgement: 1, ascii("p"))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 4, shape: Wire.Shape(window: 0))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 4)
    #expect(wire.health(.serverToClient) == [.zeroWindowOpened, .zeroWindowClosed(.milliseconds(530))])
    #expect(wire.health(.clientToServer) == [.zeroWindowProbe])
    #expect(wire.table[0].facts.serverToClient.counters.zeroWindows == 2)
    #expect(wire.table[0].facts.serverToClient.zeroWindowSince == nil)
  }

  @Test("data up to the last byte of a scaled window fills it")
  func windowFull() {
    var wire = open(shape: Wire.Shape(windowScale: 1))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 1, shape: Wire.Shape(window: 5))
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("abcdefg"))
    #expect(wire.health(.clientToServer) == [])
    wire.send(.clientToServer, .ack, sequence: 8, acknowledgement: 1, ascii("hij"))
    #expect(wire.health(.clientToServer) == [.windowFull])
    #expect(wire.table[0].halves.serverToClient.window == 10)
    #expect(wire.table[0].halves.clientToServer.unacknowledgedBytes == 10)
    #expect(wire.table[0].halves.clientToServer.unacknowledgedSince == wire.time(5))
  }

  @Test("scaling needs both SYNs")
  func scaleRefused() {
    var wire = Wire()
    wire.send(.clientToServer, .syn, sequence: 0, shape: Wire.Shape(windowScale: 7))
    wire.send(.serverToClient, [.syn, .ack], sequence: 0, acknowledgement: 1)
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1)
    #expect(wire.table[0].halves.clientToServer.window == 1000)
  }

  @Test("a keep-alive and its answer are told from data and duplicates", arguments: [[], [0]] as [[UInt8]])
  func keepAlive(_ payload: [UInt8]) {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("abc"))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 4)
    wire.send(.clientToServer, .ack, sequence: 3, acknowledgement: 1, payload)
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 4)
    wire.send(.clientToServer, .ack, sequence: 4, acknowledgement: 1, ascii("def"))
    #expect(wire.health(.clientToServer) == [.keepAlive])
    #expect(wire.health(.serverToClient) == [.keepAliveAnswered])
    #expect(wire.bytes(.clientToServer) == ascii("abcdef"))
    #expect(wire.arrivals.last?.isPlain == true)
  }

  @Test("a round trip far above its own habit is an outlier")
  func outlier() {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("a"))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 2)
    wire.send(.clientToServer, .ack, sequence: 2, acknowledgement: 1, ascii("b"))
    wire.milliseconds += 490
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 3)
    let expected = HealthEvent.roundTripOutlier(.milliseconds(500), usual: .milliseconds(10))
    #expect(wire.health(.serverToClient) == [expected])
    let roundTrip = wire.table[0].halves.clientToServer.roundTrip
    #expect(roundTrip.least == .milliseconds(10))
    #expect(roundTrip.latest == .milliseconds(500))
  }

  @Test("a row of long round trips is held against the habit before it, until a short one ends it")
  func outliers() {
    var wire = open()
    var sequence = 1
    for milliseconds in [0, 400, 400, 400, 0, 300, 290] as [Int64] {
      wire.send(.clientToServer, .ack, sequence: sequence, acknowledgement: 1, ascii("a"))
      wire.milliseconds += milliseconds
      sequence += 1
      wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: sequence)
    }
    let usual = wire.health(.serverToClient).compactMap { event in
      if case .roundTripOutlier(_, let usual) = event { usual } else { nil }
    }
    #expect(usual == Array(repeating: .milliseconds(10), count: 3))
  }

  @Test("what was sent twice gives no round trip")
  func karn() {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("a"))
    wire.milliseconds += 300
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("a"))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 2)
    #expect(wire.table[0].halves.clientToServer.roundTrip.latest == nil)
  }

  @Test("a repeated FIN is a retransmission")
  func repeatedFIN() {
    var wire = open()
    wire.send(.clientToServer, [.fin, .ack], sequence: 1, acknowledgement: 1)
    wire.milliseconds += 300
    wire.send(.clientToServer, [.fin, .ack], sequence: 1, acknowledgement: 1)
    #expect(kinds(wire.health(.clientToServer)) == [.timeout])
    let fins = wire.events.count { event in
      if case .fin = event { return true }
      return false
    }
    #expect(fins == 1)
  }

  @Test("an acknowledgement of what no window could hold is ignored")
  func wildAcknowledgement() {
    var wire = open(shape: Wire.Shape(windowScale: 0))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 200_000)
    wire.table.finish()
    wire.drain()
    #expect(wire.health(.serverToClient) == [.ignored(.acknowledgement)])
    #expect(wire.gaps == [])
  }

  @Test("unacknowledged data waits since it was sent")
  func waiting() {
    var wire = open()
    #expect(wire.table.half(0, .clientToServer).unacknowledgedSince == nil)
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("a"))
    wire.send(.clientToServer, .ack, sequence: 2, acknowledgement: 1, ascii("b"))
    #expect(wire.table.half(0, .clientToServer).unacknowledgedSince == wire.time(4))
    #expect(wire.table.half(0, .clientToServer).unacknowledgedBytes == 2)
  }
}
