import Bytes
import Packets
import WebSocket

/// What a WebSocket has shown beside its messages.
struct ChannelWatch {
  var violations = ViolationLog()
  /// The messages that are longer than all before them, from 8 KiB on.
  var longest: Directional<LongMessage?> { longMessages ?? Directional(both: nil) }
  @Rare private var longMessages: Directional<LongMessage?>?
  /// A longer message than this is worth a look.
  var notableLength = Directional(both: ChannelWatch.leastNotableLength)
  /// The last packet that brought bytes of the message under way.
  var lastPiece = Directional<PacketReference?>(both: nil)
  private var progress = Directional<UInt64>(both: 0)
  /// Whether the decoder lost its place in a hole and found it again: what looks broken there may be a wrong guess.
  var hasGuessed = Directional(both: false)
  /// Compressed messages that could not be read, because what they refer to was not captured.
  @Rare private(set) var unknownDictionaries: UnknownDictionaries?
  /// How far an upgrade from long-polling has come.
  var probe: ProbeProgress {
    get { probeNotes ?? ProbeProgress() }
    set { probeNotes = newValue }
  }
  @Rare private var probeNotes: ProbeProgress?
  /// Whether the request told the Engine.IO revision.
  var isVersionKnown = false
  /// Whether a direction's inflater may hold memory.
  var isAwake = Directional(both: false)
  /// When a direction's last compressed message came, while it is awake.
  var lastCompressed = Directional(both: Timestamp(nanoseconds: 0))

  /// Shorter messages than 8 KiB are not too long for any server.
  static let leastNotableLength: UInt64 = 8 << 10

  /// A long message, as far as its header or its end tells.
  struct LongMessage {
    var length: UInt64
    var began: PacketReference
  }

  /// Whether a direction's inflater may hold memory.
  var hasInflater: Bool { isAwake.clientToServer || isAwake.serverToClient }

  mutating func code(_ parcel: Parcel) {
    parcel.code(&violations)
    parcel.code(&_longMessages)
    parcel.code(&notableLength)
    parcel.code(&lastPiece)
    parcel.code(&progress)
    parcel.code(&hasGuessed)
    parcel.code(&_unknownDictionaries)
    parcel.code(&_probeNotes)
    parcel.code(&isVersionKnown)
    parcel.code(&isAwake)
    parcel.code(&lastCompressed)
  }

  /// Notes how far the message under way has come.
  mutating func note(_ open: PendingMessage, _ direction: Direction, at reference: PacketReference) {
    let reached = open.receivedLength &+ UInt64(open.frames) &+ UInt64(open.headerBytes)
    guard reached != progress[direction] else { return }
    progress[direction] = reached
    lastPiece[direction] = reference
  }

  /// Notes a compressed message that refers to bytes which were not captured.
  mutating func noteUnknownDictionary(_ direction: Direction, at reference: PacketReference) {
    var noted = unknownDictionaries ?? UnknownDictionaries(first: reference)
    noted.counts[direction] += 1
    unknownDictionaries = noted
  }

  /// Notes a message that is longer than all before it.
  mutating func note(length: UInt64, _ direction: Direction, began: PacketReference) {
    notableLength[direction] = length
    longMessages = longest
    longMessages?[direction] = LongMessage(length: length, began: began)
  }
}

/// Compressed messages of a WebSocket that refer to bytes which were not captured.
struct UnknownDictionaries {
  var counts = Directional(both: 0)
  /// The packet with the first of them.
  var first: PacketReference

  init(first: PacketReference) { self.first = first }
}

/// How far the upgrade from long-polling has come on a WebSocket (engine.io-protocol, "Upgrade").
struct ProbeProgress {
  var sent: PacketReference?
  var answered: PacketReference?
  var completed: PacketReference?
  var unexpected: PacketReference?
  /// Whether another WebSocket carried the session already.
  var wasUpgraded = false
}

/// How a WebSocket ended, by the first sign of it.
struct ChannelEnd {
  /// The Close frame, FIN or RST; `nil` where the capture ended first.
  var first: PacketReference?
  var by: Direction?
  var close: WebSocketSummary.Close?
  /// Until when the WebSocket could be observed.
  var until: PacketReference
  /// The FIN or RST.
  var tcp: PacketReference?

  init(_ channel: WebSocketChannel, _ ends: ConnectionEnds, until: PacketReference) {
    let isReset = ends.reset.map { reset in ends.fin.map { reset.time < $0.time } ?? true } ?? false
    tcp = isReset ? ends.reset : ends.fin
    close = channel.close
    if let close, tcp.map({ close.at.time <= $0.time }) ?? true {
      (first, by) = (close.at, close.by)
    } else {
      (first, by) = (tcp, isReset ? ends.resetBy : ends.finBy)
    }
    self.until = first ?? until
  }

  /// Whether a side left by its own will: by a Close frame that names no error, or the client by its FIN or RST.
  var isGoodbye: Bool {
    guard let close, first == close.at else { return by == .clientToServer }
    return close.code.map { $0 == 1000 || $0 == 1001 } ?? (close.by == .clientToServer)
  }
}
