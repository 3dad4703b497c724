import Bytes
import Packets

/// Where a connection stands on the way from client to server, as far as the capture shows.
package enum Leg: String, BitwiseCopyable, Sendable {
  /// From the client to a proxy whose own connection was captured too.
  case client
  /// From a proxy to the server.
  case upstream
  /// The one leg that was captured.
  case only
}

/// What a connection was used for.
package enum Transport: String, BitwiseCopyable, Sendable {
  case webSocket = "websocket"
  case polling
  case http
  case encrypted
  case unknown
}

/// A TCP connection as a report shows it.
package typealias ConnectionSummary = CopyOnWrite<ConnectionFacts>

/// The fields of a ``ConnectionSummary``.
package struct ConnectionFacts: Sendable {
  package var id: Int
  /// The number that Wireshark would give it, where every TCP packet of its capture was seen.
  package var tcpStream: Int?
  package var client: Endpoint
  package var server: Endpoint
  package var rolesInferred: Bool
  package var start: PacketReference
  package var end: PacketReference
  package var tcp: TCPFacts
  package var transport: Transport
  package var sid: String?
  package var leg: Leg
  package var requests: [RequestSummary]
  /// Requests beyond the limit of those that are listed.
  package var requestsLeftOut: Int
  package var webSocket: WebSocketSummary?
  /// The client that a PROXY protocol header names.
  package var proxiedClient: Endpoint?
  /// Whether the client began HTTP/2, which is not decoded.
  package var isHTTP2 = false
}

extension ConnectionFacts: Parceled {
  package static var blank: ConnectionFacts {
    let nowhere = Endpoint(address: IPAddress(high: 0, low: 0), port: 0)
    return ConnectionFacts(
      id: 0, client: nowhere, server: nowhere, rolesInferred: false, start: .none, end: .none, tcp: TCPFacts(),
      transport: .unknown, leg: .only, requests: [], requestsLeftOut: 0)
  }

  package mutating func code(_ parcel: Parcel) {
    parcel.code(&id)
    parcel.code(&tcpStream)
    parcel.code(&client)
    parcel.code(&server)
    parcel.code(&rolesInferred)
    parcel.code(&start)
    parcel.code(&end)
    parcel.code(&tcp)
    parcel.code(&transport)
    parcel.code(&sid)
    parcel.code(&leg)
    parcel.code(&requests)
    parcel.code(&requestsLeftOut)
    parcel.code(&webSocket)
    parcel.code(&proxiedClient)
    parcel.code(&isHTTP2)
  }
}

/// What TCP showed about a connection.
package struct TCPFacts: Sendable {
  package var syn: [PacketReference] = []
  package var synAck: [PacketReference] = []
  /// How often the SYN was sent, and the last time where it was sent again.
  package var synCount = 0
  package var lastSYN: PacketReference?
  package var synAckCount = 0
  package var refused: PacketReference?
  package var finBy: Direction?
  package var fin: PacketReference?
  package var resetBy: Direction?
  package var reset: PacketReference?
  package var roundTrip: Interval?
  /// Whether any packet of a direction was captured.
  package var isSeen = Directional(both: false)
  package var payloadBytes = Directional(both: 0)
  package var lostBytes = Directional(both: 0)
  package var firstLoss: PacketReference?
  package var truncatedBytes = Directional(both: 0)
  package var health = Directional(both: TCPHealth())
  /// What held bytes back, on the few connections where anything did.
  var troubleNotes: TroubleNotes?

  package init() {}
}

extension TCPFacts: Parceled {
  package static var blank: TCPFacts { TCPFacts() }

  package mutating func code(_ parcel: Parcel) {
    parcel.code(&syn)
    parcel.code(&synAck)
    parcel.code(&synCount)
    parcel.code(&lastSYN)
    parcel.code(&synAckCount)
    parcel.code(&refused)
    parcel.code(&finBy)
    parcel.code(&fin)
    parcel.code(&resetBy)
    parcel.code(&reset)
    parcel.code(&roundTrip)
    parcel.code(&isSeen)
    parcel.code(&payloadBytes)
    parcel.code(&lostBytes)
    parcel.code(&firstLoss)
    parcel.code(&truncatedBytes)
    parcel.code(&health)
    parcel.keep(&troubleNotes)
  }
}

