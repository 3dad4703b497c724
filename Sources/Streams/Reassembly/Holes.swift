import Packets

extension ConnectionTable {
  /// Notes that a receiver has acknowledged bytes which are not here yet.
  mutating func cover(_ slot: Int32, _ direction: Direction, _ reference: PacketReference) {
    let detail = detail(of: slot)
    let end = states[slot].halves[direction].acknowledged
    details[detail].facts[direction].newestCover = Cover(reference: reference, end: end)
    guard details[detail].facts[direction].coveringAck == nil else { return }
    details[detail].facts[direction].coveringAck = reference
    details[detail].facts[direction].coveredEnd = end
    details[detail].facts[direction].segmentsSinceCover = 0
    listHole(slot)
  }

  /// Lets the newest acknowledgement take the place of one whose hole has been filled: where all data stands behind its
  /// acknowledgements in the file, there is always some missing, but never the same for long.
  private mutating func renewCover(_ slot: Int32, _ direction: Direction) {
    let detail = detail(of: slot)
    guard let newest = details[detail].facts[direction].newestCover,
      details[detail].facts[direction].coveredEnd.distance(to: states[slot].halves[direction].next) >= 0
    else { return }
    details[detail].facts[direction].coveringAck = newest.reference
    details[detail].facts[direction].coveredEnd = newest.end
    details[detail].facts[direction].segmentsSinceCover = 0
  }

  /// Makes the passing of time look after a slot.
  mutating func listHole(_ slot: Int32) {
    guard !states[slot].status.contains(.hasHole) else { return }
    states[slot].status.insert(.hasHole)
    holes.append(slot)
  }

  /// Counts a segment towards the limit of what may come before a hole is lost.
  mutating func countTowardsHoles(_ slot: Int32) {
    let detail = states[slot].detail
    guard detail >= 0 else { return }
    details[detail].settling?.segments += 1
    details[detail].facts.clientToServer.segmentsSinceCover &+= 1
    details[detail].facts.serverToClient.segmentsSinceCover &+= 1
  }

  /// Whether what the covering acknowledgement shows would be here by now.
  private func isOverdue(_ facts: DirectionFacts, at time: Timestamp) -> Bool {
    guard let covering = facts.coveringAck else { return false }
    return facts.segmentsSinceCover >= limits.holeSegments || time - covering.time >= limits.holeInterval
  }

  /// Declares a direction's first hole a gap when nothing will fill it any more; then the next.
  mutating func reviewHole(_ slot: Int32, _ direction: Direction, at time: Timestamp) {
    let detail = states[slot].detail
    guard details[detail].settling == nil else { return }
    while true {
      let facts = details[detail].facts[direction]
      if facts.coveringAck != nil {
        let missing = acknowledgedMissing(slot, direction)
        guard missing > 0 else {
          details[detail].facts[direction].coveringAck = nil
          continue
        }
        renewCover(slot, direction)
        guard isOverdue(details[detail].facts[direction], at: time) else { break }
        giveUp(slot, direction, missing, .acknowledged)
      } else if let missing = details[detail].stores[direction].missing, let since = facts.bufferedSince,
        isReceiverUnseen(slot, direction), time - since >= limits.unseenReceiverInterval
      {
        giveUp(slot, direction, missing, .receiverUnseen)
      } else {
        break
      }
    }
    if details[detail].facts[direction].coveringAck != nil || !details[detail].stores[direction].isEmpty {
      listHole(slot)
    }
  }

  /// At the end of a capture, declares what was acknowledged and never came; the rest is still under way.
  mutating func declareFinalGaps(_ slot: Int32, _ direction: Direction) {
    let detail = states[slot].detail
    guard detail >= 0 else { return }
    endSettling(slot)
    while true {
      let missing = acknowledgedMissing(slot, direction)
      if missing > 0 {
        giveUp(slot, direction, missing, .acknowledged)
      } else if isReceiverUnseen(slot, direction), let missing = details[detail].stores[direction].missing {
        giveUp(slot, direction, missing, .receiverUnseen)
      } else {
        return
      }
    }
  }

