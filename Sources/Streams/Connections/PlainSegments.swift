import Packets

extension ConnectionState {
  /// Takes a segment the short way, if it is plain: in order, complete, of an open connection where nothing is special.
  ///
  /// - Returns: the segment's direction; `nil`, and nothing changed, for any other segment.
  @inline(__always)
  mutating func takePlainly(_ segment: Segment, isLowSource: Bool) -> Direction? {
    guard status.contains(.isPlain) else { return nil }
    let isFromClient = isLowSource == status.contains(.isLowClient)
    // Two calls with exchanged arguments, because a subscript by direction would copy both halves.
    let isTaken =
      isFromClient
      ? segment.passesPlainly(from: &halves.clientToServer, to: &halves.serverToClient)
      : segment.passesPlainly(from: &halves.serverToClient, to: &halves.clientToServer)
    guard isTaken else { return nil }
    if latest < segment.reference.time { latest = segment.reference.time }
    return isFromClient ? .clientToServer : .serverToClient
  }
}

extension Segment {
  /// Moves both halves of a connection on, if the segment is in order, complete, and shows nothing special.
  @inline(__always)
  fileprivate func passesPlainly(from sender: inout HalfConnection, to receiver: inout HalfConnection) -> Bool {
    let length = payload.count
    guard tcp.flags.subtracting(.psh) == .ack, payloadLength == length, tcp.window != 0 else { return false }
    let advance = receiver.acknowledged.distance(to: tcp.acknowledgement)
    guard sender.next == tcp.sequence, advance > 0 || (advance == 0 && length > 0),
      tcp.acknowledgement.distance(to: receiver.next) >= 0,
      length == 0 || !sender.fills(receiver.window, with: length),
      advance == 0 || !receiver.isNotable(tcp.acknowledgement, at: reference.time)
    else { return false }
    sender.window = sender.scaled(tcp.window)
    if length > 0 { sender.send(length, at: reference.time) }
    if advance > 0 { _ = receiver.acknowledge(tcp.acknowledgement, at: reference.time) }
    return true
  }
}

extension HalfConnection {
  /// Whether data of a length fills a receiver's window to the last byte.
  @inline(__always)
  func fills(_ window: UInt32, with length: Int) -> Bool {
    acknowledged.distance(to: next) + length == Int(window)
  }

  /// Whether an acknowledgement ends a measurement with a long round trip.
  @inline(__always)
  func isNotable(_ acknowledgement: SequenceNumber, at time: Timestamp) -> Bool {
    status.contains(.isSampling) && sampleEnd.distance(to: acknowledgement) >= 0
      && time - sampleAt > RoundTrip.notable
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
  /// - Returns: the round trip that it completes, where that is long enough for a closer look.
  @inline(__always)
  mutating func acknowledge(_ acknowledgement: SequenceNumber, at time: Timestamp) -> Interval? {
    acknowledged = acknowledgement
    waitingSince = time
    duplicateRun = 0
    guard status.contains(.isSampling), sampleEnd.distance(to: acknowledgement) >= 0 else { return nil }
    status.remove(.isSampling)
    let interval = time - sampleAt
    roundTrip.record(interval)
    return interval > RoundTrip.notable ? interval : nil
  }
}
