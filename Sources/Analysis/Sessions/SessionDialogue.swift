import Bytes
import Packets
import SocketIO

/// What is rare in a session: heartbeats, namespaces, attachments, and what breaks the protocol.
extension Session {
  /// Takes a ping or pong.
  ///
  /// Engine.IO 4 pings from the server, 3 from the client; either way the server's packet shows its event loop alive.
  func heartbeat(_ packet: EnginePacket, _ place: PacketPlace, _ state: inout AnalysisState) {
    guard !packet.isProbe else { return }
    let isPing = packet.type == .ping
    if !isPing { hops[place.hop].heartbeats += 1 }
    if place.direction == .serverToClient { hops[place.hop].serverHeartbeats.append(place.at) }
    if !isVersionKnown { version = isPing == (place.direction == .serverToClient) ? .v4 : .v3 }
    guard isPing == (place.direction == (version == .v4 ? .serverToClient : .clientToServer)) else {
      return broken(.heartbeatDirection, place, &state)
    }
    let asked = place.transport == .polling ? hops[place.hop].answeredPoll : nil
    let timers = timers
    let wait =
      isPing
      ? hops[place.hop].heartbeat.ping(at: place.at, timers, asked: asked)
      : hops[place.hop].heartbeat.pong(at: place.at, timers)
    guard let wait, let timers else { return }
    let miss = miss(
      wait, place.hop, self.place(place.hop), timers, until: place.at, observedUntil: place.at, place.transport)
    append(miss, place.hop, &state)
  }

  /// Takes a CONNECT of either side.
  ///
  /// `isBare` says that it has no payload at all.
  func connect(
    _ namespace: String, _ data: ConnectData?, isBare: Bool = false, _ place: PacketPlace, _ state: inout AnalysisState
  ) {
    note(namespace: namespace)
    guard place.direction == .serverToClient else {
      hops[place.hop].namespaces.ask(namespace, at: place.at)
      if let pid = data?.pid {
        askedPID = pid
        recovery.isAsked = true
      }
      return
    }
    speaksSocketIO = true
    // Engine.IO 4 carries Socket.IO 3 and later, whose servers give each socket an id; one of version 2 does not.
    if isVersionKnown, version == .v4, isBare, place.transport == .webSocket {
      broken(.connectWithoutSID, place, &state)
    }
    hops[place.hop].namespaces.join(namespace)
    if data != nil, recovery.answered == nil { recovery.answered = place.at }
    guard let pid = data?.pid else { return }
    recovery.isOffered = true
    if pid == askedPID { recovery.isRecovered = true }
  }

  /// Takes a CONNECT_ERROR.
  func refuse(_ namespace: String, _ message: String?, _ place: PacketPlace, _ state: inout AnalysisState) {
    guard place.direction == .serverToClient else { return }
    speaksSocketIO = true
    let asked = hops[place.hop].namespaces.refuse(namespace)
    state.events.append(
      .connectRefused(
        ConnectRefusal(
          place: self.place(place.hop), namespace: namespace, message: message, asked: asked, at: place.at,
          hasJoined: hops[place.hop].namespaces.hasJoined)))
  }

  /// Takes a binary message: an attachment, or a packet of the MessagePack parser.
  func receiveBinary(
    _ packet: EnginePacket, _ bytes: RawSpan, isWhole: Bool, _ place: PacketPlace, _ state: inout AnalysisState
  ) {
    if hops[place.hop].attachments[place.direction].joiner.isWaiting {
      _ = hops[place.hop].attachments[place.direction].joiner.receiveBinary()
      hops[place.hop].attachments[place.direction].last = place.at
      return
    }
    let isPacket: Void? = Session.withMessagePack(packet, bytes, isWhole: isWhole) { found, bytes in
      speaksMessagePack = true
      receive(found, bytes, place, &state)
    }
    guard isPacket == nil else { return }
    let isFollowed = hops[place.hop].namespaces.hasJoined && hops[place.hop].holes.isEmpty
    if speaksSocketIO, !speaksMessagePack, isFollowed { broken(.unexpectedBinary, place, &state) }
  }

