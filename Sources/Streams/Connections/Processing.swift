import Bytes
import Packets

extension ConnectionTable {
  /// Takes a segment that is not plain, in the order of RFC 9293 section 3.10.7.4: reset, SYN, acknowledgement, data, FIN.
  mutating func process(_ incoming: Incoming, in frame: RawSpan) {
    let slot = incoming.slot
    if states[slot].latest < incoming.time { states[slot].latest = incoming.time }
    countTowardsHoles(slot)
    if incoming.flags.contains(.rst) {
      receiveReset(incoming)
    } else if !incoming.flags.contains(.syn) || receiveSYN(incoming) {
      receiveText(incoming, in: frame)
    }
    finishSegment(slot, at: incoming.time)
  }

  private mutating func receiveText(_ incoming: Incoming, in frame: RawSpan) {
    let slot = incoming.slot
    let direction = incoming.direction
    if !states[slot].halves[direction].isSeen { join(incoming, in: frame) } else { noteBeginning(incoming) }
    states[slot].halves[direction].settleTentative(incoming)
    noteHandshakeEnd(incoming)
    let isAnswered = states[slot].halves[direction.reversed].status.contains(.sentKeepAlive)
    states[slot].halves[direction.reversed].status.remove(.sentKeepAlive)
    if incoming.flags.contains(.ack) { receiveAcknowledgement(incoming, isAnswered: isAnswered) }
    assess(incoming)
    if !isAfterReset(incoming) { receivePayload(incoming, in: frame) }
  }

  /// Begins a direction whose beginning was not captured with the first segment that was.
  private mutating func join(_ incoming: Incoming, in frame: RawSpan) {
    var start = incoming.sequence
    let isBare = incoming.isBare
    // One zero byte without PSH is how Windows and BSD keep a connection alive; the byte was acknowledged long ago.
    let isKeepAlive =
      incoming.length == 1 && incoming.payload.count == 1 && incoming.flags == .ack
      && frame.byte(at: incoming.payload.lowerBound) == 0
    if isKeepAlive { start = incoming.end }
    states[incoming.slot].halves[incoming.direction].anchor(at: start, time: incoming.time)
    if isBare { states[incoming.slot].halves[incoming.direction].status.insert(.isTentative) }
    settle(incoming, from: start)
  }

  /// Whether a segment's payload comes too late to matter, because a reset came first.
  ///
  /// What the sender of the reset had sent before it still counts, if it comes out of order.
  private mutating func isAfterReset(_ incoming: Incoming) -> Bool {
    guard states[incoming.slot].status.contains(.isReset) else { return false }
    guard incoming.length > 0 || incoming.flags.contains(.fin) else { return true }
    let detail = detail(of: incoming.slot)
    let facts = details[detail].facts[incoming.direction]
    if facts.rst != nil, incoming.end.distance(to: facts.rstSequence) >= 0 { return false }
    ignore(incoming, .data)
    return true
  }

  /// Counts a segment that the receiver can't have believed.
  mutating func ignore(_ incoming: Incoming, _ stray: HealthEvent.Stray) {
    let detail = detail(of: incoming.slot)
    details[detail].facts[incoming.direction].counters.ignored &+= 1
    events.append(.health(incoming.slot, incoming.direction, .ignored(stray)))
  }

  /// Settles what a segment, or the passing of time, means for the connection as a whole.
  mutating func finishSegment(_ slot: Int32, at time: Timestamp) {
    if states[slot].detail >= 0 {
      reviewSettling(slot, at: time)
      for direction in Direction.allCases { reviewHole(slot, direction, at: time) }
    }
    lingerIfOver(slot)
    let state = states[slot]
    let isPlain =
      state.halves.clientToServer.isPlain && state.halves.serverToClient.isPlain
      && state.status.isDisjoint(with: [.isOpening, .isLingering, .isReset, .isClosed])
    if isPlain { states[slot].status.insert(.isPlain) } else { states[slot].status.remove(.isPlain) }
  }
}

extension HalfConnection {
  /// Lets a later segment correct a beginning that a bare acknowledgement set.
  ///
  /// That one may have been a keep-alive, which stands one byte before the next (RFC 9293 section 3.8.4).
  mutating func settleTentative(_ incoming: Incoming) {
    guard status.contains(.isTentative) else { return }
    if next.distance(to: incoming.sequence) == 1 { skipKeepAliveByte() }
    if !incoming.isBare { status.remove(.isTentative) }
  }

  /// Moves a tentative beginning behind the byte that a keep-alive repeats.
  mutating func skipKeepAliveByte() {
    initial = initial.advanced(by: 1)
    next = next.advanced(by: 1)
    highest = next
  }
}
