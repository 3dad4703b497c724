import Packets

extension ConnectionTable {
  /// Takes a connection out of the index and says its last word; its slot stays until the caller has heard it.
  mutating func close(_ slot: Int32, _ reason: CloseReason) {
    guard !states[slot].status.contains(.isClosed) else { return }
    endSettling(slot)
    let key = states[slot].key
    let endpointHash = key.endpointHash(seed: seed)
    index.remove(slot, hash: FlowKey.hash(endpointHash, vlan: key.vlan))
    let detail = states[slot].detail
    if detail >= 0 {
      if let vlan = details[detail].copyVLAN { index.remove(slot, hash: FlowKey.hash(endpointHash, vlan: vlan)) }
      for direction in Direction.allCases {
        bufferedBytes -= details[detail].stores[direction].byteCount
        details[detail].stores[direction] = SegmentStore()
      }
    }
    states[slot].status.insert(.isClosed)
    states[slot].status.remove(.isPlain)
    events.append(.closed(slot, reason))
  }

  /// Frees the slot whose `closed` the caller has heard.
  mutating func release() {
    let slot = released
    released = -1
    let detail = states[slot].detail
    if detail >= 0 { details.remove(detail) }
    states[slot].detail = -1
    states.remove(slot)
  }

  /// Takes a reset (RFC 9293 section 3.10.7, RFC 5961 section 3): the data in it, if any, is a diagnostic and no payload.
  mutating func receiveReset(_ incoming: Incoming) {
    let detail = detail(of: incoming.slot)
    guard isBelievable(incoming) else { return ignore(incoming, .reset) }
    guard !states[incoming.slot].status.contains(.isReset) else { return }
    let isAnswerToSYN = !states[incoming.slot].halves[incoming.direction].isSeen
    let isRefusal = isAnswerToSYN && states[incoming.slot].halves[incoming.direction.reversed].hasSYN
    details[detail].facts[incoming.direction].rst = incoming.reference
    details[detail].facts[incoming.direction].rstSequence = incoming.sequence
    states[incoming.slot].status.insert(.isReset)
    events.append(.reset(incoming.slot, by: incoming.direction, isRefusal ? .refused : .aborted))
  }

  /// Whether the receiver of a reset acts on it.
  ///
  /// Its window begins at what it has acknowledged. What the capture lost may lie between, so that any of the places where
  /// the stream may stand will do.
  private func isBelievable(_ incoming: Incoming) -> Bool {
    let sender = states[incoming.slot].halves[incoming.direction]
    let receiver = states[incoming.slot].halves[incoming.direction.reversed]
    guard sender.isSeen else {
      // "In the SYN-SENT state […], the RST is acceptable if the ACK field acknowledges the SYN."
      guard receiver.hasSYN, incoming.flags.contains(.ack) else { return true }
      return receiver.initial.distance(to: incoming.acknowledgement) > 0
        && incoming.acknowledgement.distance(to: receiver.highest) >= 0
    }
    let sequence = incoming.sequence
    if sequence == sender.next || sequence == sender.highest { return true }
    guard sender.status.contains(.isAcknowledged) else { return sender.next.distance(to: sequence) >= 0 }
    let offset = sender.acknowledged.distance(to: sequence)
    return offset >= 0 && offset <= max(Int(receiver.window), 65_535)
  }

  /// Lets a connection that is over linger, where late packets find it.
  mutating func lingerIfOver(_ slot: Int32) {
    guard !states[slot].status.contains(.isLingering), isOver(slot) else { return }
    states[slot].status.insert(.isLingering)
    let deadline = states[slot].latest + limits.lingerInterval
    lingering.append(LingerQueue.Entry(slot: slot, opened: states[slot].opened, deadline: deadline))
  }

  /// Whether a reset or two acknowledged FINs have ended a connection.
  private func isOver(_ slot: Int32) -> Bool {
    if states[slot].status.contains(.isReset) { return true }
    return Direction.allCases.allSatisfy { direction in
      let half = states[slot].halves[direction]
      return half.isFinished && half.status.contains(.isAcknowledged) && half.acknowledged.distance(to: half.next) <= 0
    }
  }

  /// Why a connection is over that is not held any longer, unless something else cut it short.
  func closeReason(_ slot: Int32, otherwise reason: CloseReason) -> CloseReason {
    if states[slot].status.contains(.isReset) { return .reset }
    return isOver(slot) ? .finished : reason
  }
}
