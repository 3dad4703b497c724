import Packets

extension ConnectionTable {
  /// Makes a connection for a segment that belongs to none.
  mutating func open(_ segment: Segment, _ lookup: Lookup) -> Int32 {
    if states.count >= limits.connections { evict() }
    let (isSourceClient, evidence) = roles(of: segment)
    let state = ConnectionState(
      key: lookup.key, opened: segment.reference, isLowClient: isSourceClient == lookup.isLowSource, roles: evidence)
    let slot = states.insert(state)
    index.insert(slot, hash: FlowKey.hash(lookup.endpointHash, vlan: lookup.key.vlan))
    events.append(.opened(slot))
    return slot
  }

  /// Who a connection's first segment makes its client.
  private func roles(of segment: Segment) -> (isSourceClient: Bool, RoleEvidence) {
    let flags = segment.tcp.flags
    if flags.contains(.syn), !flags.contains(.rst) { return (!flags.contains(.ack), .handshake) }
    let isSourceListed = ports.lists(segment.source.port)
    let isDestinationListed = ports.lists(segment.destination.port)
    guard isSourceListed != isDestinationListed else { return (true, .none) }
    return (isDestinationListed, .port)
  }

  /// Lets a SYN or SYN-ACK correct the roles of a connection that began without one.
  mutating func settleRoles(_ slot: Int32, bySYN flags: TCPFlags, isLowSource: Bool) {
    guard flags.contains(.syn), !flags.contains(.rst), states[slot].roles < .handshake else { return }
    let client = flags.contains(.ack) ? Direction.serverToClient : .clientToServer
    let isSwapped = states[slot].direction(isLowSource: isLowSource) != client
    settle(slot, .handshake, isSwapped: isSwapped)
  }

  /// Tells the table what the application's bytes show about a connection's roles: a request, a mask bit.
  ///
  /// A handshake knows better, and is not overruled. Where the roles are exchanged, `rolesSettled` is the next event, and all
  /// directions after it are the new ones.
  ///
  /// - Parameters:
  ///   - slot: the connection.
  ///   - direction: the direction, by the roles so far, in which the client sends.
  /// - Returns: whether client and server were exchanged.
  package mutating func settleRoles(_ slot: Int32, clientSends direction: Direction) -> Bool {
    let isSwapped = direction == .serverToClient
    guard states[slot].roles < .application else { return false }
    settle(slot, .application, isSwapped: isSwapped)
    return isSwapped
  }

  private mutating func settle(_ slot: Int32, _ evidence: RoleEvidence, isSwapped: Bool) {
    states[slot].roles = evidence
    if isSwapped {
      states[slot].swapRoles()
      let detail = states[slot].detail
      if detail >= 0 { details[detail].swapRoles() }
    }
    if isSwapped { events.swapRoles(of: slot) }
    // The next event, although others may wait: payload that was held until the beginning was known.
    events.prepend(.rolesSettled(slot, evidence, swapped: isSwapped))
  }

  /// Whether a segment begins a new connection with the addresses and ports of an old one.
  ///
  /// As in Wireshark's count of streams, a SYN with another initial sequence number does, and any SYN after a FIN or reset.
  /// A SYN inside an open connection's window does not: its receiver only challenges it (RFC 9293 section 3.10.7.4); when a
  /// SYN-ACK answers it all the same, that one begins the connection.
  func isReplaced(_ slot: Int32, by segment: Segment, isLowSource: Bool) -> Bool {
    let flags = segment.tcp.flags
    guard flags.contains(.syn), !flags.contains(.rst) else { return false }
    let state = states[slot]
    let direction = state.direction(isLowSource: isLowSource)
    let sender = state.halves[direction]
    let receiver = state.halves[direction.reversed]
    let sequence = segment.tcp.sequence
    if beginsSettling(slot, direction, at: sequence) { return false }
    let isOver = state.status.contains(.isReset) || sender.hasFIN || receiver.hasFIN
    if flags.contains(.ack) {
      if sender.hasSYN && sender.initial == sequence { return false }
      if answersStraySYN(segment, of: slot, direction.reversed) { return true }
      return isOver && sender.isSeen
    }
    if sender.hasSYN, sender.initial == sequence { return isOver }
    if sender.isSeen {
      // Its first data may stand before it in the file.
      if !sender.hasSYN, sender.initial == sequence.advanced(by: 1) { return false }
      return isOver || !isInWindow(sequence, sender, receiver)
    }
    // Nothing of the sender yet: the SYN belongs to what its peer acknowledges, or to a simultaneous open.
    guard receiver.isSeen, sender.status.contains(.isAcknowledged) else { return isOver }
    return sender.acknowledged != sequence.advanced(by: 1)
  }

  /// Whether a SYN-ACK acknowledges a SYN that was not believed.
  private func answersStraySYN(_ segment: Segment, of slot: Int32, _ direction: Direction) -> Bool {
    let detail = states[slot].detail
    guard detail >= 0, let stray = details[detail].facts[direction].straySYN else { return false }
    return stray.advanced(by: 1) == segment.tcp.acknowledgement
  }

  /// Whether a sequence number lies in the window that an established connection's receiver offers.
  private func isInWindow(_ sequence: SequenceNumber, _ sender: HalfConnection, _ receiver: HalfConnection) -> Bool {
    guard sender.status.contains(.isAcknowledged), receiver.status.contains(.isAcknowledged) else { return false }
    let offset = sender.acknowledged.distance(to: sequence)
    return offset >= 0 && offset < Int(receiver.window)
  }
}