  /// Takes a packet of the MessagePack parser.
  private func receive(
    _ packet: MessagePackPacket, _ bytes: RawSpan, _ place: PacketPlace, _ state: inout AnalysisState
  ) {
    switch packet.type {
    case .event, .binaryEvent:
      if let name = packet.event {
        event(state.names.id(of: name, in: bytes), ackID: packet.ackID, AnswerMarks(), place, &state)
      }
    case .ack, .binaryAck: acknowledge(packet.ackID, place)
    case .connect: connect(packet.namespaceName(in: bytes), nil, place, &state)
    case .disconnect: disconnect(place)
    case .connectError: refuse(packet.namespaceName(in: bytes), packet.errorMessage(in: bytes), place, &state)
    }
  }

  /// Awaits a header's attachments; a text packet before the last attachment of another takes its place.
  func awaitAttachments(_ packet: SocketPacket, _ place: PacketPlace, _ state: inout AnalysisState) {
    let before = hops[place.hop].attachments[place.direction]
    let outcome = hops[place.hop].attachments[place.direction].joiner.receiveText(packet)
    hops[place.hop].attachments[place.direction].header = place.at
    hops[place.hop].attachments[place.direction].last = nil
    guard case .interrupted(let received, let expected) = outcome, let header = before.header else { return }
    hops[place.hop].attachments[place.direction].interrupted = place.at
    state.events.append(
      .messageIncomplete(
        IncompleteMessage(
          place: self.place(place.hop), direction: place.direction,
          kind: .attachments(received: received, expected: expected, interrupted: true), began: header,
          last: before.last ?? header, ended: nil, endedBy: nil, isGoodbye: false, observedUntil: place.at)))
  }

  func malformed(_ packet: SocketPacket, _ place: PacketPlace, _ state: inout AnalysisState) {
    guard let malformation = packet.malformation else { return }
    let rule: BrokenRule =
      switch malformation {
      case .missingPayload: .missingPayload
      case .unexpectedPayload: .unexpectedPayload
      case .payloadNotArray: .payloadNotArray
      case .payloadNotObject: .payloadNotObject
      case .missingEventName: .missingEventName
      case .reservedEventName: .reservedEventName
      case .unterminatedPayload: .unterminatedPayload
      }
    broken(rule, place, isTolerated: malformation == .missingPayload, &state)
  }

  /// Notes a broken rule, and tells of it where the session surely keeps to these rules.
  func broken(
    _ rule: BrokenRule, _ place: PacketPlace, isTolerated: Bool = false, _ state: inout AnalysisState
  ) {
    let isSocket = rule.name.hasPrefix("socketio-")
    // Some servers put up with events before CONNECT; what they send then shows it.
    let isDoubtful = rule == .notConnected || (isSocket ? !speaksSocketIO : !isVersionKnown)
    let entry = hops[place.hop].violations.note(
      rule, place.direction, isTolerated: isTolerated, isDoubtful: isDoubtful, at: place.at)
    guard let entry, !isDoubtful else { return }
    state.events.append(.ruleBroken(ViolationFacts(entry, self.place(place.hop), rolesInferred: false)))
  }

  /// Takes bytes that are missing: what is under way there can't be judged.
  ///
  /// `isCut` says that they are missing only beyond what the capture kept of a packet, which hides no packet.
  func lose(hop: Int, _ direction: Direction, isCut: Bool, hidesAnswers: Bool, at reference: PacketReference) {
    hops[hop].attachments[direction].joiner.reset()
    hops[hop].namespaces.forget()
    guard !isCut else { return }
    if hidesAnswers { hops[hop].holes.append(reference) }
    hops[hop].heartbeat.forget(at: reference)
  }
}