  /// Forces gaps until a direction, and all of them together, have room for more out-of-order bytes.
  mutating func makeRoom(for count: Int, _ slot: Int32, _ direction: Direction) {
    let detail = detail(of: slot)
    while let missing = details[detail].stores[direction].missing {
      let store = details[detail].stores[direction]
      if store.byteCount + count > limits.bufferedBytes {
        reach(.bufferedBytes, slot, direction, missing)
      } else if store.pieces.count >= limits.bufferedSegments {
        reach(.bufferedSegments, slot, direction, missing)
      } else {
        break
      }
    }
    while bufferedBytes > 0, bufferedBytes + count > limits.totalBufferedBytes {
      guard let (slot, direction, missing) = oldestHole() else { return }
      reach(.totalBufferedBytes, slot, direction, missing)
    }
  }

  private mutating func reach(_ limit: StreamLimits.Name, _ slot: Int32, _ direction: Direction, _ missing: Int) {
    events.append(.limitReached(limit, slot: slot))
    giveUp(slot, direction, missing, .limit(limit))
  }

  /// The first listed direction that holds something; the list is in the order in which holes came up.
  private mutating func oldestHole() -> (Int32, Direction, Int)? {
    while let slot = holes.first {
      let detail = states[slot].detail
      if detail >= 0, !states[slot].status.contains(.isClosed) {
        for direction in Direction.allCases {
          if let missing = details[detail].stores[direction].missing { return (slot, direction, missing) }
        }
      }
      states[slot].status.remove(.hasHole)
      holes.removeFirst()
    }
    return nil
  }

  /// The packet that acknowledged bytes which had not come, where nothing has come behind these since; whether they were
  /// declared a gap or not.
  package func latestCover(_ slot: Int32, _ direction: Direction) -> PacketReference? {
    let detail = states[slot].detail
    guard detail >= 0, let cover = details[detail].facts[direction].newestCover else { return nil }
    return states[slot].halves[direction].next.distance(to: cover.end) >= 0 ? cover.reference : nil
  }

  /// Bytes that the receiver has acknowledged and that are missing before anything else comes.
  private func acknowledgedMissing(_ slot: Int32, _ direction: Direction) -> Int {
    let half = states[slot].halves[direction]
    guard half.status.isSuperset(of: [.isSeen, .isAcknowledged]), !half.isFinished else { return 0 }
    var missing = half.next.distance(to: half.acknowledged)
    let detail = states[slot].detail
    guard detail >= 0 else { return missing }
    if half.hasFIN { missing = min(missing, half.next.distance(to: details[detail].facts[direction].finSequence)) }
    if let stored = details[detail].stores[direction].missing { missing = min(missing, stored) }
    return missing
  }

  /// Whether the capture has no acknowledgement of a direction at all.
  private func isReceiverUnseen(_ slot: Int32, _ direction: Direction) -> Bool {
    !states[slot].halves[direction].status.contains(.isAcknowledged)
  }

  /// Declares missing bytes lost, and delivers what waited for them.
  mutating func giveUp(_ slot: Int32, _ direction: Direction, _ length: Int, _ cause: Gap.Cause) {
    let detail = detail(of: slot)
    let covering = details[detail].facts[direction].coveringAck
    let half = states[slot].halves[direction]
    let next = half.next.advanced(by: length)
    let isLast = half.highest == half.next || half.highest == next && details[detail].stores[direction].isEmpty
    if length == 1, cause == .acknowledged, !half.hasFIN, next == half.acknowledged, isLast {
      finishUnseen(slot, direction)
    } else {
      events.append(.gap(slot, direction, Gap(length: length, cause: cause, acknowledgement: covering)))
      details[detail].facts[direction].lostBytes &+= Int64(length)
    }
    states[slot].halves[direction].next = next
    if half.highest.distance(to: next) > 0 { states[slot].halves[direction].highest = next }
    details[detail].stores[direction].advance(by: length)
    if next.distance(to: half.acknowledged) <= 0 { details[detail].facts[direction].coveringAck = nil }
    drain(slot, direction)
  }

  /// One number acknowledged beyond all data is the FIN, which the capture missed: no protocol here sends single bytes.
  private mutating func finishUnseen(_ slot: Int32, _ direction: Direction) {
    states[slot].halves[direction].status.formUnion([.hasFIN, .isFinished])
    events.append(.fin(slot, direction, nil))
  }
}
