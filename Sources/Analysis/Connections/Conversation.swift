import Bytes
import HTTP
import Packets
import SocketIO
import WebSocket

/// What one TCP connection carries, from its first byte to its last.
///
/// What each segment needs stands first: thousands of connections take turns, and each line of memory touched is one to
/// wait for.
final class Conversation {
  /// What the bytes of the connection are taken for.
  var content = Content.nothing
  var channel: WebSocketChannel?
  /// The latest data, but for what came by the quiet lane.
  private var latestData: PacketReference
  /// Its place in the connection table, while it is open.
  let slot: Int32
  let id: Int
  @Rare var dialogue: Dialogue?
  var requests: [RequestSummary] = []
  var requestsLeftOut = 0
  var exchanges = OpenExchanges()
  /// When the latest answers came, for requests that are read later than their answers.
  var answers: [(exchange: Int, at: PacketReference)] = []
  /// The upgrade request that waits for its answer.
  @Rare var attempt: PendingUpgrade?
  var session: Session? {
    didSet {
      oldValue?.users -= 1
      session?.users += 1
    }
  }
  var hop = 0
  var transport = Transport.unknown
  /// How the connection ends, and what of it was cut off.
  var ends = ConnectionEnds()
  /// The connection with the same Sec-WebSocket-Key nearer to the client, and farther from it.
  var twinBefore: Int?
  var twinAfter: Int?
  /// That connection, as long as it is open.
  weak var twin: Conversation?
  /// Whether bytes of the server are missing from the capture.
  var firstHole = Directional<PacketReference?>(both: nil)
  /// The last hole that no session could be told of.
  var unattributedHole: PacketReference?
  /// When the last answer of HTTP came.
  var lastAnswer = Timestamp(nanoseconds: 0)
  /// Where a hole was placed whose following bytes have not come yet.
  var openHole = Directional<PacketReference?>(both: nil)
  /// What held its bytes back, once anything did.
  var troubles: TroubleWatch?
  /// The client that a PROXY protocol header names.
  @Rare var proxiedClient: Endpoint?
  /// Whether the client began HTTP/2.
  var isHTTP2 = false

  /// The protocol on top of TCP, as far as it is known.
  enum Content: BitwiseCopyable {
    /// No byte has come yet.
    case nothing
    case http, webSocket, encrypted
    /// The server's 101 came before the client's request for it: only the server's bytes are a WebSocket's yet.
    case answered
    case other
  }

  init(id: Int, slot: Int32, at reference: PacketReference) {
    self.id = id
    self.slot = slot
    latestData = reference
  }

  /// The latest data.
  var lastData: PacketReference {
    get {
      guard let quiet = channel?.lastQuietData, quiet.time > latestData.time else { return latestData }
      return quiet
    }
    set { latestData = newValue }
  }

  /// Whether all that it waits for is a packet.
  var isParkable: Bool {
    guard attempt == nil, exchanges.isEmpty, content != .answered else { return false }
    // The twin finds the other leg by its object until both are WebSockets.
    if let twin, twin.content != .webSocket || content != .webSocket { return false }
    return channel.map { !$0.watch.hasInflater } ?? true
  }

  /// Gives back what a quiet connection does not need.
  func releaseIdleState() {
    channel?.decoders.clientToServer.releaseIdleState()
    channel?.decoders.serverToClient.releaseIdleState()
  }

  func code(_ parcel: Parcel, _ limits: WebSocketLimits) {
    parcel.code(&content)
    parcel.code(&latestData)
    parcel.code(&_dialogue)
    parcel.code(&requests)
    parcel.code(&requestsLeftOut)
    parcel.code(&answers)
    parcel.code(&hop)
    parcel.code(&transport)
    parcel.code(&ends)
    parcel.code(&twinBefore)
    parcel.code(&twinAfter)
    parcel.code(&firstHole)
    parcel.code(&unattributedHole)
    parcel.code(&lastAnswer)
    parcel.code(&openHole)
    parcel.keep(&troubles)
    parcel.code(&_proxiedClient)
    parcel.code(&isHTTP2)
    var hasChannel = channel != nil
    parcel.code(&hasChannel)
    if hasChannel, channel == nil {
      channel = WebSocketChannel(deflate: nil, limits: limits, engine: .undecided, isMidStream: false)
    }
    channel?.code(parcel)
  }

  /// An HTTP exchange that is not over.
  struct OpenExchange {
    var summary: RequestSummary
    var bodyExcerpt: [UInt8] = []
    var server: String?
    /// The poll that it is, where it is one.
    var poll: Poll?
    /// The content coding of the answer's body, where it has one.
    var content: BodyContent?
    /// Who would open a session with it, and from which page.
    @Rare var arrival: SessionArrival?
    var crossOrigin: CrossOriginRequest?
    /// How the body comes, where its length was not known beforehand.
    var shape: BodyShape?

    /// Keeps what the body of an error says.
    mutating func noteRefusal() {
      guard let status = summary.status, status >= 400, !bodyExcerpt.isEmpty else { return }
      summary.refusal = String(decoding: bodyExcerpt, as: UTF8.self)
    }
  }

  /// An upgrade request without its answer so far.
  struct PendingUpgrade {
    var exchange: Int
    var at: PacketReference
    var target: String
    var key: String?
    var sid: String?
    var isEngineIO: Bool
    var version: EngineIOVersion
    var upgrade: UpgradeRequest
  }
}

