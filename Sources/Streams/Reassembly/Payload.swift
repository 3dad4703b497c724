import Bytes
import Packets

extension ConnectionTable {
  /// No window is larger than 1 GiB (RFC 7323 section 2.3); what lies further ahead belongs to nothing.
  private static let farthest = 1 << 30

  /// Puts a segment's payload and FIN in order (RFC 9293 section 3.10.7.4, seventh and eighth).
  mutating func receivePayload(_ incoming: Incoming, in frame: RawSpan) {
    let slot = incoming.slot
    let direction = incoming.direction
    if incoming.flags.contains(.fin), !states[slot].halves[direction].hasFIN { noteFIN(incoming) }
    extendHighest(incoming)
    var text = Text(incoming)
    if states[slot].halves[direction].hasFIN, !text.isEmpty {
      let detail = detail(of: slot)
      text.cut(at: details[detail].facts[direction].finSequence)
    }
    let half = states[slot].halves[direction]
    compare(text, incoming, in: frame)
    text.drop(half.next.distance(to: text.sequence))
    let ahead = half.next.distance(to: text.sequence)
    if !text.isEmpty {
      if ahead > Self.farthest { return ignore(incoming, .data) }
      if ahead > 0 { store(text, incoming, in: frame) } else { deliver(text, incoming, in: frame) }
    }
    drain(slot, direction)
  }

  /// Compares a segment with what was delivered at its place, or remembers it if it is new.
  private mutating func compare(_ text: Text, _ incoming: Incoming, in frame: RawSpan) {
    let half = states[incoming.slot].halves[incoming.direction]
    // The byte in a keep-alive means nothing.
    guard !text.isEmpty, !half.status.contains(.sentKeepAlive) else { return }
    if half.next.distance(to: text.sequence) < 0 {
      note(texts.conflict(text, incoming, since: states[incoming.slot].opened.time, in: frame), incoming)
    } else if text.length == text.payload.count {
      texts.insert(incoming.slot, incoming.direction, text.sequence, text.payload, in: frame, incoming.reference)
    }
  }

  /// Keeps where the FIN stands: "there is no more data from sender" beyond it.
  private mutating func noteFIN(_ incoming: Incoming) {
    let detail = detail(of: incoming.slot)
    details[detail].facts[incoming.direction].fin = incoming.reference
    details[detail].facts[incoming.direction].finSequence = incoming.end
    states[incoming.slot].halves[incoming.direction].status.insert(.hasFIN)
  }

  private mutating func extendHighest(_ incoming: Incoming) {
    let end = incoming.sequenceEnd
    let growth = states[incoming.slot].halves[incoming.direction].highest.distance(to: end)
    guard growth > 0, growth <= Self.farthest else { return }
    states[incoming.slot].halves[incoming.direction].extend(to: end, at: incoming.time, isData: incoming.length > 0)
  }

  /// Delivers payload that begins at the in-order front, around what is stored of it: the first copy wins.
  private mutating func deliver(_ text: Text, _ incoming: Incoming, in frame: RawSpan) {
    let slot = incoming.slot
    let direction = incoming.direction
    let detail = states[slot].detail
    guard detail >= 0, !details[detail].stores[direction].isEmpty else {
      return deliverPart(text, incoming)
    }
    let front = details[detail].stores[direction].front
    let range = front..<front &+ text.length
    note(details[detail].stores[direction].conflict(range, text.payload, in: frame), incoming)
    for part in details[detail].stores[direction].absent(in: range) {
      takeStored(slot, direction)
      deliverPart(text.part(part.lowerBound - front, part.count), incoming)
    }
  }

  private mutating func deliverPart(_ text: Text, _ incoming: Incoming) {
    let slot = incoming.slot
    let direction = incoming.direction
    if !text.payload.isEmpty { events.append(.data(slot, direction, text.payload)) }
    pass(slot, direction, captured: text.payload.count, truncated: text.length - text.payload.count, incoming.reference)
    let detail = states[slot].detail
    if detail >= 0 { details[detail].stores[direction].advance(by: text.length) }
  }

