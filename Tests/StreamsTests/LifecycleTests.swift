import Bytes
import Packets
import TestSupport
import Testing

@testable import Streams

@Suite struct LifecycleTests {
  @Test("a whole conversation opens, carries payload both ways and finishes")
  func conversation() {
    var wire = Wire()
    wire.shakeHands()
    wire.send(.clientToServer, [.ack, .psh], sequence: 1, acknowledgement: 1, ascii("hello"))
    wire.send(.serverToClient, [.ack, .psh], sequence: 1, acknowledgement: 6, ascii("world!"))
    wire.send(.clientToServer, .ack, sequence: 6, acknowledgement: 7)
    #expect(wire.arrivals.suffix(3).allSatisfy { $0.isPlain })
    wire.send(.clientToServer, [.fin, .ack], sequence: 6, acknowledgement: 7)
    wire.send(.serverToClient, [.fin, .ack], sequence: 7, acknowledgement: 7)
    wire.send(.clientToServer, .ack, sequence: 7, acknowledgement: 8)
    let connection = wire.table[0]
    #expect(connection.handshakeRoundTrip == .milliseconds(20))
    #expect(connection.halves.clientToServer.payloadBytes == 5)
    #expect(connection.halves.serverToClient.payloadBytes == 6)
    #expect(connection.halves.clientToServer.roundTrip.latest == .milliseconds(10))
    #expect(connection.halves.clientToServer.unacknowledgedBytes == 0)
    #expect(connection.syn?.number == 1)
    #expect(connection.synAck?.number == 2)
    #expect(connection.client.port == 40_000 && connection.server.port == 8080)
    #expect(connection.facts.clientToServer.fin?.number == 7)
    wire.table.finish()
    wire.drain()
    #expect(wire.bytes(.clientToServer) == ascii("hello"))
    #expect(wire.bytes(.serverToClient) == ascii("world!"))
    #expect(wire.closings == [.finished])
    #expect(wire.table.count == 0)
  }

