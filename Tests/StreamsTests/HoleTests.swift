import Packets
import Testing

@testable import Streams

@Suite struct HoleTests {
  /// A wire after its handshake.
  private func open(limits: StreamLimits = StreamLimits()) -> Wire {
    var wire = Wire(limits: limits)
    wire.shakeHands()
    wire.log = []
    return wire
  }

  @Test("a hole is lost only when the receiver has acknowledged it and time has passed")
  func acknowledgedHole() {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 11, acknowledgement: 1, ascii("after"))
    wire.advance(milliseconds: 60_000)
    #expect(wire.gaps == [])
    let covering = wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 16)
    #expect(covering.slot == 0)
    wire.advance(milliseconds: 500)
    #expect(wire.gaps == [])
    wire.advance(milliseconds: 600)
    #expect(wire.gaps.map(\.length) == [10])
    #expect(wire.gaps.first?.cause == .acknowledged)
    #expect(wire.gaps.first?.acknowledgement?.number == 5)
    #expect(wire.bytes(.clientToServer) == ascii("after"))
    #expect(wire.table[0].facts.clientToServer.lostBytes == 10)
  }

  @Test("which packet acknowledged missing bytes is known before the hole is declared and after, until more comes")
  func latestCover() {
    var wire = open()
    #expect(wire.table.latestCover(0, .clientToServer) == nil)
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 11)
    #expect(wire.table.latestCover(0, .clientToServer)?.number == 4)
    wire.advance(milliseconds: 1_100)
    #expect(wire.gaps.map(\.length) == [10])
    #expect(wire.table.latestCover(0, .clientToServer)?.number == 4)
    wire.send(.clientToServer, .ack, sequence: 11, acknowledgement: 1, ascii("after"))
    #expect(wire.table.latestCover(0, .clientToServer) == nil)
  }

  @Test("bytes that come after their acknowledgement fill the hole")
  func dataAfterAcknowledgement() {
    var wire = open()
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 6)
    for index in 0..<50 {
      wire.send(.serverToClient, .ack, sequence: 1 + index, acknowledgement: 6, [1])
      wire.milliseconds -= 9
    }
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("hello"))
    #expect(wire.bytes(.clientToServer) == ascii("hello"))
    wire.table.finish()
    wire.drain()
    #expect(wire.gaps == [])
  }

  @Test("enough further segments make a hole a loss without the clock's help")
  func holeBySegments() {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 11, acknowledgement: 1, ascii("after"))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 16)
    for index in 0..<130 {
      wire.milliseconds -= 10
      wire.send(.serverToClient, .ack, sequence: 1 + index, acknowledgement: 16, [1])
    }
    #expect(wire.gaps.map(\.length) == [10])
    #expect(wire.arrivals.last?.isPlain == true)
  }

  @Test("an unacknowledged hole at the end is still under way")
  func pendingHole() {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 11, acknowledgement: 1, ascii("after"))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 1)
    wire.table.finish()
    wire.drain()
    #expect(wire.gaps == [])
    #expect(wire.bytes(.clientToServer) == [])
    #expect(wire.table.bufferedBytes == 0)
  }

  @Test("an acknowledged hole at the end is a gap, and what follows it is delivered")
  func finalHole() {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 11, acknowledgement: 1, ascii("after"))
    wire.send(.clientToServer, [.fin, .ack], sequence: 16, acknowledgement: 1)
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 17)
    wire.table.finish()
    wire.drain()
    #expect(wire.gaps.map(\.length) == [10])
    #expect(wire.bytes(.clientToServer) == ascii("after"))
    #expect(wire.events.suffix(3).first.map { if case .gap = $0 { true } else { false } } == true)
  }

  @Test("two holes are two gaps of exactly the missing bytes")
  func twoHoles() {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 3, acknowledgement: 1, ascii("cd"))
    wire.send(.clientToServer, .ack, sequence: 8, acknowledgement: 1, ascii("hi"))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 12)
    wire.table.finish()
    wire.drain()
    #expect(wire.gaps.map(\.length) == [2, 3, 2])
    #expect(wire.bytes(.clientToServer) == ascii("cdhi"))
  }

  @Test("a FIN that only its acknowledgement shows ends the direction without loss")
  func unseenFIN() {
    var wire = open()
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("ab"))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 4)
    wire.advance(milliseconds: 2000)
    #expect(wire.gaps == [])
    #expect(wire.events.contains(.fin(0, .clientToServer, nil)))
  }

  @Test("without any packet of the receiver, time alone makes a hole a gap")
  func oneSided() {
    var wire = Wire()
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 1, ascii("ab"))
    wire.send(.serverToClient, .ack, sequence: 6, acknowledgement: 1, ascii("cd"))
    wire.advance(milliseconds: 4000)
    #expect(wire.gaps == [Gap(length: 3, cause: .receiverUnseen, acknowledgement: nil)])
    #expect(wire.bytes(.serverToClient) == ascii("abcd"))
  }
}
