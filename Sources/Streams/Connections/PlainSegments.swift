import Packets

extension ConnectionState {
  /// Takes a segment the short way, if it is plain: in order, complete, of an open connection where nothing is special.
  ///
  /// - Returns: false, and nothing changed, for any other segment.
  @inline(__always)
  mutating func takePlainly(_ segment: Segment, isLowSource: Bool) -> Bool {
    let tcp = segment.tcp
    let length = segment.payload.count
    guard status.contains(.isPlain), tcp.flags.subtracting(.psh) == .ack, segment.payloadLength == length,
      tcp.window != 0
    else { return false }
    let direction = direction(isLowSource: isLowSource)
    let time = segment.reference.time
    let advance = halves[direction.reversed].acknowledged.distance(to: tcp.acknowledgement)
    guard halves[direction].next == tcp.sequence, advance > 0 || (advance == 0 && length > 0),
      tcp.acknowledgement.distance(to: halves[direction.reversed].next) >= 0,
      length == 0 || !halves[direction].fills(halves[direction.reversed].window, with: length),
      advance == 0 || !halves[direction.reversed].isOutlier(tcp.acknowledgement, at: time)
    else { return false }
    halves[direction].window = halves[direction].scaled(tcp.window)
    if length > 0 { halves[direction].send(length, at: time) }
    if advance > 0 { _ = halves[direction.reversed].acknowledge(tcp.acknowledgement, at: time) }
    if latest < time { latest = time }
    return true
  }
}

extension HalfConnection {
  /// Whether data of a length fills a receiver's window to the last byte.
  @inline(__always)
  func fills(_ window: UInt32, with length: Int) -> Bool {
    acknowledged.distance(to: next) + length == Int(window)
  }

  /// Whether an acknowledgement ends a measurement with an unusually long round trip.
  @inline(__always)
  func isOutlier(_ acknowledgement: SequenceNumber, at time: Timestamp) -> Bool {
    status.contains(.isSampling) && sampleEnd.distance(to: acknowledgement) >= 0
      && (time - sampleAt).nanoseconds > 100_000_000
  }

  /// Counts in-order payload that is new.
  @inline(__always)
  mutating func send(_ length: Int, at time: Timestamp) {
    payloadBytes &+= Int64(length)
    next = next.advanced(by: length)
    extend(to: next, at: time, isData: true)
  }

  /// Moves the highest sequence number on.
  @inline(__always)
  mutating func extend(to end: SequenceNumber, at time: Timestamp, isData: Bool) {
    if acknowledged == highest || !status.contains(.isAcknowledged) { waitingSince = time }
    if isData, !status.contains(.isSampling) {
      sampleEnd = end
      sampleAt = time
      status.insert(.isSampling)
    }
    highest = end
    highestAt = time
  }

  /// Takes an acknowledgement of something new.
  ///
  /// - Returns: the round trip that it completes, where that is an outlier.
  @inline(__always)
  mutating func acknowledge(_ acknowledgement: SequenceNumber, at time: Timestamp) -> Interval? {
    acknowledged = acknowledgement
    waitingSince = time
    duplicateRun = 0
    guard status.contains(.isSampling), sampleEnd.distance(to: acknowledgement) >= 0 else { return nil }
    status.remove(.isSampling)
    let interval = time - sampleAt
    return roundTrip.record(interval) ? interval : nil
  }
}