/// How one direction of a connection fared: counts of its sender's segments, as Wireshark's `tcp.analysis` makes them.
package struct TCPHealth: BitwiseCopyable, Sendable {
  /// Round trips from data of this direction to its acknowledgement, as seen at the capture point.
  package var leastRoundTrip: Interval?
  package var smoothedRoundTrip: Interval?
  package var latestRoundTrip: Interval?
  package var retransmissionTimeouts = 0
  package var fastRetransmissions = 0
  /// Segments that were sent again although the receiver had acknowledged them.
  package var spuriousRetransmissions = 0
  package var retransmissions = 0
  package var outOfOrder = 0
  package var duplicateAcks = 0
  package var keepAlives = 0
  package var keepAliveAnswers = 0
  package var windowFull = 0
  /// Segments with a window of zero.
  package var zeroWindows = 0
  package var zeroWindowProbes = 0
  /// How often the window was closed, and for how long in all.
  package var zeroWindowSpans = 0
  package var zeroWindowTime = Interval.zero
  /// What was not acknowledged when the connection or the capture ended, and for how long it had been waiting.
  package var unacknowledgedBytes = 0
  package var unacknowledgedFor: Interval?

  package init() {}
}

/// An HTTP request and its answer.
package struct RequestSummary: Sendable {
  package var request: PacketReference?
  package var method: String
  package var target: String
  package var version: String
  package var isUpgrade: Bool
  package var status: Int?
  package var answer: PacketReference?
  /// The beginning of the body of an answer with an error status.
  package var refusal: String?
  /// The header fields of both, where they were wanted.
  package var fields: ExchangeFields?
  /// Bytes of the request's body, where it says so.
  package var length: Int?
  /// The answer's Server field, of long-polling and upgrades.
  package var server: String?
  /// The long-polling request of the same kind and session that still waited for its answer.
  package var overlaps: PacketReference?
  /// How long the connection had been idle before.
  package var idleBefore: Interval?
  package var cause: RefusalCause?
  /// The Sec-WebSocket-Key of a request that was to be an upgrade and lacks the fields that ask for it.
  package var strippedKey: String?

  /// Whether the target asks for Engine.IO's WebSocket transport, which only an upgrade can give.
  package var asksForWebSocketTransport: Bool { targetHas("transport=websocket") }

  /// Whether something stands in the target.
  package func targetHas(_ part: StaticString) -> Bool { target.holds(part) }
}

extension RequestSummary: Parceled {
  package static var blank: RequestSummary {
    RequestSummary(method: "", target: "", version: "", isUpgrade: false)
  }

  package mutating func code(_ parcel: Parcel) {
    parcel.code(&request)
    parcel.code(&method)
    parcel.code(&target)
    parcel.code(&version)
    parcel.code(&isUpgrade)
    parcel.code(&status)
    parcel.code(&answer)
    parcel.code(&refusal)
    parcel.code(&fields)
    parcel.code(&length)
    parcel.code(&server)
    parcel.code(&overlaps)
    parcel.code(&idleBefore)
    parcel.code(&cause)
    parcel.code(&strippedKey)
  }
}

/// A WebSocket on a connection.
package struct WebSocketSummary: Sendable {
  package var upgradedAt: PacketReference?
  package var extensions: String?
  package var subprotocol: String?
  package var messages = Directional(both: MessageTally())
  package var frames = Directional(both: FrameTally())
  /// Compressed messages that refer to bytes which the capture does not have, and the first packet with one.
  package var unknownDictionaries = Directional(both: 0)
  package var firstUnknownDictionary: PacketReference?
  package var close: Close?

  /// How it was closed, by the first Close frame.
  package struct Close: Sendable {
    package var code: Int?
    package var reason: String
    package var by: Direction
    package var at: PacketReference
  }

  package init() {}
}

extension WebSocketSummary: Parceled {
  package static var blank: WebSocketSummary { WebSocketSummary() }

  package mutating func code(_ parcel: Parcel) {
    parcel.code(&upgradedAt)
    parcel.code(&extensions)
    parcel.code(&subprotocol)
    parcel.code(&messages)
    parcel.code(&frames)
    parcel.code(&unknownDictionaries)
    parcel.code(&firstUnknownDictionary)
    parcel.code(&close)
  }
}

extension WebSocketSummary.Close: Parceled {
  package static var blank: Self { Self(reason: "", by: .clientToServer, at: .none) }

  package mutating func code(_ parcel: Parcel) {
    parcel.code(&code)
    parcel.code(&reason)
    parcel.code(&by)
    parcel.code(&at)
  }
}

/// Complete messages of one direction, by kind.
package struct MessageTally: BitwiseCopyable, Sendable, Equatable {
  package var text = 0
  package var binary = 0
  package var ping = 0
  package var pong = 0
  package var close = 0
  /// Payload, unmasked and inflated.
  package var bytes = 0

  package init() {}
}

/// Frames of one direction, by opcode and form.
package struct FrameTally: BitwiseCopyable, Sendable, Equatable {
  package var text = 0
  package var binary = 0
  package var continuation = 0
  package var ping = 0
  package var pong = 0
  package var close = 0
  package var reserved = 0
  package var masked = 0
  package var compressed = 0

  package init() {}
}
