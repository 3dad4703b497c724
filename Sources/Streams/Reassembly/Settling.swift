import Packets

/// What is known of a connection's beginning while it may still come: packets stand in another order in a file now and
/// then, the SYN behind data.
///
/// Until its beginning is known, a direction's payload waits as if a hole were before it.
struct Settling: Sendable {
  /// The time of the connection's first packet without a SYN of its direction.
  var since: Timestamp
  /// Segments of the connection since.
  var segments = 0
  /// The lowest sequence number of each direction whose SYN has not come.
  var lowest = Directional<SequenceNumber?>(both: nil)
  /// Whether nothing but a bare acknowledgement began so low, which may have been a keep-alive.
  var isLowestBare = Directional(both: false)

  /// How far before its first captured packet a direction may begin: 1 MiB, more than 50 packets of 20 kB.
  static let reach = 1 << 20
}

extension ConnectionTable {
  /// Makes a direction, just begun by a segment without SYN, wait for what may come before it.
  mutating func settle(_ incoming: Incoming, from start: SequenceNumber) {
    let detail = detail(of: incoming.slot)
    if let announced = details[detail].facts[incoming.direction].announcedStart,
      0...Settling.reach ~= announced.distance(to: start)
    {
      return states[incoming.slot].halves[incoming.direction].begin(at: announced)
    }
    if details[detail].settling == nil { details[detail].settling = Settling(since: incoming.time) }
    details[detail].settling?.lowest[incoming.direction] = start
    details[detail].settling?.isLowestBare[incoming.direction] = incoming.isBare
    states[incoming.slot].halves[incoming.direction].begin(at: start.advanced(by: -Settling.reach))
    listHole(incoming.slot)
  }

  /// Notes how low a segment begins, and ends the waiting where the segment leaves no room for more.
  mutating func noteBeginning(_ incoming: Incoming) {
    let detail = states[incoming.slot].detail
    guard detail >= 0, let lowest = details[detail].settling?.lowest[incoming.direction] else { return }
    let distance = lowest.distance(to: incoming.sequence)
    if distance < 0, distance > -Settling.reach {
      details[detail].settling?.lowest[incoming.direction] = incoming.sequence
      details[detail].settling?.isLowestBare[incoming.direction] = incoming.isBare
    } else if distance == 0, !incoming.isBare {
      details[detail].settling?.isLowestBare[incoming.direction] = false
    }
    let held = details[detail].stores.clientToServer.byteCount + details[detail].stores.serverToClient.byteCount
    if held + incoming.payload.count > limits.settlingBytes { endSettling(incoming.slot) }
  }

  /// Whether a SYN is the beginning of a direction that waits for it.
  func beginsSettling(_ slot: Int32, _ direction: Direction, at sequence: SequenceNumber) -> Bool {
    let detail = states[slot].detail
    guard detail >= 0, let lowest = details[detail].settling?.lowest[direction] else { return false }
    return 0...Settling.reach ~= sequence.advanced(by: 1).distance(to: lowest)
  }

  /// Takes the beginning that a direction was waiting for; the payload follows when the other direction's is known.
  mutating func settleBeginning(_ slot: Int32, _ direction: Direction, at sequence: SequenceNumber) {
    begin(slot, direction, at: sequence)
    let detail = detail(of: slot)
    details[detail].settling?.lowest[direction] = nil
    if Direction.allCases.allSatisfy({ details[detail].settling?.lowest[$0] == nil }) { endSettling(slot) }
  }

  /// Learns from a SYN-ACK where the other direction begins, whose SYN has not come.
  mutating func announceBeginning(_ incoming: Incoming) {
    let direction = incoming.direction.reversed
    let half = states[incoming.slot].halves[direction]
    guard !half.hasSYN else { return }
    let start = incoming.acknowledgement
    if beginsSettling(incoming.slot, direction, at: start.advanced(by: -1)) {
      settleBeginning(incoming.slot, direction, at: start)
    } else if !half.isSeen {
      let detail = detail(of: incoming.slot)
      details[detail].facts[direction].announcedStart = start
    }
  }

  /// Ends the waiting when what may still come would have come.
  mutating func reviewSettling(_ slot: Int32, at time: Timestamp) {
    let detail = states[slot].detail
    guard detail >= 0, let settling = details[detail].settling else { return }
    if settling.segments >= limits.settlingSegments || time - settling.since >= limits.holeInterval {
      endSettling(slot)
    } else {
      listHole(slot)
    }
  }

  /// Begins both directions with the lowest that came, and delivers what waited in the order of its packets.
  mutating func endSettling(_ slot: Int32) {
    let detail = states[slot].detail
    guard detail >= 0, let settling = details[detail].settling else { return }
    details[detail].settling = nil
    for direction in Direction.allCases {
      if let lowest = settling.lowest[direction] { begin(slot, direction, at: lowest) }
      // What begins one byte before the rest is a keep-alive (RFC 9293 section 3.8.4).
      if settling.isLowestBare[direction], let lowest = settling.lowest[direction],
        details[detail].stores[direction].missing == 1
      {
        begin(slot, direction, at: lowest.advanced(by: 1))
      }
    }
    while let direction = earliestReady(detail) { takeFirstReady(slot, direction) }
    for direction in Direction.allCases { drain(slot, direction) }
  }

  /// Moves a waiting direction's beginning to where it is.
  private mutating func begin(_ slot: Int32, _ direction: Direction, at sequence: SequenceNumber) {
    let detail = detail(of: slot)
    let distance = states[slot].halves[direction].next.distance(to: sequence)
    bufferedBytes -= details[detail].stores[direction].skip(distance)
    states[slot].halves[direction].begin(at: sequence)
  }

  /// The direction whose next payload stands first in the capture.
  private func earliestReady(_ detail: Int32) -> Direction? {
    let up = details[detail].stores.clientToServer.firstReady
    let down = details[detail].stores.serverToClient.firstReady
    guard let up, let down else { return up != nil ? .clientToServer : down != nil ? .serverToClient : nil }
    return up.number < down.number ? .clientToServer : .serverToClient
  }
}

extension HalfConnection {
  /// Moves the beginning, where nothing was delivered yet.
  mutating func begin(at sequence: SequenceNumber) {
    initial = sequence
    next = sequence
  }
}
