import Packets

/// An upgrade request and what became of it, on one leg.
package struct UpgradeAttempt: Sendable {
  package var connection: Int
  package var client: Endpoint
  package var server: Endpoint
  package var leg: Leg
  package var sid: String?
  package var request: PacketReference
  package var target: String
  /// The Sec-WebSocket-Key, which proxies pass on: the same attempt on another leg has the same.
  package var key: String?
  /// The Sec-WebSocket-Version.
  package var version: String?
  package var outcome: Outcome
  /// How long the client's latest data, which is the request, took to be acknowledged; `nil` where it was not measured.
  ///
  /// What came after that is no longer the path's time.
  package var acknowledgedAfter: Interval?
  /// Whether the client acknowledged bytes of the server that the capture does not have.
  package var answerMayBeLost: Bool

  /// How an attempt ended.
  package enum Outcome: Sendable {
    case accepted(PacketReference)
    case refused(status: Int, server: String?, body: String, PacketReference)
    /// The server side closed, or the capture ended, without a byte of an answer.
    case closed(by: Direction, PacketReference)
    case reset(by: Direction, PacketReference)
    /// Nothing had come when the connection or the capture ended.
    case unanswered(until: PacketReference)
  }
}

/// The end of a WebSocket, as far as TCP and its frames show.
package struct WebSocketEnd: Sendable {
  package var connection: Int
  package var client: Endpoint
  package var server: Endpoint
  package var leg: Leg
  package var sid: String?
  package var key: String?
  package var opened: PacketReference?
  package var lastData: PacketReference
  /// Whether either side sent a Close frame, or said goodbye in Engine.IO or Socket.IO.
  package var isClean: Bool
  /// Which side's FIN or RST came first; `nil` where the connection was open when the capture ended.
  package var endedBy: Direction?
  package var ended: PacketReference?
  package var isReset: Bool
  /// Whether bytes are missing from the capture, among which a Close frame may have been.
  package var closeMayBeLost: Bool
  /// Whether the session was on it: an upgrade that was still being probed ends quietly.
  package var carriedSession: Bool
  /// Whether an answer was under way.
  package var isMidStream: Bool
  /// The first Close frame.
  package var close: WebSocketSummary.Close?
  /// Whether the other side answered it with its own.
  package var isCloseAnswered: Bool
  /// What an empty Close frame of the server stands for.
  package var closeCause: CloseCause?
  /// Text and binary messages of the client.
  package var clientMessages: Int
  /// The session's heartbeat interval, where it is known.
  package var pingInterval: Interval?
}

/// A pause in a token stream, with what was seen during it.
package struct StreamPauseFacts: Sendable {
  package var sid: String?
  package var connections: [Int]
  package var event: String
  package var trigger: StreamSummary.Trigger?
  package var messages: Int
  package var from: PacketReference
  package var until: PacketReference?
  /// The last moment at which the silence could be observed, where no message ended it.
  package var observedUntil: PacketReference
  package var gap: Interval
  package var median: Interval
  package var percentile99: Interval
  /// Server heartbeats, or pongs to the client's, during the pause.
  package var heartbeats: [PacketReference]
  /// How long a heartbeat interval is, where it is known.
  package var pingInterval: Interval?
  /// Timeouts of retransmissions on the connection during the pause.
  package var retransmissionTimeouts: Int
  /// The same of what the client sent.
  package var requestTimeouts: Int
  /// What of the transport kept the messages waiting, where it did.
  package var transport: PauseTransport?
  /// Whether the receiver closed its window during the pause.
  package var zeroWindow: Bool
  /// Whether bytes of the stream's direction are missing from the capture during the pause.
  package var hasHole: Bool
  /// Whether the capture teaches how such streams end, or an ack that was asked for with it is still due; else the pause
  /// may be the end.
  package var isEndMissing = true
  /// Whether it is the wait for the first message, and whether such an answer is known to come: the capture teaches how
  /// these streams end, or a user has named what begins them.
  package var isFirstWait = false
  package var isAnswer = false
  /// The last message of another answer that came the same way meanwhile.
  package var otherAnswer: PacketReference?
  /// Whether the same silence shows on the server's leg; `nil` where that leg was not captured.
  package var isOnServerLeg: Bool?
  package var client: Endpoint
  package var server: Endpoint
}

/// A transport that kept messages waiting which the server had.
package enum PauseTransport: Sendable {
  /// The client asked for more only with this request.
  case slowPolling(PacketReference)
  /// The messages came when this packet completed the upgrade to WebSocket.
  case upgrade(PacketReference)
}

/// A client's event that got no answer although its like did.
package struct UnansweredEvent: Sendable {
  package var sid: String?
  package var connections: [Int]
  package var event: String
  package var sent: PacketReference
  package var acknowledged: PacketReference?
  package var askedForAck: Bool
  /// What it brings elsewhere in the capture.
  package var expectedStream: String?
  package var waited: Interval
  package var observedUntil: PacketReference
  package var heartbeats: Int
  package var client: Endpoint
  package var server: Endpoint
}

/// The delay of each server message between two legs of one WebSocket.
package struct LegDelay: Sendable {
  package var sid: String?
  package var clientConnection: Int
  package var serverConnection: Int
  package var proxy: IPAddress
  /// The ends of the client's leg, where the delay shows.
  package var client: Endpoint
  package var server: Endpoint
  package var first: PacketReference
  package var last: PacketReference
  /// Packets on the client's leg that carried several held messages.
  package var burstPackets: [PacketReference]
  package var delays: GapDigest
  package var bursts: Int
  package var burstInterval: Interval?
  /// Whether the client's leg itself explains delay: retransmissions or closed windows.
  package var isNetworkTroubled: Bool
  /// The least delay, negative where a message left before it came: then two clocks wrote the capture.
  package var earliest: Interval
}

/// What a whole capture was like.
package struct CaptureFacts: Sendable {
  package var first: PacketReference
  package var end: PacketReference
  package var packets: Int
  package var truncated: Int
  package var duplicates: Int
  /// Followed TCP segments, and how many of them carried payload or a SYN.
  package var segments: Int
  package var segmentsWithPayload: Int
  package var synSegments: Int
  package var synAckSegments: Int
  package var connections: Int
  package var limits: [LimitReached] = []
  package var environment = EnvironmentFacts()
  /// Upgrade requests on ports that are not followed.
  package var otherPorts: [UInt16: Int]
  /// Packets whose time is earlier than the one before.
  package var clock: ClockSteps
  /// Where the clock leapt ahead.
  package var leaps: [ClockLeap]
  /// Names of events that go on where answers have ended: nobody asks for them.
  package var unaskedEvents: Set<String> = []
}
