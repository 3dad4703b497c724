import Packets

extension ConnectionTable {
  /// Takes a SYN or SYN-ACK (RFC 9293 section 3.5).
  ///
  /// - Returns: whether the rest of the segment counts.
  mutating func receiveSYN(_ incoming: Incoming) -> Bool {
    let slot = incoming.slot
    let direction = incoming.direction
    let sender = states[slot].halves[direction]
    if sender.hasSYN, sender.initial == incoming.headerSequence {
      repeatSYN(incoming)
      return true
    }
    let isAwaited = beginsSettling(slot, direction, at: incoming.headerSequence)
    guard !sender.isSeen || isAwaited || (!sender.hasSYN && sender.initial == incoming.sequence) else {
      let detail = detail(of: slot)
      details[detail].facts[direction].straySYN = incoming.headerSequence
      ignore(incoming, .syn)
      return false
    }
    if !sender.isSeen {
      states[slot].halves[direction].anchor(at: incoming.sequence, time: incoming.time)
    }
    states[slot].halves[direction].initial = incoming.headerSequence
    states[slot].halves[direction].status.insert(.hasSYN)
    states[slot].halves[direction].status.remove(.isTentative)
    states[slot].status.insert(.isOpening)
    if incoming.flags.contains(.ack) {
      states[slot].synAck = incoming.reference
      announceBeginning(incoming)
      noteFastOpen(incoming)
    }
    if incoming.reference != states[slot].opened, direction == .clientToServer {
      let detail = detail(of: slot)
      details[detail].facts[direction].syn = incoming.reference
    }
    agreeOnWindowScale(incoming)
    if isAwaited { settleBeginning(slot, direction, at: incoming.sequence) }
    return true
  }

  /// Counts a SYN that is sent again.
  private mutating func repeatSYN(_ incoming: Incoming) {
    let sender = states[incoming.slot].halves[incoming.direction]
    let detail = detail(of: incoming.slot)
    let earlier = details[detail].facts[incoming.direction].lastSYN?.time ?? sender.highestAt
    details[detail].facts[incoming.direction].repeatedSYNs &+= 1
    details[detail].facts[incoming.direction].lastSYN = incoming.reference
    count(
      incoming,
      Retransmission(
        kind: incoming.time - earlier >= Self.leastTimeout ? .timeout : .other, sequence: incoming.headerSequence,
        length: incoming.length + 1, original: earlier))
  }

  /// Whether the server took the data on the client's SYN (RFC 7413 section 4.2): its SYN-ACK covers more than the SYN.
  private mutating func noteFastOpen(_ incoming: Incoming) {
    let client = states[incoming.slot].halves[incoming.direction.reversed]
    guard client.hasSYN, client.payloadBytes > 0 else { return }
    let detail = detail(of: incoming.slot)
    let covered = client.initial.distance(to: incoming.acknowledgement)
    details[detail].facts[incoming.direction.reversed].isFastOpenAccepted = covered > 1
  }

  /// Scaling holds when both SYNs have the option (RFC 7323 section 2.2).
  private mutating func agreeOnWindowScale(_ incoming: Incoming) {
    let slot = incoming.slot
    let offered = incoming.windowScale.map { min($0, HalfConnection.maximumShift) } ?? HalfConnection.absentShift
    states[slot].halves[incoming.direction].windowShift = offered
    let other = states[slot].halves[incoming.direction.reversed].windowShift
    if offered == HalfConnection.absentShift || other == HalfConnection.absentShift,
      other != HalfConnection.unknownShift
    {
      states[slot].halves[incoming.direction].windowShift = 0
      states[slot].halves[incoming.direction.reversed].windowShift = 0
    }
  }

  /// Notes the end of the handshake, the client's first acknowledgement after its SYN, and how long it took.
  ///
  /// What repetitions waited for is left out: from the last SYN to the first SYN-ACK, and from the last SYN-ACK on.
  mutating func noteHandshakeEnd(_ incoming: Incoming) {
    let state = states[incoming.slot]
    guard state.status.contains(.isOpening), incoming.direction == .clientToServer, !incoming.flags.contains(.syn)
    else {
      return
    }
    states[incoming.slot].status.remove(.isOpening)
    let (client, server) = (state.halves.clientToServer, state.halves.serverToClient)
    guard client.hasSYN, server.hasSYN, server.initial.distance(to: incoming.acknowledgement) > 0 else { return }
    let facts = self[incoming.slot].facts
    let syn = facts.clientToServer.lastSYN ?? facts.clientToServer.syn ?? state.opened
    let synAck = facts.serverToClient.lastSYN ?? state.synAck
    let interval = max(.zero, state.synAck.time - syn.time) + (incoming.time - synAck.time)
    states[incoming.slot].handshakeMicroseconds = RoundTrip.microseconds(max(.zero, interval))
  }
}

extension HalfConnection {
  /// Begins the half at its first sequence number.
  mutating func anchor(at sequence: SequenceNumber, time: Timestamp) {
    initial = sequence
    next = sequence
    highest = sequence
    highestAt = time
    waitingSince = time
    status.insert(.isSeen)
  }
}
