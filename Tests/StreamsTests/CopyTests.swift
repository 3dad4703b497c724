import Packets
import Testing

@testable import Streams

@Suite struct CopyTests {
  /// Sends a segment of a conversation, and again a little later at another place.
  private func sendTwice(_ first: Wire.Shape, _ second: Wire.Shape, after milliseconds: Int) -> Wire {
    var wire = Wire()
    wire.shakeHands()
    wire.send(.clientToServer, [.ack, .psh], sequence: 1, acknowledgement: 1, ascii("hello"), shape: first)
    wire.milliseconds += Int64(milliseconds) - 10
    wire.send(.clientToServer, [.ack, .psh], sequence: 1, acknowledgement: 1, ascii("hello"), shape: second)
    return wire
  }

  static let clock = TCPTimestamp(value: 7, echo: 8)

  @Test(
    "the same packet seen again is a copy",
    arguments: [
      (Wire.Shape(identification: 9), Wire.Shape(identification: 9), 0),
      (Wire.Shape(identification: 9), Wire.Shape(identification: 9, vlans: [100]), 0),
      (Wire.Shape(identification: 9), Wire.Shape(identification: 9, interface: 4), 15),
      (Wire.Shape(identification: 9), Wire.Shape(identification: 9, timeToLive: 63), 15),
      (Wire.Shape(timestamp: clock), Wire.Shape(timestamp: clock), 1),
      (Wire.Shape(timestamp: clock, isIPv6: true), Wire.Shape(timestamp: clock, isIPv6: true), 0),
      (Wire.Shape(interface: 1), Wire.Shape(interface: 2), 0),
    ])
  func copies(_ first: Wire.Shape, _ second: Wire.Shape, _ milliseconds: Int) {
    var wire = sendTwice(first, second, after: milliseconds)
    #expect(wire.arrivals.last?.kind == .duplicate)
    #expect(wire.table.duplicates == 1)
    wire.settle()
    #expect(wire.bytes(.clientToServer) == ascii("hello"))
    #expect(wire.health(.clientToServer) == [])
  }

  @Test(
    "a packet sent again is no copy",
    arguments: [
      (Wire.Shape(identification: 9), Wire.Shape(identification: 10), 0),
      (Wire.Shape(identification: 9), Wire.Shape(identification: 9), 250),
      (Wire.Shape(), Wire.Shape(), 0),
      (Wire.Shape(timestamp: clock), Wire.Shape(timestamp: TCPTimestamp(value: 9, echo: 8)), 0),
      (Wire.Shape(timestamp: clock), Wire.Shape(timestamp: clock), 5),
    ])
  func retransmissions(_ first: Wire.Shape, _ second: Wire.Shape, _ milliseconds: Int) {
    let wire = sendTwice(first, second, after: milliseconds)
    #expect(wire.arrivals.last?.kind == .eventful)
    #expect(wire.table.duplicates == 0)
    #expect(wire.bytes(.clientToServer) == ascii("hello"))
    #expect(wire.table[0].facts.clientToServer.counters.retransmissions == 1)
  }

  @Test("tagged and untagged copies of a conversation are one connection, whichever comes first")
  func taggedCopies() {
    var wire = Wire()
    var position = (client: 0, identification: UInt32(1))
    for round in 0..<20 {
      let flags: TCPFlags = round == 0 ? .syn : .ack
      let payload = round == 0 ? [] : ascii("abc")
      let isTaggedFirst = round % 3 == 2
      for isTagged in [isTaggedFirst, !isTaggedFirst] {
        let shape = Wire.Shape(identification: position.identification, vlans: isTagged ? [7] : [])
        wire.milliseconds -= isTagged == isTaggedFirst ? 0 : 10
        wire.send(.clientToServer, flags, sequence: position.client, acknowledgement: 1, payload, shape: shape)
      }
      position.client += max(1, payload.count)
      position.identification += 1
    }
    #expect(wire.openings == 1)
    #expect(wire.table.duplicates == 20)
    #expect(wire.bytes(.clientToServer).count == 19 * 3)
    #expect(wire.health(.clientToServer) == [])
  }

  @Test("three copies of each packet leave one")
  func threeCopies() {
    var wire = Wire()
    for identification in 1...10 as ClosedRange<UInt32> {
      for interface in 1...3 as ClosedRange<UInt32> {
        let shape = Wire.Shape(identification: identification, interface: interface)
        wire.send(
          .serverToClient, .ack, sequence: Int(identification), acknowledgement: 1, [UInt8(identification)],
          shape: shape)
        wire.milliseconds -= 10
      }
    }
    wire.settle()
    #expect(wire.table.duplicates == 20)
    #expect(wire.bytes(.serverToClient) == Array(1...10))
  }
}
