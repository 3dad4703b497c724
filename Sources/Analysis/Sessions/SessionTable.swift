import Bytes
import Packets

/// The sessions of a capture, by `sid`.
///
/// Those whose connections are parked may be parked too; asking for one brings it back.
struct SessionTable {
  /// In the order of their numbers.
  private var entries: [Entry] = []
  private var bySID = SessionIndex()
  private var made = 0
  private let parking: RecordStore?
  /// Sessions that are in memory.
  private(set) var awakeCount = 0

  /// A session, or where it is parked: 16 bytes.
  private struct Entry {
    var session: Session?
    var id: UInt32
    /// Its parcel; 0 where it is in memory.
    var record: UInt32 = 0
  }

  init(parking: RecordStore? = nil) { self.parking = parking }

  /// All sessions, parked ones included.
  var count: Int { entries.count }

  /// The sessions that are in memory; without parking, all.
  var sessions: some Sequence<Session> { entries.lazy.compactMap(\.session) }

  /// The session with a `sid`, where a packet has named it before.
  mutating func known(_ sid: String) -> Session? {
    guard let session = bySID[sid].flatMap({ session(id: $0) }), session.sid == sid else { return nil }
    return session
  }

  /// The session with a `sid`, made where it is new.
  mutating func session(_ sid: String, at reference: PacketReference) -> Session {
    if let known = known(sid) { return known }
    let made = add(sid: sid, at: reference)
    bySID[sid] = made.id
    return made
  }

  /// A session whose `sid` no packet told.
  mutating func unnamedSession(at reference: PacketReference) -> Session { add(sid: nil, at: reference) }

  /// The session with a number; `nil` where it is forgotten.
  mutating func session(id: Int) -> Session? { index(of: id).map { session(at: $0) } }

  /// The session at a place in the order of all.
  mutating func session(at index: Int) -> Session {
    if let session = entries[index].session { return session }
    let session = Session(id: Int(entries[index].id), sid: nil, at: .none)
    if let parcel = parking?.take(entries[index].record) { session.code(parcel) }
    entries[index].session = session
    entries[index].record = 0
    awakeCount += 1
    return session
  }

  /// Looks at the session at a place, which does not change by that: one that is parked stays there.
  func peek(at index: Int) -> Session {
    if let session = entries[index].session { return session }
    let session = Session(id: Int(entries[index].id), sid: nil, at: .none)
    if let parcel = parking?.read(entries[index].record) { session.code(parcel) }
    return session
  }

  /// Parks a session that no connection in memory carries.
  mutating func park(_ session: Session) {
    guard session.users == 0, let parking, let index = index(of: session.id), entries[index].session != nil else {
      return
    }
    let parcel = parking.parcel()
    session.code(parcel)
    guard let record = parking.put(parcel) else { return }
    entries[index].session = nil
    entries[index].record = record
    awakeCount -= 1
  }

  /// Gives up the session at a place, of which all has been told.
  mutating func release(at index: Int) {
    guard entries[index].session != nil else { return }
    entries[index].session = nil
    awakeCount -= 1
  }

  private mutating func add(sid: String?, at reference: PacketReference) -> Session {
    made += 1
    let session = Session(id: made, sid: sid, at: reference)
    entries.append(Entry(session: session, id: UInt32(truncatingIfNeeded: made)))
    awakeCount += 1
    return session
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
    for case let sid? in over.map(\.sid) { bySID[sid] = nil }
    return over
  }
}

/// The numbers of sessions by the hashes of their `sid`: 16 bytes for each, where the texts would take a hundred.
///
/// Two with the same 64 bits come once in millions of captures; the later one hides the earlier.
private struct SessionIndex {
  private var numbers: [Int: UInt32] = [:]

  subscript(sid: String) -> Int? {
    get { numbers[sid.hashValue].map(Int.init) }
    set { numbers[sid.hashValue] = newValue.map { UInt32(truncatingIfNeeded: $0) } }
  }
}
