import Packets

/// A CONNECT of Socket.IO that was refused.
package struct ConnectRefusal: Sendable {
  package var place: ConnectionPlace
  package var namespace: String
  package var message: String?
  package var asked: PacketReference?
  package var at: PacketReference
  /// Whether the session has joined another namespace, so that it can work without this one.
  package var hasJoined: Bool
}

/// A CONNECT of Socket.IO that was not answered.
package struct UnansweredConnect: Sendable {
  package var place: ConnectionPlace
  package var namespace: String
  package var sent: PacketReference
  package var waited: Interval
  package var observedUntil: PacketReference
}

/// A heartbeat that came too late, or not at all.
package struct HeartbeatMiss: Sendable {
  package var place: ConnectionPlace
  package var missing: Missing
  /// Which Engine.IO revision: in 4 the server pings, in 3 the client.
  package var engineIO: Int
  /// The packet from which the wait counts: the ping without a pong, or the last sign of the heartbeat before a ping.
  package var from: PacketReference
  /// The packet that ended the wait: the late ping or pong.
  package var until: PacketReference?
  /// The Close frame, FIN or RST upon which the session ended, or the capture's end.
  package var observedUntil: PacketReference
  package var endedBy: Direction?
  package var pingInterval: Interval
  package var pingTimeout: Interval
  /// How long the wait may be, from `from` on, before a person should know.
  package var limit: Interval
  /// How long it may be before the session is given up.
  package var fatal: Interval
  /// Whether the receiver's TCP acknowledged the ping; `nil` where that is not known.
  package var isAcknowledged: Bool?
  package var retransmissionTimeouts: Int
  /// The last event of the server during the wait: its event loop ran.
  package var serverEvent: PacketReference?
  package var transport: Transport
  /// Whether a leg nearer to the server shows a heartbeat of the server during the wait.
  package var cameBehind = false

  /// Which half of a heartbeat.
  package enum Missing: Sendable {
    case ping, pong
  }

  /// How long was waited.
  package var waited: Interval { (until ?? observedUntil).time - from.time }
}

/// A WebSocket that was opened to upgrade a long-polling session.
package struct ProbeFacts: Sendable {
  package var place: ConnectionPlace
  /// The 101.
  package var accepted: PacketReference
  /// `2probe`, `3probe` and `5`, as far as they came.
  package var probe: PacketReference?
  package var answer: PacketReference?
  package var completed: PacketReference?
  /// What the server sent where `3probe` should have been.
  package var unexpected: PacketReference?
  /// What ended the WebSocket first: a Close frame, FIN or RST.
  package var ended: PacketReference?
  package var endedBy: Direction?
  package var observedUntil: PacketReference
  /// Whether the session was carried by another WebSocket when this one came.
  package var wasUpgraded: Bool
  /// Whether a long-polling request was waiting for its answer all the time, which the server has to release.
  package var heldPoll: PacketReference?
  /// Packets that only released a poll, which the server sends every 100 ms while it waits for the client's `5`.
  package var noops: Int
}

/// What a WebSocket's Close frame without a code stands for, as far as the packets before it tell.
package enum CloseCause: Sendable, Equatable {
  /// An Engine.IO close or Socket.IO DISCONNECT came before.
  case goodbye
  /// A heartbeat was missing.
  case heartbeat
  /// The other side had just broken a rule.
  case violation(String)
  /// Another packet of the client had just taken the place of attachments.
  case interruptedAttachments
  /// No CONNECT came.
  case neverConnected
  /// The only CONNECTs were refused.
  case connectRefused
  /// A CONNECT was not answered.
  case connectUnanswered
  /// The upgrade was not completed.
  case upgradeTimeout
}

/// A limit of the program that was reached.
package struct LimitReached: Sendable, Equatable {
  package var name: String
  package var value: Int
  package var reached: Int

  package init(name: String, value: Int, reached: Int) {
    self.name = name
    self.value = value
    self.reached = reached
  }
}
