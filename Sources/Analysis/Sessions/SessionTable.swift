import Packets

/// The sessions of a capture, by `sid`.
struct SessionTable {
  private(set) var sessions: [Session] = []
  private var bySID: [String: Session] = [:]
  private var made = 0

  /// The session with a `sid`, where a packet has named it before.
  func known(_ sid: String) -> Session? { bySID[sid] }

  /// The session with a `sid`, made where it is new.
  mutating func session(_ sid: String, at reference: PacketReference) -> Session {
    if let known = bySID[sid] { return known }
    let made = add(sid: sid, at: reference)
    bySID[sid] = made
    return made
  }

  /// A session whose `sid` no packet told.
  mutating func unnamedSession(at reference: PacketReference) -> Session { add(sid: nil, at: reference) }

  private mutating func add(sid: String?, at reference: PacketReference) -> Session {
    made += 1
    let session = Session(id: made, sid: sid, at: reference)
    sessions.append(session)
    return session
  }

  /// Forgets sessions, and answers which they were.
  mutating func remove(where isOver: (Session) -> Bool) -> [Session] {
    let over = sessions.filter(isOver)
    guard !over.isEmpty else { return [] }
    let identifiers = Set(over.map(ObjectIdentifier.init))
    sessions.removeAll { identifiers.contains(ObjectIdentifier($0)) }
    for case let sid? in over.map(\.sid) { bySID[sid] = nil }
    return over
  }
}
