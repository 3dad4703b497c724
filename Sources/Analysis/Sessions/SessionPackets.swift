import Bytes
import Packets
import SocketIO

/// Where a packet of a session was seen.
struct PacketPlace {
  var hop: Int
  var direction: Direction
  var at: PacketReference
  var transport: Transport
}

extension Session {
  /// Takes one Engine.IO packet.
  ///
  /// `isWhole` says whether `bytes` are all of the packet and not only its beginning.
  func receive(
    _ packet: EnginePacket, _ bytes: RawSpan, isWhole: Bool, at place: PacketPlace, _ state: inout AnalysisState
  ) {
    last = place.at
    hops[place.hop].last = place.at
    switch packet.type {
    case .open: open(packet, bytes)
    case .ping, .pong: heartbeat(packet, place)
    case .close: close(by: place.direction, "Engine.IO close")
    case .upgrade: isUpgraded = true
    case .noop: break
    case .message where packet.isBinary: noteTransport(place)
    case .message:
      noteTransport(place)
      if let socket = try? SocketPacket(parsing: bytes, in: packet.data, isWhole: isWhole) {
        receive(socket, bytes, place, &state)
      }
    }
  }

  /// A message on the WebSocket of a session that began with polling shows the upgrade complete, whether or not the
  /// capture has the packet that said so.
  private func noteTransport(_ place: PacketPlace) {
    if place.transport == .webSocket, transports.first == .polling { isUpgraded = true }
  }

  private func open(_ packet: EnginePacket, _ bytes: RawSpan) {
    guard handshake == nil else { return }
    handshake = try? EngineHandshake(parsing: bytes, in: packet.data)
  }

  /// Engine.IO 4 pings from the server, 3 from the client; either way the server's packet shows its event loop alive.
  private func heartbeat(_ packet: EnginePacket, _ place: PacketPlace) {
    guard !packet.isProbe else { return }
    if packet.type == .pong { hops[place.hop].heartbeats += 1 }
    if place.direction == .serverToClient { hops[place.hop].serverHeartbeats.append(place.at) }
  }

  func close(by direction: Direction, _ reason: String) {
    guard closedBy == nil else { return }
    closedBy = direction
    closeReason = reason
  }

  /// Takes one Socket.IO packet.
  func receive(
    _ packet: SocketPacket, _ bytes: RawSpan, _ place: PacketPlace, _ state: inout AnalysisState
  ) {
    switch packet.type {
    case .event, .binaryEvent:
      if let name = state.names.id(of: packet, in: bytes) { event(name, packet, place, &state) }
    case .ack, .binaryAck:
      hops[place.hop].acks[place.direction] += 1
      if let id = packet.ackID, place.direction == .serverToClient {
        hops[place.hop].tracker.acknowledged(id, at: place.at)
      }
    case .connect: note(namespace: packet.namespaceName(in: bytes))
    case .disconnect: close(by: place.direction, "Socket.IO disconnect")
    case .connectError: break
    }
  }

  /// What a timeline says about an Engine.IO packet; `nil` where it carries no packet of Socket.IO.
  static func facts(_ packet: EnginePacket, _ bytes: RawSpan, isWhole: Bool) -> MessageRecord.SocketFacts? {
    guard packet.type == .message, !packet.isBinary,
      let packet = try? SocketPacket(parsing: bytes, in: packet.data, isWhole: isWhole)
    else { return nil }
    return MessageRecord.SocketFacts(
      type: packet.type.text, namespace: packet.namespaceName(in: bytes), event: packet.eventName(in: bytes),
      ackID: packet.ackID, attachments: packet.attachments)
  }

  private func event(_ name: NameID, _ packet: SocketPacket, _ place: PacketPlace, _ state: inout AnalysisState) {
    let hop = hops[place.hop]
    hop.events[place.direction].count(name)
    if place.direction == .clientToServer {
      hop.tracker.sent(name, ackID: packet.ackID, at: place.at, knowledge: state.ends)
      return
    }
    let pauseFloor = state.options.limits.pauseFloor
    let (over, pause) = hop.tracker.received(name, at: place.at, knowledge: &state.ends, pauseFloor: pauseFloor)
    hop.expectMore(pauseFloor: pauseFloor)
    if let over, place.hop == frontHop, over.isStream {
      state.events.append(.streamEnded(summary(over, place.hop, state)))
    }
    guard let pause else { return }
    hop.latestPause = pause
    if place.hop == frontHop { state.events.append(.streamPaused(facts(pause, place.hop, until: place.at, state))) }
  }
}

extension SocketPacketType {
  /// The name of the type in the protocol document.
  var text: String {
    switch self {
    case .connect: "CONNECT"
    case .disconnect: "DISCONNECT"
    case .event: "EVENT"
    case .ack: "ACK"
    case .connectError: "CONNECT_ERROR"
    case .binaryEvent: "BINARY_EVENT"
    case .binaryAck: "BINARY_ACK"
    }
  }
}
