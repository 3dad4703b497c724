import Bytes
import Packets

/// The sessions of a capture, by `sid`.
///
/// Of very many, most are parked: with the connection that carries them, or on their own where that is closed.
struct SessionTable {
  /// In the order of their numbers.
  private var entries: [Entry] = []
  /// Numbers by the hashes of the `sid`: 16 bytes for each, where the texts would take a hundred.
  ///
  /// Two with the same 64 bits come once in millions of captures; the later one hides the earlier.
  private var numbers: [Int: UInt32] = [:]
  private let parking: RecordStore?
  /// Sessions that are in memory.
  private(set) var awakeCount = 0
  private var made = 0

  init(parking: RecordStore? = nil) { self.parking = parking }

  /// All sessions, parked ones included.
  var count: Int { entries.count }

  /// The sessions that are in memory; without parking, all.
  var sessions: some Sequence<Session> { entries.lazy.compactMap(\.session) }

  /// The number of the session with a `sid`, where a packet has named it before.
  func number(of sid: String) -> Int? { numbers[sid.hashValue].map(Int.init) }

  /// Makes a session; its `sid` is `nil` where no packet told it.
  mutating func add(sid: String?, at reference: PacketReference) -> Session {
    made += 1
    let session = Session(id: made, sid: sid, at: reference)
    entries.append(Entry(session: session, id: UInt32(truncatingIfNeeded: made)))
    if let sid { numbers[sid.hashValue] = UInt32(truncatingIfNeeded: made) }
    awakeCount += 1
    return session
  }

  /// The session with a number, brought back where it is parked on its own; `nil` where it is forgotten.
  mutating func session(id: Int) -> Session? { index(of: id).map { session(at: $0) } }

  /// The session at a place in the order of all, no connection of which is parked.
  mutating func session(at index: Int) -> Session {
    if let session = entries[index].session { return session }
    let session = Session(id: Int(entries[index].id), sid: nil, at: .none)
    if case .record(let record) = entries[index].place, let parcel = parking?.take(record) { session.code(parcel) }
    restore(session, at: index)
    return session
  }

  /// Looks at a session that does not change by that: one that is parked stays so.
  ///
  /// - Returns: `nil` for one of which there is nothing to tell before it is concluded.
  func peek(at index: Int) -> Session? {
    if let session = entries[index].session { return session }
    guard case .record(let record) = entries[index].place, entries[index].isTelling else { return nil }
    let session = Session(id: Int(entries[index].id), sid: nil, at: .none)
    if let parcel = parking?.read(record) { session.code(parcel) }
    return session
  }

  // MARK: Parked sessions

  /// A session, or where it is parked: 16 bytes.
  private struct Entry {
    var session: Session?
    var id: UInt32
    /// 30 bits of a place, one that tells whether that is a connection's slot, and one for ``isTelling``.
    private var packed: UInt32 = 0

    init(session: Session, id: UInt32) {
      self.session = session
      self.id = id
    }

    /// Where a session is that is not here.
    var place: Place {
      let number = packed & 0x3fff_ffff
      return packed >> 31 == 1 ? .connection(Int32(number)) : .record(number)
    }

    /// Whether a session on its own has something to tell before it is concluded.
    var isTelling: Bool { packed >> 30 & 1 == 1 }

    mutating func park(_ place: Place, isTelling: Bool) {
      switch place {
      case .connection(let slot): packed = UInt32(bitPattern: slot) | 1 << 31
      case .record(let record): packed = record | (isTelling ? 1 << 30 : 0)
      }
      session = nil
    }
  }

  private enum Place {
    /// In the parcel of the connection in a slot.
    case connection(Int32)
    case record(UInt32)
  }

  /// The slot of the connection with which a session is parked.
  func holder(of id: Int) -> Int32? {
    guard let index = index(of: id), entries[index].session == nil,
      case .connection(let slot) = entries[index].place
    else { return nil }
    return slot
  }

  /// Gives a session up that the parcel of the connection in a slot has.
  mutating func park(_ session: Session, with slot: Int32) {
    guard let index = index(of: session.id) else { return }
    entries[index].park(.connection(slot), isTelling: false)
    awakeCount -= 1
  }

  /// Parks a session that no connection carries any more.
  mutating func park(_ session: Session) {
    guard session.users == 0, let parking, let index = index(of: session.id) else { return }
    let parcel = parking.parcel()
    session.code(parcel)
    guard let record = parking.put(parcel) else { return }
    entries[index].park(.record(record), isTelling: session.isTelling)
    awakeCount -= 1
  }

  /// Takes a session back that was parked with a connection.
  mutating func restore(_ session: Session) {
    guard let index = index(of: session.id) else { return }
    restore(session, at: index)
  }

  private mutating func restore(_ session: Session, at index: Int) {
    entries[index].session = session
    awakeCount += 1
  }

  /// Gives up the session at a place, of which all has been told.
  mutating func release(at index: Int) {
    guard entries[index].session != nil else { return }
    entries[index].session = nil
    awakeCount -= 1
  }

  /// Where in `entries` a number stands: at its own place, or before it where others were forgotten.
  private func index(of id: Int) -> Int? {
    if id > 0, id <= entries.count, entries[id - 1].id == id { return id - 1 }
    var (low, high) = (0, min(id, entries.count))
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].id == id ? low : nil
  }

  /// Forgets sessions, and answers which they were.
  mutating func remove(where isOver: (Session) -> Bool) -> [Session] {
    let over = sessions.filter(isOver)
    guard !over.isEmpty else { return [] }
    let identifiers = Set(over.map(ObjectIdentifier.init))
    entries.removeAll { $0.session.map { identifiers.contains(ObjectIdentifier($0)) } ?? false }
    awakeCount -= over.count
    for case let sid? in over.map(\.sid) { numbers[sid.hashValue] = nil }
    return over
  }
}
