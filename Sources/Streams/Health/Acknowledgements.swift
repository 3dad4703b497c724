import Packets

extension ConnectionTable {
  /// How far an acknowledgement may run ahead of the data that was captured, where no scale tells the window: 1 GiB, the
  /// largest window (RFC 7323 section 2.3).
  private static let largestWindow = 1 << 30
  /// Linux's least retransmission timeout.
  static let leastTimeout = Interval.milliseconds(200)

  /// Takes an acknowledgement of the other direction's data, which may answer a keep-alive.
  mutating func receiveAcknowledgement(_ incoming: Incoming, isAnswered: Bool) {
    let slot = incoming.slot
    let sent = incoming.direction.reversed
    let half = states[slot].halves[sent]
    guard isPlausible(incoming, of: half) else { return ignore(incoming, .acknowledgement) }
    if !half.status.contains(.isAcknowledged) {
      states[slot].halves[sent].status.insert(.isAcknowledged)
      states[slot].halves[sent].acknowledged = incoming.acknowledgement
      advanceAcknowledgement(incoming)
      return
    }
    let advance = half.acknowledged.distance(to: incoming.acknowledgement)
    if advance > 0 {
      advanceAcknowledgement(incoming)
    } else if advance == 0 {
      receiveRepeatedAcknowledgement(incoming, isAnswered: isAnswered)
    }
  }

  /// Whether what is acknowledged can have been sent.
  private func isPlausible(_ incoming: Incoming, of half: HalfConnection) -> Bool {
    guard half.isSeen else { return true }
    let receiver = states[incoming.slot].halves[incoming.direction]
    let window = receiver.isWindowScaleKnown ? 65_535 << Int(receiver.windowShift) : Self.largestWindow
    let ahead = half.highest.distance(to: incoming.acknowledgement)
    return ahead <= window && ahead > -Self.largestWindow
  }

  private mutating func advanceAcknowledgement(_ incoming: Incoming) {
    let slot = incoming.slot
    let sent = incoming.direction.reversed
    let before = states[slot].halves[sent].roundTrip
    if let long = states[slot].halves[sent].acknowledge(incoming.acknowledgement, at: incoming.time) {
      assess(roundTrip: long, after: before, incoming)
    }
    let half = states[slot].halves[sent]
    guard half.isSeen else { return }
    let ahead = half.next.distance(to: incoming.acknowledgement)
    if ahead == 1, half.status.contains(.isTentative) {
      states[slot].halves[sent].skipKeepAliveByte()
    } else if ahead > 0 {
      cover(slot, sent, incoming.reference)
    }
  }

  /// Compares a long round trip with the habit of the path: the smoothed one before it, or before the row of long ones in
  /// which it stands.
  private mutating func assess(roundTrip: Interval, after before: RoundTrip, _ incoming: Incoming) {
    guard let smoothed = before.smoothed else { return }
    let detail = detail(of: incoming.slot)
    let sent = incoming.direction.reversed
    // A shorter one in between took the short way, and left nothing but itself.
    let goesOn = before.latest.map { $0 > RoundTrip.notable } ?? false
    let usual = (goesOn ? details[detail].facts[sent].usualRoundTrip : nil) ?? smoothed
    let isOutlier = roundTrip.nanoseconds > 3 * usual.nanoseconds
    details[detail].facts[sent].usualRoundTrip = isOutlier ? usual : nil
    if isOutlier {
      events.append(.health(incoming.slot, incoming.direction, .roundTripOutlier(roundTrip, usual: usual)))
    }
  }

  /// Takes an acknowledgement that was seen before: an answered keep-alive, a duplicate, or just data's.
  private mutating func receiveRepeatedAcknowledgement(_ incoming: Incoming, isAnswered: Bool) {
    let slot = incoming.slot
    let own = states[slot].halves[incoming.direction]
    let window = own.scaled(incoming.rawWindow)
    guard incoming.isBare, window > 0, window == own.window, incoming.sequence == own.highest, own.isSeen else {
      return
    }
    let detail = detail(of: slot)
    if isAnswered {
      details[detail].facts[incoming.direction].counters.keepAliveAnswers &+= 1
      events.append(.health(slot, incoming.direction, .keepAliveAnswered))
      return
    }
    let sent = incoming.direction.reversed
    let run = states[slot].halves[sent].duplicateRun
    states[slot].halves[sent].duplicateRun = run == .max ? run : run + 1
    details[detail].facts[sent].lastDuplicateAck = incoming.time
    details[detail].facts[incoming.direction].counters.duplicateAcks &+= 1
    events.append(
      .health(slot, incoming.direction, .duplicateAcknowledgement(count: Int(states[slot].halves[sent].duplicateRun))))
  }
}
