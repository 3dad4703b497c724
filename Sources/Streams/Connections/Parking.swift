import Bytes
import Packets

extension ConnectionTable {
  /// How many connections are compared when one is to be parked.
  private static let parkingSample = 8

  /// Connections whose state is in memory.
  @inline(__always)
  package var awakeCount: Int { states.awakeCount }

  /// Of a few connections that may be parked, the one that has been quiet longest; `nil` where none of them may.
  package mutating func quietest() -> Int32? {
    var found: Int32?
    for _ in 0..<Self.parkingSample {
      parkingCursor = parkingCursor + 1 < states.placeBound ? parkingCursor + 1 : 0
      guard let slot = states.slot(at: parkingCursor), isParkable(slot) else { continue }
      if let other = found, states[other].latest <= states[slot].latest { continue }
      found = slot
    }
    return found
  }

  /// Whether all that a connection waits for is a packet.
  private func isParkable(_ slot: Int32) -> Bool {
    guard slot != released, states[slot].status.isDisjoint(with: [.isLingering, .hasHole, .isClosed]) else {
      return false
    }
    let detail = states[slot].detail
    return detail < 0 || details[detail].isQuiet
  }

  /// Puts a connection's state away, with what the caller adds to the parcel.
  ///
  /// - Returns: false where it can't; the connection stays awake then.
  package mutating func park(_ slot: Int32, adding: (Parcel) -> Void) -> Bool {
    guard let parking else { return false }
    let parcel = parking.parcel()
    parcel.code(&states[slot])
    adding(parcel)
    guard let record = parking.put(parcel) else { return false }
    let state = states[slot]
    states.park(
      slot, StateStore.ParkedState(latest: state.latest, record: record, isHandshake: state.isHandshake))
    return true
  }

  /// Brings a connection back that is parked.
  package mutating func wake(_ slot: Int32) {
    guard let parked = states.parked(slot) else { return }
    let parcel = parking?.take(parked.record)
    var state = ConnectionState.blank
    parcel?.code(&state)
    states.wake(slot, state)
    woken.append((slot, parcel))
    hasWoken = true
  }

  /// The next connection that has woken up, with what its caller added; `nil` where no other has.
  package mutating func nextWoken() -> (slot: Int32, parcel: Parcel?)? {
    let next = woken.popLast()
    hasWoken = !woken.isEmpty
    return next
  }
}

extension ConnectionState {
  /// One whose fields are to be read.
  fileprivate static var blank: ConnectionState {
    let none = IPAddress(high: 0, low: 0)
    return ConnectionState(
      key: FlowKey(low: none, high: none, lowPort: 0, highPort: 0, vlan: VLANStack()), opened: .none,
      isLowClient: false, roles: .none)
  }

  /// Whether the answer to its SYN is waited for.
  var isHandshake: Bool { halves.clientToServer.hasSYN && !halves.serverToClient.isSeen }
}

extension ConnectionDetail {
  /// Whether no bytes wait for others.
  fileprivate var isQuiet: Bool {
    settling == nil && Direction.allCases.allSatisfy { stores[$0].byteCount == 0 }
  }
}
