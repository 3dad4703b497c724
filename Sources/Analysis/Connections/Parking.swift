import Bytes
import Packets
import Streams

/// Parked connections: of very many that are open at once, nearly all wait for a heartbeat.
///
/// What a quiet one needs for its next packet is packed into a parcel, and so is its session; its slot and its session's
/// number stay. What few connections have stays in memory, and the parcel refers to it.
extension Analyzer {
  /// How many are tried after a packet: it can't have brought more into memory but by chance.
  private static let parkedAtOnce = 4

  /// Parks those that have been quiet longest, where there are more in memory than may be.
  @inline(__always)
  mutating func parkQuietConnections() {
    if table.awakeCount > state.options.limits.awakeConnections { parkSome() }
  }

  @inline(never)
  private mutating func parkSome() {
    for _ in 0..<Self.parkedAtOnce where table.awakeCount > state.options.limits.awakeConnections {
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
      var (id, sessionID) = (conversation.id, session?.id ?? 0)
      parcel.code(&id)
      parcel.code(&sessionID)
      conversation.code(parcel, limits)
    }
    guard isParked else { return }
    lanes[Int(slot)] = nil
    conversations[Int(slot)] = nil
    conversation.session = nil
    if let session { sessions.park(session) }
  }

  /// The next event of the connection table, whose connection is awake.
  mutating func nextEvent() -> StreamEvent? {
    let event = table.next()
    if isParking { wakeConversations() }
    return event
  }

  /// The conversation of a slot, brought back where it is parked.
  mutating func awakened(_ slot: Int32) -> Conversation? {
    table.wake(slot)
    wakeConversations()
    return conversations[Int(slot)]
  }

  /// Brings back what belongs to the connections that the table has woken.
  @inline(__always)
  mutating func wakeConversations() {
    while let (slot, parcel) = table.nextWoken() { wake(slot, parcel) }
  }

  @inline(never)
  private mutating func wake(_ slot: Int32, _ parcel: Parcel?) {
    // One that can't be read is missed: the run has failed, and says so.
    guard let parcel else { return }
    var (id, sessionID) = (0, 0)
    parcel.code(&id)
    parcel.code(&sessionID)
    let conversation = Conversation(id: id, slot: slot, at: .none)
    conversation.code(parcel, state.options.webSocketLimits)
    if sessionID > 0 { conversation.session = sessions.session(id: sessionID) }
    conversations[Int(slot)] = conversation
  }

  /// Takes a session from a connection that is over; it may be parked, if no other carries it.
  mutating func leave(_ conversation: Conversation) {
    guard let session = conversation.session else { return }
    conversation.session = nil
    if sessions.awakeCount > state.options.limits.awakeConnections { sessions.park(session) }
  }
}