/// A WebSocket on a connection.
final class WebSocketChannel {
  /// The latest data that came by the quiet lane.
  var lastQuietData: PacketReference?
  /// Whether a message has begun and not ended, by direction.
  var hasOpenMessage = Directional(both: false)
  /// Octets of each direction since the upgrade: the same on both sides of a tunnel.
  var offset = Directional<UInt64>(both: 0)
  /// When the server's messages come.
  var rhythm = Rhythm()
  var decoders: Directional<MessageDecoder>
  var upgradedAt: PacketReference?
  var extensions: String?
  var subprotocol: String?
  var key: String?
  @Rare var close: WebSocketSummary.Close?
  var engine: Engine
  var version = EngineIOVersion.v4
  /// The measure of the delay between this leg and its twin.
  var meter: LegMeter?
  var isMidStream: Bool
  /// The frames that had passed up to a direction's last hole.
  var framesBeforeHole: Directional<FrameCounts?> {
    get { countsBeforeHole ?? Directional(both: nil) }
    set { countsBeforeHole = newValue }
  }
  @Rare private var countsBeforeHole: Directional<FrameCounts?>?
  /// When the message under way began, by direction.
  private var messageStart = Directional<PacketReference?>(both: nil)
  /// Whether it was opened for an upgrade from polling that is not complete.
  var isProbing = false
  var watch = ChannelWatch()
  /// Where messages' payloads are hashed.
  var hash: PayloadHash?
  /// The request that opened it, where it began outside of a session.
  var arrival: SessionArrival?
  /// Pings that wait for their pong, once there was a ping.
  var pings: PingWatch?
  /// The shape in which the server's messages come, once it is not even.
  var shape: ShapeMeter?

  /// Whether the messages are Engine.IO packets.
  enum Engine: BitwiseCopyable {
    case yes, no, undecided
  }

  init(deflate: DeflateParameters?, limits: WebSocketLimits, engine: Engine, isMidStream: Bool) {
    self.engine = engine
    self.isMidStream = isMidStream
    decoders = Directional(
      clientToServer: MessageDecoder(
        direction: .clientToServer, deflate: deflate, limits: limits, isMidStream: isMidStream),
      serverToClient: MessageDecoder(
        direction: .serverToClient, deflate: deflate, limits: limits, isMidStream: isMidStream))
  }
}

extension WebSocketChannel {
  fileprivate func code(_ parcel: Parcel) {
    parcel.code(&lastQuietData)
    parcel.code(&hasOpenMessage)
    parcel.code(&offset)
    parcel.code(&rhythm)
    decoders.clientToServer.code(parcel)
    decoders.serverToClient.code(parcel)
    parcel.code(&upgradedAt)
    parcel.code(&extensions)
    parcel.code(&subprotocol)
    parcel.code(&key)
    parcel.code(&_close)
    parcel.code(&engine)
    parcel.code(&version)
    parcel.keep(&meter)
    parcel.code(&isMidStream)
    parcel.code(&_countsBeforeHole)
    parcel.code(&messageStart)
    parcel.code(&isProbing)
    watch.code(parcel)
    parcel.keep(&hash)
    parcel.code(&arrival)
    parcel.keep(&pings)
    parcel.keep(&shape)
  }

  /// Notes the packet in which the message began that is open now, if one is.
  ///
  /// The decoders are asked in place, because they are large to copy.
  @inline(__always)
  func noteOpenMessage(_ direction: Direction, at reference: PacketReference) {
    let isBetween =
      switch direction {
      case .clientToServer: decoders.clientToServer.isBetweenMessages
      case .serverToClient: decoders.serverToClient.isBetweenMessages
      }
    guard !isBetween, let open = pending(direction) else { return }
    watch.note(open, direction, at: reference)
    guard !hasOpenMessage[direction] else { return }
    hasOpenMessage[direction] = true
    messageStart[direction] = reference
  }

  /// The message under way in a direction.
  func pending(_ direction: Direction) -> PendingMessage? {
    switch direction {
    case .clientToServer: decoders.clientToServer.pending
    case .serverToClient: decoders.serverToClient.pending
    }
  }

  /// The packet in which the message under way began.
  func openMessageStart(_ direction: Direction) -> PacketReference? {
    hasOpenMessage[direction] ? messageStart[direction] : nil
  }

  /// The packet in which the message began that ends now, where that is not the one in which it ends.
  @inline(__always)
  func takeMessageStart(_ direction: Direction) -> PacketReference? {
    // A control message may stand between the frames of a message, which goes on.
    guard hasOpenMessage[direction], pending(direction) == nil else { return nil }
    hasOpenMessage[direction] = false
    return messageStart[direction]
  }
}

/// The delay between two legs, shared by their channels.
final class LegMeter {
  var meter = DelayMeter()
  let clientConnection: Int
  let serverConnection: Int
  /// The ends of the client's leg.
  let client: Endpoint
  let server: Endpoint
  /// Whether the network itself delayed bytes on one of the legs.
  var isTroubled = false

  init(clientConnection: Int, serverConnection: Int, client: Endpoint, server: Endpoint) {
    self.client = client
    self.server = server
    self.clientConnection = clientConnection
    self.serverConnection = serverConnection
  }
}

extension WebSocketChannel {
  /// Hashes each message's whole payload from here on.
  func hashPayloads() {
    hash = PayloadHash()
    decoders.clientToServer.wantsPieces = true
    decoders.serverToClient.wantsPieces = true
  }
}