  @Test("a SYN-ACK before its SYN makes one connection with the right roles")
  func synAckFirst() {
    var wire = Wire(ports: .any)
    wire.send(.serverToClient, [.syn, .ack], sequence: 0, acknowledgement: 1)
    wire.send(.clientToServer, .syn, sequence: 0)
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1)
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("x"))
    #expect(wire.openings == 1)
    #expect(wire.arrivals[0].direction == .serverToClient)
    #expect(wire.table[0].syn?.number == 2)
    #expect(wire.table[0].synAck?.number == 1)
    #expect(wire.bytes(.clientToServer) == ascii("x"))
    #expect(wire.health(.clientToServer) == [])
  }

  @Test("joined mid-stream, the followed port is the server's")
  func midStream() {
    var wire = Wire()
    wire.send(.serverToClient, .ack, sequence: 700, acknowledgement: 300, ascii("late"))
    wire.send(.clientToServer, .ack, sequence: 300, acknowledgement: 704, ascii("x"))
    wire.settle()
    #expect(wire.table[0].roleEvidence == .port)
    #expect(wire.table[0].isJoinedMidStream)
    #expect(wire.arrivals[0].direction == .serverToClient)
    #expect(wire.bytes(.serverToClient) == ascii("late"))
    #expect(wire.bytes(.clientToServer) == ascii("x"))
  }

  @Test("without a followed port the application can settle the roles, once")
  func settledRoles() {
    var wire = Wire(ports: .any)
    wire.send(.serverToClient, .ack, sequence: 700, acknowledgement: 300, ascii("late"))
    #expect(wire.arrivals[0].direction == .clientToServer)
    #expect(wire.table[0].roleEvidence == .none)
    let isSwapped = wire.table.settleRoles(0, clientSends: .serverToClient)
    #expect(isSwapped)
    wire.drain()
    #expect(wire.events.last == .rolesSettled(0, .application, swapped: true))
    #expect(wire.table[0].server.port == 8080)
    wire.settle()
    #expect(wire.table[0].halves.serverToClient.payloadBytes == 4)
    let isSwappedAgain = wire.table.settleRoles(0, clientSends: .serverToClient)
    #expect(!isSwappedAgain)
    let arrival = wire.send(.clientToServer, .ack, sequence: 300, acknowledgement: 704, ascii("x"))
    #expect(arrival.direction == .clientToServer)
  }

  @Test("simultaneous open is one connection")
  func simultaneousOpen() {
    var wire = Wire()
    wire.send(.clientToServer, .syn, sequence: 0)
    wire.send(.serverToClient, .syn, sequence: 0)
    wire.send(.clientToServer, [.syn, .ack], sequence: 0, acknowledgement: 1)
    wire.send(.serverToClient, [.syn, .ack], sequence: 0, acknowledgement: 1)
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("a"))
    #expect(wire.openings == 1)
    #expect(wire.bytes(.clientToServer) == ascii("a"))
  }

  @Test("data on a SYN is payload, and the SYN-ACK tells whether the server took it", arguments: [true, false])
  func fastOpen(_ isAccepted: Bool) {
    var wire = Wire()
    wire.send(.clientToServer, .syn, sequence: 0, ascii("GET"))
    wire.send(.serverToClient, [.syn, .ack], sequence: 0, acknowledgement: isAccepted ? 4 : 1)
    let next = isAccepted ? ascii("") : ascii("GET")
    wire.send(.clientToServer, .ack, sequence: isAccepted ? 4 : 1, acknowledgement: 1, next)
    wire.send(.clientToServer, .ack, sequence: 4, acknowledgement: 1, ascii(" /"))
    #expect(wire.bytes(.clientToServer) == ascii("GET /"))
    #expect(wire.table[0].facts.clientToServer.isFastOpenAccepted == isAccepted)
  }

  @Test("a half-closed connection still carries the other direction")
  func halfClose() {
    var wire = Wire()
    wire.shakeHands()
    wire.send(.clientToServer, [.fin, .ack], sequence: 1, acknowledgement: 1, ascii("bye"))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 5, ascii("not yet"))
    #expect(wire.log.suffix(3).first == .data(.clientToServer, ascii("bye")))
    #expect(wire.events.contains(.fin(0, .clientToServer, PacketReference(capture: 0, number: 4, time: wire.time(4)))))
    #expect(wire.bytes(.serverToClient) == ascii("not yet"))
    #expect(wire.table[0].halves.clientToServer.isFinished)
    wire.table.finish()
    wire.drain()
    #expect(wire.closings == [.endOfCapture])
  }

  @Test("a reset that answers a SYN refuses the connection")
  func refused() {
    var wire = Wire()
    wire.send(.clientToServer, .syn, sequence: 0)
    wire.send(.serverToClient, [.rst, .ack], sequence: -5000, acknowledgement: 1)
    #expect(wire.events == [.opened(0), .reset(0, by: .serverToClient, .refused)])
    #expect(wire.table[0].facts.serverToClient.rst?.number == 2)
  }

  @Test("a reset's data is no payload, and nothing comes after it")
  func resetWithData() {
    var wire = Wire()
    wire.shakeHands()
    wire.send(.serverToClient, [.rst, .ack], sequence: 1, acknowledgement: 1, ascii("go away"))
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("late"))
    #expect(wire.bytes(.serverToClient) == [])
    #expect(wire.bytes(.clientToServer) == [])
    #expect(wire.events.contains(.reset(0, by: .serverToClient, .aborted)))
    wire.table.finish()
    wire.drain()
    #expect(wire.closings == [.reset])
  }

  @Test("a reset outside the window is ignored and counted", arguments: [-1, 70_000, 1 << 28])
  func strayReset(_ offset: Int) {
    var wire = Wire()
    wire.shakeHands()
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("abc"))
    wire.send(.serverToClient, .ack, sequence: 1, acknowledgement: 4)
    wire.send(.clientToServer, .rst, sequence: 4 + offset)
    #expect(wire.health(.clientToServer) == [.ignored(.reset)])
    #expect(wire.table[0].facts.clientToServer.counters.ignored == 1)
    #expect(!wire.table[0].isReset)
  }

  @Test("a bare reset of unknown addresses is a connection of its own")
  func bareReset() {
    var wire = Wire()
    wire.send(.serverToClient, .rst, sequence: 99)
    #expect(wire.events == [.opened(0), .reset(0, by: .serverToClient, .aborted)])
  }

  @Test("repeated SYNs are one connection, and counted")
  func repeatedSYN() {
    var wire = Wire()
    for delay in [0, 1000, 3000] as [Int64] {
      wire.milliseconds += delay
      wire.send(.clientToServer, .syn, sequence: 0)
    }
    #expect(wire.openings == 1)
    #expect(wire.table[0].synCount(.clientToServer) == 3)
    #expect(wire.table[0].facts.clientToServer.lastSYN?.number == 3)
    #expect(wire.table[0].facts.clientToServer.counters.retransmissionTimeouts == 2)
  }

  enum Ending: CaseIterable { case fin, reset, none }

  @Test("a SYN on used ports is a new connection, whatever ended the old one", arguments: Ending.allCases)
  func portReuse(_ ending: Ending) {
    var wire = Wire()
    wire.shakeHands()
    switch ending {
    case .fin: wire.send(.clientToServer, [.fin, .ack], sequence: 1, acknowledgement: 1)
    case .reset: wire.send(.clientToServer, .rst, sequence: 1)
    case .none: break
    }
    wire.clientISN = 900_000
    wire.serverISN = 100
    wire.shakeHands()
    wire.send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, ascii("again"))
    #expect(wire.openings == 2)
    #expect(wire.closings == [.replaced])
    #expect(wire.arrivals.last?.slot == 1)
    #expect(wire.bytes(.clientToServer) == ascii("again"))
    #expect(wire.table.count == 1)
  }

  @Test("a SYN inside an open connection's window is only challenged, unless a SYN-ACK answers it")
  func challengedSYN() {
    var wire = Wire()
    wire.shakeHands()
    wire.send(.clientToServer, .syn, sequence: 50)
    #expect(wire.openings == 1)
    #expect(wire.health(.clientToServer) == [.ignored(.syn)])
    wire.serverISN = 777_777
    wire.send(.serverToClient, [.syn, .ack], sequence: 0, acknowledgement: 51)
    #expect(wire.openings == 2)
  }

  @Test("late packets of a closed connection belong to it until it is forgotten")
  func linger() {
    var wire = Wire()
    wire.shakeHands()
    wire.send(.clientToServer, [.fin, .ack], sequence: 1, acknowledgement: 1)
    wire.send(.serverToClient, [.fin, .ack], sequence: 1, acknowledgement: 2)
    wire.send(.clientToServer, .ack, sequence: 2, acknowledgement: 2)
    wire.send(.serverToClient, [.fin, .ack], sequence: 1, acknowledgement: 2)
    #expect(wire.openings == 1)
    wire.advance(milliseconds: 30_000)
    #expect(wire.closings == [])
    wire.advance(milliseconds: 31_000)
    #expect(wire.closings == [.finished])
    #expect(wire.table.count == 0)
    wire.send(.serverToClient, .ack, sequence: 2, acknowledgement: 2)
    #expect(wire.openings == 2)
  }

  @Test("silent connections are given up at their limits")
  func idle() {
    var limits = StreamLimits()
    limits.idleInterval = .milliseconds(5_000)
    var wire = Wire(limits: limits)
    wire.shakeHands()
    wire.advance(milliseconds: 4_000)
    #expect(wire.closings == [])
    wire.advance(milliseconds: 120_000)
    #expect(wire.closings == [.idle])
  }

  @Test("a parked connection goes on where it was, and is given up at its limit")
  func parked() {
    var limits = StreamLimits()
    limits.idleInterval = .milliseconds(5_000)
    var wire = Wire(limits: limits, parking: RecordStore(MemoryStore()))
    wire.shakeHands()
    #expect(wire.table.quietest() == 0)
    #expect(
      wire.table.park(0) { parcel in
        var note = 77
        parcel.code(&note)
      })
    #expect(wire.table.awakeCount == 0)
    #expect(wire.table.count == 1)
    wire.advance(milliseconds: 4_000)
    #expect(wire.table.awakeCount == 0)
    #expect(wire.send(.clientToServer, [.ack, .psh], sequence: 1, acknowledgement: 1, ascii("GET")).slot == 0)
    #expect(wire.table[0].halves.clientToServer.payloadBytes == 3)
    var note = 0
    wire.table.nextWoken()?.parcel?.code(&note)
    #expect(note == 77)
    #expect(wire.openings == 1)
    #expect(wire.table.park(0) { _ in })
    wire.advance(milliseconds: 120_000)
    #expect(wire.closings == [.idle])
  }

  @Test("at the limit of connections the longest silent one gives way")
  func eviction() {
    var limits = StreamLimits()
    limits.connections = 3
    var wire = Wire(limits: limits)
    for port in 1...5 as ClosedRange<UInt16> {
      wire.clientPort = port
      wire.send(.clientToServer, .syn, sequence: 0)
    }
    #expect(wire.closings == [.limit, .limit])
    #expect(wire.table.count == 3)
    #expect(wire.events.contains(.limitReached(.connections, slot: 0)))
  }

  @Test("ports that are not followed leave nothing")
  func notFollowed() {
    var wire = Wire(ports: PortSelection([9090]))
    #expect(wire.send(.clientToServer, .syn, sequence: 0).kind == .notFollowed)
    #expect(wire.table.count == 0)
  }

  @Test("the same addresses and ports on two VLANs are two connections")
  func vlans() {
    var wire = Wire()
    wire.shakeHands(shape: Wire.Shape(vlans: [10]))
    wire.clientISN = 77
    wire.serverISN = 99
    wire.shakeHands(shape: Wire.Shape(vlans: [20]))
    #expect(wire.openings == 2)
    #expect(wire.table[1].vlans == VLANStack([20]))
  }
}

extension Wire {
  /// The time of a packet, given its number.
  func time(_ number: Int) -> Timestamp {
    Timestamp(nanoseconds: (1_000_000 + Int64(number) * 10) * 1_000_000)
  }

  /// Lets time pass.
  mutating func advance(milliseconds count: Int64) {
    milliseconds += count
    table.advance(to: Timestamp(nanoseconds: milliseconds * 1_000_000))
    drain()
  }
}