  /// Moves the in-order front over payload that was captured, wholly or up to the snap length.
  private mutating func pass(
    _ slot: Int32, _ direction: Direction, captured: Int, truncated: Int, _ reference: PacketReference
  ) {
    let next = states[slot].halves[direction].next
    states[slot].halves[direction].next = next.advanced(by: captured + truncated)
    states[slot].halves[direction].payloadBytes &+= Int64(captured)
    guard truncated > 0 else { return }
    let detail = detail(of: slot)
    details[detail].facts[direction].truncatedBytes &+= Int64(truncated)
    events.append(.truncated(slot, direction, length: truncated, reference))
  }

  /// Stores payload that comes before its turn.
  private mutating func store(_ text: Text, _ incoming: Incoming, in frame: RawSpan) {
    let slot = incoming.slot
    let direction = incoming.direction
    let detail = detail(of: slot)
    makeRoom(for: text.payload.count, slot, direction)
    var ahead = states[slot].halves[direction].next.distance(to: text.sequence)
    if text.payload.count > limits.bufferedBytes || ahead <= 0 || limits.bufferedSegments < 1 {
      // A limit has moved the front up to here, or is too small for this segment alone.
      if ahead > 0 { giveUp(slot, direction, ahead, .limit(.bufferedBytes)) }
      ahead = states[slot].halves[direction].next.distance(to: text.sequence)
      var rest = text
      rest.drop(ahead)
      if !rest.isEmpty { deliver(rest, incoming, in: frame) }
      return
    }
    let start = details[detail].stores[direction].front &+ ahead
    let range = start..<start &+ text.length
    note(details[detail].stores[direction].conflict(range, text.payload, in: frame), incoming)
    let before = details[detail].stores[direction].byteCount
    details[detail].stores[direction].insert(range, text.payload, in: frame, incoming.reference)
    bufferedBytes += details[detail].stores[direction].byteCount - before
    if details[detail].facts[direction].bufferedSince == nil {
      details[detail].facts[direction].bufferedSince = incoming.time
    }
    listHole(slot)
  }

  private mutating func note(_ conflict: Conflict?, _ incoming: Incoming) {
    guard let conflict else { return }
    let detail = detail(of: incoming.slot)
    details[detail].facts[incoming.direction].counters.conflictingBytes &+= UInt32(truncatingIfNeeded: conflict.length)
    events.append(.conflict(incoming.slot, incoming.direction, conflict))
  }

  /// Delivers what is stored and in order now, and the FIN when its turn has come.
  mutating func drain(_ slot: Int32, _ direction: Direction) {
    takeStored(slot, direction)
    let half = states[slot].halves[direction]
    guard half.hasFIN, !half.isFinished else { return }
    let detail = detail(of: slot)
    guard half.next == details[detail].facts[direction].finSequence else { return }
    states[slot].halves[direction].next = half.next.advanced(by: 1)
    states[slot].halves[direction].status.insert(.isFinished)
    events.append(.fin(slot, direction, details[detail].facts[direction].fin))
  }

  /// Delivers the stored segments that are in order now.
  private mutating func takeStored(_ slot: Int32, _ direction: Direction) {
    let detail = states[slot].detail
    guard detail >= 0, !details[detail].stores[direction].isEmpty else { return }
    for piece in details[detail].stores[direction].takeReady() { release(piece, slot, direction) }
    if details[detail].stores[direction].isEmpty { details[detail].facts[direction].bufferedSince = nil }
  }

  /// Delivers the first stored segment if that is in order now.
  mutating func takeFirstReady(_ slot: Int32, _ direction: Direction) {
    let detail = detail(of: slot)
    guard let piece = details[detail].stores[direction].takeFirstReady() else { return }
    release(piece, slot, direction)
    if details[detail].stores[direction].isEmpty { details[detail].facts[direction].bufferedSince = nil }
  }

  private mutating func release(_ piece: SegmentStore.Piece, _ slot: Int32, _ direction: Direction) {
    let captured = piece.bytes.count
    bufferedBytes -= captured
    if captured > 0 {
      events.append(.buffered(slot, direction, StoredSegment(bytes: piece.bytes, reference: piece.reference)))
    }
    pass(slot, direction, captured: captured, truncated: piece.range.count - captured, piece.reference)
  }
}
