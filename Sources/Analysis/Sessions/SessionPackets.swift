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
    case .open: open(packet, bytes, isWhole: isWhole, place, &state)
    case .ping, .pong: heartbeat(packet, place, &state)
    case .close:
      saidGoodbye = true
      close(by: place.direction, "Engine.IO close", at: place.at)
    case .upgrade:
      isUpgraded = true
      upgradedAt = upgradedAt ?? place.at
    case .noop: hops[place.hop].noops += 1
    case .message where packet.isBinary:
      noteTransport(place)
      receiveBinary(packet, bytes, isWhole: isWhole, place, &state)
    case .message:
      noteTransport(place)
      do throws(ParseError) {
        receive(try SocketPacket(parsing: bytes, in: packet.data, isWhole: isWhole), bytes, place, &state)
      } catch {
        if isWhole, !packet.data.isEmpty { broken(.socketPacket, place, &state) }
      }
    }
  }

  /// A message on the WebSocket of a session that began with polling shows the upgrade complete, whether or not the
  /// capture has the packet that said so.
  private func noteTransport(_ place: PacketPlace) {
    if place.transport == .webSocket, transports.first == .polling { isUpgraded = true }
  }

  private func open(
    _ packet: EnginePacket, _ bytes: RawSpan, isWhole: Bool, _ place: PacketPlace, _ state: inout AnalysisState
  ) {
    guard place.direction == .serverToClient else { return broken(.unexpectedPacket, place, &state) }
    hops[place.hop].heartbeat.begin(at: place.at)
    hops[place.hop].namespaces.awaitsConnect = isVersionKnown && version == .v4
    guard handshake == nil else { return }
    handshake = try? EngineHandshake(parsing: bytes, in: packet.data)
    openedAt = place.at.time
    if handshake == nil, isWhole { broken(.handshake, place, &state) }
  }

  func close(by direction: Direction, _ reason: String, at reference: PacketReference) {
    guard closedBy == nil else { return }
    closedBy = direction
    closedAt = reference.time
    closeReason = reason
  }

  /// Takes one Socket.IO packet.
  func receive(
    _ packet: SocketPacket, _ bytes: RawSpan, _ place: PacketPlace, _ state: inout AnalysisState
  ) {
    if packet.malformation != nil { malformed(packet, place, &state) }
    if packet.type.isBinary || hops[place.hop].attachments[place.direction].joiner.isWaiting {
      awaitAttachments(packet, place, &state)
    }
    switch packet.type {
    case .event, .binaryEvent:
      if let name = state.names.id(of: packet, in: bytes) {
        let marks = hops[place.hop].tellsAnswersApart ? AnswerMarks(packet, bytes) : AnswerMarks()
        event(name, ackID: packet.ackID, marks, place, &state)
      }
    case .ack, .binaryAck:
      acknowledge(packet.ackID, place)
    case .connect:
      connect(
        packet.namespaceName(in: bytes), ConnectData(parsing: bytes, in: packet.data), isBare: packet.data.isEmpty,
        place,
        &state)
    case .disconnect: disconnect(place)
    case .connectError:
      refuse(
        packet.namespaceName(in: bytes), ConnectErrorData(parsing: bytes, in: packet.data).message, place, &state)
    }
  }

  func acknowledge(_ id: UInt64?, _ place: PacketPlace) {
    hops[place.hop].acks[place.direction] += 1
    guard let id, place.direction == .serverToClient,
      let waited = hops[place.hop].tracker.acknowledged(id, at: place.at)
    else { return }
    if hops[place.hop].ackTimes == nil { hops[place.hop].ackTimes = GapDigest() }
    hops[place.hop].ackTimes?.add(waited)
  }

  func disconnect(_ place: PacketPlace) {
    saidGoodbye = true
    close(by: place.direction, SessionFacts.namespaceLeft, at: place.at)
  }

  /// Takes an event, whatever parser wrote it.
  func event(
    _ name: NameID, ackID: UInt64?, _ marks: AnswerMarks, _ place: PacketPlace,
    _ state: inout AnalysisState
  ) {
    let hop = hops[place.hop]
    // A message that took the long way, because it came in two segments, may still only go on with a stream.
    if place.direction == .serverToClient, hop.takeQuietly(name, at: place.at) { return }
    hop.events[place.direction].count(name)
    if place.direction == .clientToServer {
      if hop.namespaces.awaitsConnect { broken(.notConnected, place, &state) }
      speaksSocketIO = true
      hop.tracker.sent(name, ackID: ackID, at: place.at, knowledge: state.ends)
      return
    }
    let pauseFloor = state.options.limits.pauseFloor
    let (over, pause) = hop.tracker.received(name, marks, at: place.at, knowledge: &state.ends, pauseFloor: pauseFloor)
    hop.expectMore(pauseFloor: pauseFloor)
    if let over, place.hop == frontHop, over.isStream { tell(over, place.hop, &state) }
    guard let pause else { return }
    hop.latestPause = pause
    if place.hop == frontHop {
      var paused = facts(pause, place.hop, until: pause.until ?? place.at, state)
      // What nobody asked for may have come to its end, and begun again.
      paused.isEndMissing = pause.run.trigger != nil || state.ends.knowsEnd(of: pause.run.name)
      state.events.append(.streamPaused(paused))
    }
  }
}
