import Bytes
import Packets

/// The TCP connections of a capture: their states (RFC 9293), their payload in order, their health.
///
/// Feed it every segment of one capture in the capture's order. Most segments are plain: their ``Arrival`` names the new
/// payload in the packet's bytes, and that is all. For the others, call ``next()`` until it answers `nil`, before the next
/// segment and while the packet's bytes are there.
package struct ConnectionTable: Sendable {
  let limits: StreamLimits
  let ports: PortSelection
  var states = StateStore()
  var details = SlotStore<ConnectionDetail>()
  var index = FlowIndex()
  var copies: CopyFilter
  var texts = RecentTexts()
  var events = EventQueue()
  var lingering = LingerQueue()
  /// Slots with something missing; may name a slot that has nothing missing any more.
  var holes: [Int32] = []
  /// Out-of-order bytes in all connections.
  var bufferedBytes = 0
  /// The slot whose last event the caller has just got.
  var released: Int32 = -1
  /// Where the search for connections that are silent, or must give way, goes on.
  var idleCursor: Int32 = 0
  var evictionCursor: Int32 = 0
  var parkingCursor = 0
  var lastSweep: Timestamp?
  /// The next slot to end after `finish()`.
  var finishCursor: Int32?
  /// Keeps a peer from choosing colliding keys; nothing else depends on it.
  let seed = UInt64.random(in: .min ... .max)
  /// Where quiet connections are parked; `nil` where none may be.
  let parking: RecordStore?
  /// Connections that have just woken up, each with what the caller parked with it; `nil` where it can't be read.
  var woken: [(slot: Int32, parcel: Parcel?)] = []
  /// Whether there are any: ``nextWoken()`` has something to say.
  package internal(set) var hasWoken = false

  /// Packets that were dropped as copies of others.
  package internal(set) var duplicates = 0

  package init(limits: StreamLimits = StreamLimits(), ports: PortSelection = .any, parking: RecordStore? = nil) {
    self.limits = limits
    self.ports = ports
    self.parking = parking
    copies = CopyFilter(limits: limits)
  }

  /// Connections held, the closed ones that are still remembered included.
  package var count: Int { states.count }

  /// The state of a connection; valid until the call after the one that gave its `closed`.
  package subscript(slot: Int32) -> Connection {
    let state = states[slot]
    guard state.detail >= 0 else { return Connection(state: state, facts: Directional(both: DirectionFacts())) }
    return Connection(state: state, facts: details[state.detail].facts)
  }

  /// One direction of a connection, without what is rare about it: cheap enough for each message.
  package func half(_ slot: Int32, _ direction: Direction) -> HalfConnection { states[slot].halves[direction] }

  /// The latest round trip of what a direction sent; mutating, as the search, so that nothing is copied.
  package mutating func latestRoundTrip(_ slot: Int32, _ direction: Direction) -> Interval? {
    direction == .clientToServer
      ? states[slot].halves.clientToServer.roundTrip.latest
      : states[slot].halves.serverToClient.roundTrip.latest
  }

  /// Whether a direction had bytes under way when it sent the last `length` of its bytes.
  @inline(__always)
  package mutating func awaitsAcknowledgement(_ slot: Int32, _ direction: Direction, before length: Int) -> Bool {
    direction == .clientToServer
      ? states[slot].halves.clientToServer.awaitsAcknowledgement(before: length)
      : states[slot].halves.serverToClient.awaitsAcknowledgement(before: length)
  }

  /// Takes the next segment of the capture.
  ///
  /// - Parameters:
  ///   - segment: the decoded headers; `inout`, though nothing changes, so that they are not copied for each packet.
  ///   - frame: the bytes in which the segment's `payload` is a range.
  /// - Returns: what became of the segment, and its payload if that is plain.
  package mutating func receive(_ segment: inout Segment, in frame: RawSpan) -> Arrival {
    if released >= 0 { release() }
    guard ports.contains(segment.source.port) || ports.contains(segment.destination.port) else {
      return Arrival(slot: -1, direction: .clientToServer, kind: .notFollowed, payload: 0..<0)
    }
    var isLowSource = false
    let key = FlowKey(segment, isLowSource: &isLowSource)
    let endpointHash = key.endpointHash(seed: seed)
    let slot = find(key, hash: FlowKey.hash(endpointHash, vlan: key.vlan))
    let sighting = CopyFilter.Sighting(
      fingerprint: CopyFilter.fingerprint(of: segment, endpointHash: endpointHash, isLowSource: isLowSource),
      time: segment.reference.time, point: CopyFilter.point(of: segment), slot: slot)
    if slot >= 0, let direction = states[slot].takePlainly(segment, isLowSource: isLowSource) {
      copies.insert(sighting)
      let payload = segment.payload
      if !payload.isEmpty {
        texts.insert(slot, direction, segment.tcp.sequence, payload, in: frame, segment.reference)
      }
      return Arrival(slot: slot, direction: direction, kind: .plain, payload: payload)
    }
    let lookup = Lookup(key: key, endpointHash: endpointHash, isLowSource: isLowSource, sighting: sighting)
    return receiveWithCare(segment, in: frame, lookup)
  }

  /// The next event, in the order of the streams; `nil` when the next segment may come.
  package mutating func next() -> StreamEvent? {
    if released >= 0 { release() }
    while events.isEmpty, let slot = finishCursor {
      guard slot < states.bound else {
        finishCursor = nil
        break
      }
      finishCursor = slot + 1
      end(slot)
    }
    let event = events.popFirst()
    if case .closed(let slot, _) = event { released = slot }
    return event
  }

  /// What was found out about a segment before its connection is touched.
  struct Lookup {
    var key: FlowKey
    var endpointHash: UInt64
    var isLowSource: Bool
    var sighting: CopyFilter.Sighting
  }

  /// The slot of a key; -1 where there is none.
  ///
  /// Mutating only because a table is too large to be passed by value, which costs more than the search.
  private mutating func find(_ key: FlowKey, hash: UInt64) -> Int32 {
    var position = index.start(of: hash)
    while true {
      let slot = index.nextSlot(of: hash, at: &position)
      if slot < 0 { return slot }
      if states.isParked(slot) { wake(slot) }
      if states[slot].key == key || isCopyKey(key, of: slot) { return slot }
    }
  }

  /// Whether a key is that under which a connection's copies were seen.
  private func isCopyKey(_ key: FlowKey, of slot: Int32) -> Bool {
    let detail = states[slot].detail
    return detail >= 0 && details[detail].copyVLAN == key.vlan && states[slot].key.hasEqualEndpoints(key)
  }

  /// The long way: everything but in-order data and plain acknowledgements of an open connection.
  private mutating func receiveWithCare(_ segment: Segment, in frame: RawSpan, _ lookup: Lookup) -> Arrival {
    var sighting = lookup.sighting
    if let original = copies.original(of: segment, sighting) { return drop(original, lookup) }
    if sighting.slot >= 0, isReplaced(sighting.slot, by: segment, isLowSource: lookup.isLowSource) {
      close(sighting.slot, .replaced)
      sighting.slot = -1
    }
    if sighting.slot < 0 { sighting.slot = open(segment, lookup) }
    copies.insert(sighting)
    let slot = sighting.slot
    settleRoles(slot, bySYN: segment.tcp.flags, isLowSource: lookup.isLowSource)
    let direction = states[slot].direction(isLowSource: lookup.isLowSource)
    process(Incoming(segment, slot: slot, direction: direction), in: frame)
    return Arrival(slot: slot, direction: direction, kind: events.isEmpty ? .plain : .eventful, payload: 0..<0)
  }

  /// Drops a copy, and remembers under which VLAN copies come, because the next packet's copy may come first.
  private mutating func drop(_ original: CopyFilter.Sighting, _ lookup: Lookup) -> Arrival {
    duplicates += 1
    var slot = lookup.sighting.slot
    if slot < 0, original.slot >= 0, original.slot < states.bound { wake(original.slot) }
    if slot < 0, original.slot >= 0, original.slot < states.bound, !states.isFree(original.slot),
      !states[original.slot].status.contains(.isClosed),
      states[original.slot].key.hasEqualEndpoints(lookup.key)
    {
      slot = original.slot
      let detail = detail(of: slot)
      if details[detail].copyVLAN == nil {
        details[detail].copyVLAN = lookup.key.vlan
        index.insert(slot, hash: FlowKey.hash(lookup.endpointHash, vlan: lookup.key.vlan))
      }
    }
    let direction = slot >= 0 ? states[slot].direction(isLowSource: lookup.isLowSource) : .clientToServer
    return Arrival(slot: slot, direction: direction, kind: .duplicate, payload: 0..<0)
  }

  /// The slot of a connection's rare facts, which come into being here.
  mutating func detail(of slot: Int32) -> Int32 {
    if states[slot].detail < 0 { states[slot].detail = details.insert(ConnectionDetail()) }
    return states[slot].detail
  }
}
