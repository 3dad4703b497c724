import Packets

/// The connections' states, by slots that are used again.
///
/// A connection keeps its slot from its first packet to its last. While it is parked, only four bytes of it are here.
struct StateStore: Sendable {
  /// The states of connections that are awake, and their slots.
  private var awake: [ConnectionState] = []
  private var slots: [Int32] = []
  /// Where in `awake` each slot's state is; -1 where it is parked, -2 where the slot is free.
  private var places: [Int32] = []
  private var freePlaces: [Int32] = []
  private var freeSlots: [Int32] = []
  /// What stays of those that are parked, by slot; as long as none was, there is nothing here.
  private var parked: [ParkedState] = []
  /// Whether any was: before, each state is at the place of its slot's number, and no packet has to look for it.
  private var hasParked = false

  private static let isParked: Int32 = -1
  private static let isFree: Int32 = -2

  /// The exclusive upper bound of all slots ever used.
  var bound: Int32 { Int32(truncatingIfNeeded: places.count) }

  /// Slots in use.
  var count: Int { places.count - freeSlots.count }

  /// Slots whose state is here; kept at hand, because each packet asks for it.
  private(set) var awakeCount = 0

  /// The state of a slot that is awake.
  @inline(__always)
  subscript(slot: Int32) -> ConnectionState {
    _read { yield awake[place(of: slot)] }
    _modify { yield &awake[place(of: slot)] }
  }

  @inline(__always)
  private func place(of slot: Int32) -> Int { hasParked ? Int(places[Int(slot)]) : Int(slot) }

  /// Whether a slot in use is parked.
  @inline(__always)
  func isParked(_ slot: Int32) -> Bool { hasParked && places[Int(slot)] == StateStore.isParked }

  /// Whether a slot is in use, and its state here.
  func isAwake(_ slot: Int32) -> Bool { places[Int(slot)] >= 0 }

  func isFree(_ slot: Int32) -> Bool { places[Int(slot)] == StateStore.isFree }

  /// Puts a state into a free slot.
  mutating func insert(_ state: ConnectionState) -> Int32 {
    let slot: Int32
    if let free = freeSlots.popLast() {
      slot = free
    } else {
      slot = bound
      places.append(StateStore.isFree)
    }
    place(state, slot)
    return slot
  }

  /// Frees a slot that is awake.
  mutating func remove(_ slot: Int32) {
    leave(slot, for: StateStore.isFree)
    freeSlots.append(slot)
  }

  /// The slot of the state at a place, for those who look for one that is quiet; `nil` where there is none.
  func slot(at place: Int) -> Int32? { slots[place] >= 0 ? slots[place] : nil }

  /// The exclusive upper bound of places.
  var placeBound: Int { awake.count }

  // MARK: Parked connections

  /// What stays of a parked connection: 16 bytes.
  struct ParkedState: Sendable {
    /// The time of its latest packet.
    var latest: Timestamp
    /// Its parcel.
    var record: UInt32
    /// Whether its handshake is waited for.
    var isHandshake: Bool
  }

  /// What stays of a slot that is parked.
  func parked(_ slot: Int32) -> ParkedState? {
    places[Int(slot)] == StateStore.isParked ? parked[Int(slot)] : nil
  }

  /// Takes a state out that is parked now.
  mutating func park(_ slot: Int32, _ state: ParkedState) {
    leave(slot, for: StateStore.isParked)
    hasParked = true
    while parked.count <= Int(slot) { parked.append(state) }
    parked[Int(slot)] = state
  }

  /// Puts the state of a parked slot back.
  mutating func wake(_ slot: Int32, _ state: ConnectionState) { place(state, slot) }

  private mutating func place(_ state: ConnectionState, _ slot: Int32) {
    awakeCount += 1
    if let place = freePlaces.popLast() {
      awake[Int(place)] = state
      slots[Int(place)] = slot
      places[Int(slot)] = place
    } else {
      places[Int(slot)] = Int32(truncatingIfNeeded: awake.count)
      awake.append(state)
      slots.append(slot)
    }
  }

  private mutating func leave(_ slot: Int32, for reason: Int32) {
    awakeCount -= 1
    let place = places[Int(slot)]
    slots[Int(place)] = -1
    freePlaces.append(place)
    places[Int(slot)] = reason
  }
}
