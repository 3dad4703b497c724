import Bytes
import Packets

@testable import Streams

/// A wire with a client and a server, on which tests put segments, and the table that reads it.
struct Wire {
  var table: ConnectionTable
  /// Every event so far, payload ranges resolved.
  var log: [Seen] = []
  var arrivals: [Arrival] = []
  /// The time of the next segment, in milliseconds.
  var milliseconds: Int64 = 1_000_000
  var number = 0
  var clientISN: UInt32 = 1000
  var serverISN: UInt32 = 5000
  var clientPort: UInt16 = 40_000

  init(
    limits: StreamLimits = StreamLimits(), ports: PortSelection = PortSelection([8080]), parking: RecordStore? = nil
  ) {
    table = ConnectionTable(limits: limits, ports: ports, parking: parking)
  }

  /// An event, with the bytes that it names.
  enum Seen: Equatable {
    case data(Direction, [UInt8])
    case event(StreamEvent)
  }

  /// What a segment looks like apart from its numbers.
  struct Shape {
    var window: UInt16 = 1000
    var identification: UInt32 = 0
    var timestamp: TCPTimestamp?
    var windowScale: UInt8?
    var vlans: [UInt16] = []
    var interface: UInt32 = 0
    var timeToLive: UInt8 = 64
    /// Captured bytes, where the snap length cut the payload.
    var captured: Int?
    var isIPv6 = false
  }

  /// Puts a segment on the wire; sequence numbers count from the initial ones.
  @discardableResult
  mutating func send(
    _ direction: Direction, _ flags: TCPFlags, sequence: Int, acknowledgement: Int = 0, _ payload: [UInt8] = [],
    shape: Shape = Shape()
  ) -> Arrival {
    number += 1
    milliseconds += 10
    let own = direction == .clientToServer ? clientISN : serverISN
    let other = direction == .clientToServer ? serverISN : clientISN
    let numbers = (
      SequenceNumber(own).advanced(by: sequence),
      flags.contains(.ack) ? SequenceNumber(other).advanced(by: acknowledgement) : SequenceNumber(0)
    )
    return put(direction, flags, numbers.0, numbers.1, payload, shape)
  }

  /// Puts a segment with absolute numbers on the wire.
  @discardableResult
  mutating func put(
    _ direction: Direction, _ flags: TCPFlags, _ sequence: SequenceNumber, _ acknowledgement: SequenceNumber,
    _ payload: [UInt8], _ shape: Shape
  ) -> Arrival {
    var segment = segment(direction, flags, sequence, acknowledgement, payload, shape)
    // Payload never stands at the front of a packet.
    let frame = [UInt8](repeating: 0xee, count: 54) + payload.prefix(shape.captured ?? payload.count)
    let arrival = table.receive(&segment, in: frame.span.bytes)
    arrivals.append(arrival)
    if arrival.isPlain {
      if !arrival.payload.isEmpty { log.append(.data(arrival.direction, Array(frame[arrival.payload]))) }
    }
    drain(frame)
    return arrival
  }

  /// Lets so much time pass that a beginning is no longer waited for.
  mutating func settle() {
    milliseconds += 2_000
    table.advance(to: Timestamp(nanoseconds: milliseconds * 1_000_000))
    drain()
  }

  /// Reads the table's events.
  mutating func drain(_ frame: [UInt8] = []) {
    while let event = table.next() {
      if case .data(_, let direction, let range) = event {
        log.append(.data(direction, Array(frame[range])))
      } else if case .buffered(_, let direction, let segment) = event {
        log.append(.data(direction, segment.bytes))
      } else {
        log.append(.event(event))
      }
    }
  }

  private func segment(
    _ direction: Direction, _ flags: TCPFlags, _ sequence: SequenceNumber, _ acknowledgement: SequenceNumber,
    _ payload: [UInt8], _ shape: Shape
  ) -> Segment {
    let ports = direction == .clientToServer ? (clientPort, UInt16(8080)) : (8080, clientPort)
    let client = shape.isIPv6 ? IPAddress(high: 1 << 61, low: 2) : IPAddress(ipv4: 0x0a00_0002)
    let server = shape.isIPv6 ? IPAddress(high: 1 << 61, low: 1) : IPAddress(ipv4: 0x0a00_0001)
    let header = TCPHeader(
      source: ports.0, destination: ports.1, sequence: sequence, acknowledgement: acknowledgement, flags: flags,
      window: shape.window, options: TCPOptions(windowScale: shape.windowScale, timestamp: shape.timestamp))
    let time = Timestamp(nanoseconds: milliseconds * 1_000_000)
    let captured = shape.captured ?? payload.count
    var segment = Segment(
      reference: PacketReference(capture: 0, number: number, time: time),
      source: direction == .clientToServer ? client : server,
      destination: direction == .clientToServer ? server : client, tcp: header, payload: 54..<54 + captured,
      payloadLength: payload.count)
    segment.ipIdentification = shape.identification
    segment.hasIPIdentification = !shape.isIPv6
    segment.vlans = VLANStack(shape.vlans)
    segment.interfaceIndex = shape.interface
    segment.timeToLive = shape.timeToLive
    return segment
  }
}

extension Wire {
  /// The three segments of a handshake; payload begins at sequence 1 in both directions.
  mutating func shakeHands(shape: Shape = Shape()) {
    send(.clientToServer, .syn, sequence: 0, shape: shape)
    send(.serverToClient, [.syn, .ack], sequence: 0, acknowledgement: 1, shape: shape)
    send(.clientToServer, .ack, sequence: 1, acknowledgement: 1, shape: shape)
  }

  /// The payload of a direction as it was delivered.
  func bytes(_ direction: Direction) -> [UInt8] {
    log.flatMap { seen -> [UInt8] in
      if case .data(direction, let bytes) = seen { return bytes }
      return []
    }
  }

  /// The events other than payload.
  var events: [StreamEvent] {
    log.compactMap { seen in
      if case .event(let event) = seen { return event }
      return nil
    }
  }

  /// The health events of a direction.
  func health(_ direction: Direction) -> [HealthEvent] {
    events.compactMap { event in
      if case .health(_, direction, let health) = event { return health }
      return nil
    }
  }

  var gaps: [Gap] {
    events.compactMap { event in
      if case .gap(_, _, let gap) = event { return gap }
      return nil
    }
  }

  var closings: [CloseReason] {
    events.compactMap { event in
      if case .closed(_, let reason) = event { return reason }
      return nil
    }
  }

  var openings: Int {
    events.count { event in
      if case .opened = event { return true }
      return false
    }
  }
}

/// ASCII text as bytes.
func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }
