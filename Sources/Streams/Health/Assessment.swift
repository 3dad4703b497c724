import Packets

extension ConnectionTable {
  /// What fills a hole later than this after a later segment was sent again; Wireshark's value for unknown round trips.
  private static let reorderingInterval = Interval.milliseconds(3)
  /// How soon after a duplicate acknowledgement a retransmission is its answer (Wireshark's value).
  private static let fastInterval = Interval.milliseconds(20)

  /// Says what a segment shows about the network and its ends, before its payload is put in order.
  mutating func assess(_ incoming: Incoming) {
    assessWindow(incoming)
    guard !incoming.flags.contains(.syn) else { return }
    let sender = states[incoming.slot].halves[incoming.direction]
    let receiver = states[incoming.slot].halves[incoming.direction.reversed]
    let ahead = sender.highest.distance(to: incoming.sequence)
    if ahead == -1, sender.keepsAlive(with: incoming) {
      states[incoming.slot].halves[incoming.direction].status.insert(.sentKeepAlive)
      let detail = detail(of: incoming.slot)
      details[detail].facts[incoming.direction].counters.keepAlives &+= 1
      events.append(.health(incoming.slot, incoming.direction, .keepAlive))
      return
    }
    states[incoming.slot].halves[incoming.direction].status.remove(.sentKeepAlive)
    guard incoming.length > 0 || incoming.flags.contains(.fin) else { return }
    if ahead < 0 {
      assessRepetition(incoming, sender)
    } else if incoming.length == 1, ahead == 0, receiver.isSeen, receiver.window == 0 {
      let detail = detail(of: incoming.slot)
      details[detail].facts[incoming.direction].counters.zeroWindowProbes &+= 1
      events.append(.health(incoming.slot, incoming.direction, .zeroWindowProbe))
    }
    if receiver.isWindowScaleKnown, receiver.window > 0, sender.status.contains(.isAcknowledged),
      sender.acknowledged.distance(to: incoming.end) == Int(receiver.window)
    {
      let detail = detail(of: incoming.slot)
      details[detail].facts[incoming.direction].counters.windowFull &+= 1
      events.append(.health(incoming.slot, incoming.direction, .windowFull))
    }
  }

  /// Notes the window that a segment offers, and when it closes and opens.
  private mutating func assessWindow(_ incoming: Incoming) {
    let slot = incoming.slot
    let direction = incoming.direction
    let half = states[slot].halves[direction]
    // "The window field in a segment where the SYN bit is set is never scaled" (RFC 7323 section 2.2).
    let window = incoming.flags.contains(.syn) ? UInt32(incoming.rawWindow) : half.scaled(incoming.rawWindow)
    states[slot].halves[direction].window = window
    guard incoming.flags.contains(.ack) else { return }
    if window == 0, incoming.flags.isDisjoint(with: [.syn, .fin]) {
      let detail = detail(of: slot)
      details[detail].facts[direction].counters.zeroWindows &+= 1
      if details[detail].facts[direction].zeroWindowSince == nil {
        details[detail].facts[direction].zeroWindowSince = incoming.time
        details[detail].facts[direction].zeroWindowSpans &+= 1
        events.append(.health(slot, direction, .zeroWindowOpened))
      }
    } else if window > 0, states[slot].detail >= 0 {
      let detail = states[slot].detail
      guard let since = details[detail].facts[direction].zeroWindowSince else { return }
      details[detail].facts[direction].zeroWindowSince = nil
      let closed = max(.zero, incoming.time - since)
      details[detail].facts[direction].zeroWindowTime = details[detail].facts[direction].zeroWindowTime + closed
      events.append(.health(slot, direction, .zeroWindowClosed(incoming.time - since)))
    }
  }

  /// Tells a segment that came late from one that was sent again, and why it was.
  private mutating func assessRepetition(_ incoming: Incoming, _ sender: HalfConnection) {
    let detail = detail(of: incoming.slot)
    let facts = details[detail].facts[incoming.direction]
    let silence = incoming.time - sender.highestAt
    let isNew = !isPresent(incoming, sender)
    let isAskedFor = sender.duplicateRun >= 2 && incoming.sequence == sender.acknowledged
    let kind: Retransmission.Kind
    if isAskedFor, let asked = facts.lastDuplicateAck, incoming.time - asked <= Self.fastInterval {
      kind = .fast
    } else if isNew, silence < max(Self.reorderingInterval, handshakeRoundTrip(incoming.slot)) {
      details[detail].facts[incoming.direction].counters.outOfOrder &+= 1
      events.append(.health(incoming.slot, incoming.direction, .outOfOrder))
      return
    } else if !isNew, sender.status.contains(.isAcknowledged),
      incoming.sequenceEnd.distance(to: sender.acknowledged) >= 0
    {
      kind = .spurious
    } else {
      kind = silence >= Self.leastTimeout ? .timeout : .other
    }
    count(
      incoming,
      Retransmission(
        kind: kind, sequence: incoming.sequence, length: incoming.length,
        original: isNew ? nil : sender.sendingTime(of: incoming)))
  }

  /// Whether all of a segment was seen before.
  private func isPresent(_ incoming: Incoming, _ sender: HalfConnection) -> Bool {
    let start = max(0, sender.next.distance(to: incoming.sequence))
    let end = sender.next.distance(to: incoming.end)
    guard end > 0 || (end == 0 && incoming.flags.contains(.fin)) else { return true }
    guard !incoming.flags.contains(.fin) || sender.hasFIN else { return false }
    let detail = states[incoming.slot].detail
    guard start < end, detail >= 0 else { return start >= end }
    let front = details[detail].stores[incoming.direction].front
    return details[detail].stores[incoming.direction].contains(front &+ start..<front &+ end)
  }

  private func handshakeRoundTrip(_ slot: Int32) -> Interval {
    RoundTrip.interval(states[slot].handshakeMicroseconds) ?? .zero
  }

  /// Counts a retransmission; the round trip of what was sent twice can't be told (Karn, RFC 6298 section 3).
  mutating func count(_ incoming: Incoming, _ retransmission: Retransmission) {
    let detail = detail(of: incoming.slot)
    details[detail].facts[incoming.direction].counters.count(retransmission.kind)
    states[incoming.slot].halves[incoming.direction].status.remove(.isSampling)
    events.append(.health(incoming.slot, incoming.direction, .retransmission(retransmission)))
  }
}

extension HalfConnection {
  /// Whether a segment that begins one before the next sequence number only probes.
  ///
  /// Nobody probes while data is in flight (RFC 9293 section 3.8.4), so that a byte not yet acknowledged is sent again.
  func keepsAlive(with incoming: Incoming) -> Bool {
    guard !hasFIN, !incoming.flags.contains(.fin) else { return false }
    return incoming.length == 0 || (incoming.length == 1 && unacknowledgedBytes == 0)
  }

  /// When a segment's bytes were sent before, where that is remembered: the last ones.
  func sendingTime(of incoming: Incoming) -> Timestamp? {
    incoming.sequenceEnd == highest ? highestAt : nil
  }
}

extension HealthCounters {
  mutating func count(_ kind: Retransmission.Kind) {
    retransmissions &+= 1
    switch kind {
    case .timeout: retransmissionTimeouts &+= 1
    case .fast: fastRetransmissions &+= 1
    case .spurious: spuriousRetransmissions &+= 1
    case .other: break
    }
  }
}
