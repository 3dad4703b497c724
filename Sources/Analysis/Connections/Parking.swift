import Bytes
import Packets
import Streams

/// Parked connections: of very many that are open at once, nearly all wait for a heartbeat.
///
/// What a quiet one needs for its next packet is packed into a parcel, its session with it unless another connection in
/// memory carries that too; its slot and its session's number stay. What few connections have stays in memory, and the
/// parcel refers to it.
extension Analyzer {
  /// How many are tried after a packet: it can't have brought more into memory but by chance.
  private static let parkedAtOnce = 4

  /// Parks those that have been quiet longest, where there are more in memory than may be.
  mutating func parkQuietConnections() {
    for _ in 0..<Self.parkedAtOnce where table.awakeCount > awakeLimit {
      guard let slot = table.quietest() else { return }
      park(slot)
    }
  }

  private mutating func park(_ slot: Int32) {
    guard let conversation = conversations[Int(slot)], conversation.isParkable else { return }
    conversation.releaseIdleState()
    let session = conversation.session
    let limits = state.options.webSocketLimits
    let isParked = table.park(slot) { parcel in
      var (id, sessionID, isOnlyUser) = (conversation.id, session?.id ?? 0, session?.users == 1)
      parcel.code(&id)
      conversation.code(parcel, limits)
      parcel.code(&sessionID)
      parcel.code(&isOnlyUser)
      if isOnlyUser { session?.code(parcel) }
    }
    guard isParked else { return }
    lanes[Int(slot)] = nil
    conversations[Int(slot)] = nil
    conversation.session = nil
    if let session, session.users == 0 { sessions.park(session, with: slot) }
  }

  /// The next event of the connection table, whose connection is awake.
  mutating func nextEvent() -> StreamEvent? {
    let event = table.next()
    if table.hasWoken { wakeConversations() }
    return event
  }

  /// The conversation of a slot, brought back where it is parked.
  mutating func awakened(_ slot: Int32) -> Conversation? {
    table.wake(slot)
    wakeConversations()
    return conversations[Int(slot)]
  }

  /// Brings back what belongs to the connections that the table has woken.
  mutating func wakeConversations() {
    while let (slot, parcel) = table.nextWoken() { wake(slot, parcel) }
  }

  private mutating func wake(_ slot: Int32, _ parcel: Parcel?) {
    // One that can't be read is missed: the run has failed, and says so.
    guard let parcel else { return }
    var (id, sessionID, isWithSession) = (0, 0, false)
    parcel.code(&id)
    let conversation = Conversation(id: id, slot: slot, at: .none)
    conversation.code(parcel, state.options.webSocketLimits)
    shareUserAgent(conversation)
    conversations[Int(slot)] = conversation
    parcel.code(&sessionID)
    parcel.code(&isWithSession)
    if isWithSession {
      let session = Session(id: sessionID, sid: nil, at: .none)
      session.code(parcel)
      sessions.restore(session)
      conversation.session = session
    } else if sessionID > 0 {
      conversation.session = session(id: sessionID)
    }
  }

  /// Lets a client's name be the one that all have, and not a copy.
  private func shareUserAgent(_ conversation: Conversation) {
    guard let name = conversation.channel?.arrival?.userAgent, let index = userAgents.firstIndex(of: name) else {
      return
    }
    conversation.channel?.arrival?.userAgent = userAgents[index]
  }

  /// The session with a number, brought back where it is parked; `nil` where it is forgotten.
  mutating func session(id: Int) -> Session? {
    if let slot = sessions.holder(of: id) { _ = awakened(slot) }
    return sessions.session(id: id)
  }

  /// The session with a `sid`, where a packet has named it before.
  mutating func session(_ sid: String) -> Session? {
    guard let id = sessions.number(of: sid), let session = session(id: id), session.sid == sid else { return nil }
    return session
  }

  /// Takes a session from a connection that is over; it may be parked, if no other carries it.
  mutating func leave(_ conversation: Conversation) {
    guard let session = conversation.session else { return }
    conversation.session = nil
    if sessions.awakeCount > awakeLimit { sessions.park(session) }
  }
}
