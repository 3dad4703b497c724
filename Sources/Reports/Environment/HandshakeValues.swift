import Analysis

/// The different values of all sessions' handshakes, gathered in one look at each: of very many, most are in a file.
struct HandshakeValues {
  /// Milliseconds and bytes.
  private(set) var pingIntervals: Set<Int> = []
  private(set) var pingTimeouts: Set<Int> = []
  private(set) var maxPayloads: Set<Int> = []
  /// Revisions of Engine.IO.
  private(set) var revisions: Set<Int> = []
  private(set) var transports: Set<String> = []
  /// Whether a handshake by long-polling offered an upgrade to WebSocket.
  private(set) var offersUpgrade = false
  /// Whether a server answered a CONNECT where a `pid` would have been, and whether one gave it.
  private(set) var showsRecovery = false
  private(set) var offersRecovery = false

  init(_ sessions: some Sequence<SessionSummary>) {
    for session in sessions { note(session) }
  }

  private mutating func note(_ session: SessionSummary) {
    if let interval = session.pingInterval { pingIntervals.insert(Self.milliseconds(interval)) }
    if let timeout = session.pingTimeout { pingTimeouts.insert(Self.milliseconds(timeout)) }
    if let payload = session.maxPayload { maxPayloads.insert(payload) }
    revisions.insert(session.engineIO)
    for transport in session.transports { transports.insert(transport.rawValue) }
    if session.offersWebSocket, session.transports.first == .polling { offersUpgrade = true }
    guard session.engineIO == 4, session.recovery.answered != nil else { return }
    showsRecovery = true
    if session.recovery.isOffered { offersRecovery = true }
  }

  private static func milliseconds(_ seconds: Double) -> Int {
    seconds.isFinite && abs(seconds) < 1e12 ? Int((seconds * 1000).rounded()) : 0
  }
}
