import Bytes
import Packets
import SocketIO

/// One leg's view of a session: what was counted and followed on the connections between two hosts.
///
/// A class, because the connections that carry the leg keep it at hand. What each message of a stream changes stands
/// first, side by side, in ``quiet``: thousands of sessions take turns, and each line of memory touched is one to wait for.
final class Hop: Parceled {
  /// The stream under way, as long as nothing but its messages comes.
  private var quiet = QuietRun()
  /// The latest packet, but for those in ``quiet``.
  private var latest: PacketReference
  private var settledTracker = StreamTracker()
  private var settledEvents = Directional(both: EventCounts())

  /// The address that opens this leg's connections.
  private(set) var client: IPAddress
  /// The ends of the connection that shows the leg best: its WebSocket, where it has one.
  var clientEndpoint: Endpoint
  var server: Endpoint
  var connections: [Int] = []
  /// What a report calls it, which the session knows.
  var leg = Leg.only
  /// That connection, where it is a WebSocket.
  var webSocket: Int?
  var acks = Directional(both: 0)
  /// How long the server took for its acks, once there was one.
  @Rare var ackTimes: GapDigest?
  var heartbeats = 0
  /// Packets that only released a poll.
  var noops = 0
  /// The newest moments at which the server's event loop was seen alive: its pings, or its pongs.
  var serverHeartbeats = RecentReferences()
  /// Retransmission timeouts and closed windows of the connections that carry the session, and holes in what the server
  /// sent.
  var timeouts = RecentReferences()
  /// Retransmission timeouts of what the client sent.
  var requestTimeouts = RecentReferences()
  /// When the client asked for packets by long-polling.
  var polls = RecentReferences()
  var zeroWindows = RecentReferences()
  var holes = RecentReferences()
  /// Heartbeats, namespaces and attachments under way.
  var heartbeat = HeartbeatWatch()
  var namespaces = NamespaceDialogue()
  var attachments: Directional<AttachmentWatch> {
    get { attachmentWatches ?? Directional(both: AttachmentWatch()) }
    set { attachmentWatches = newValue }
  }
  @Rare private var attachmentWatches: Directional<AttachmentWatch>?
  /// The long-polling requests that wait for their answers, by the direction of their payload.
  var openPolls: Directional<OpenPoll?> {
    get { waitingPolls ?? Directional(both: nil) }
    set { waitingPolls = newValue.clientToServer == nil && newValue.serverToClient == nil ? nil : newValue }
  }
  @Rare private var waitingPolls: Directional<OpenPoll?>?
  /// How fast the client polls.
  @Rare var pollRate: PollRate?
  /// The last poll that the client ended before its answer.
  @Rare var abortedPoll: AbortedPoll?
  /// The request whose answer is coming or came last.
  var answeredPoll: PacketReference?
  /// The rules of Engine.IO and Socket.IO that were broken.
  var violations = ViolationLog()
  /// Whether answers that come at once may be told apart by ids in their messages.
  private(set) var tellsAnswersApart = false
  /// The latest pause of a stream, for comparison with the other leg.
  @Rare var latestPause: StreamPause?

  init(client: IPAddress, clientEndpoint: Endpoint, server: Endpoint, last: PacketReference) {
    self.client = client
    self.clientEndpoint = clientEndpoint
    self.server = server
    latest = last
  }

  /// The latest packet of the leg.
  var last: PacketReference {
    get { quiet.isUnderWay && quiet.last.time >= latest.time ? quiet.last : latest }
    set { latest = newValue }
  }

  /// The leg's token streams.
  var tracker: StreamTracker {
    _read {
      settle()
      yield settledTracker
    }
    _modify {
      settle()
      yield &settledTracker
    }
  }

  /// How often each event came.
  var events: Directional<EventCounts> {
    _read {
      settle()
      yield settledEvents
    }
    _modify {
      settle()
      yield &settledEvents
    }
  }

  /// The connection that shows the leg best.
  var clearest: Int? { webSocket ?? connections.last }

  /// Takes note of the WebSocket that carries the session from now on.
  func carry(on connection: Int, client: Endpoint, server: Endpoint) {
    webSocket = connection
    clientEndpoint = client
    self.server = server
  }

  /// Whether connections opened by a host come behind this leg: it is this leg's server.
  func isAbove(_ host: IPAddress) -> Bool { server.address == host && client != host }
}

/// A long-polling request without its answer so far.
struct OpenPoll {
  var connection: Int
  /// The connection's place in the table.
  var slot: Int32
  var exchange: Int
  var at: PacketReference
}

extension Hop {
  static var blank: Hop {
    let nowhere = Endpoint(address: IPAddress(high: 0, low: 0), port: 0)
    return Hop(client: nowhere.address, clientEndpoint: nowhere, server: nowhere, last: .none)
  }

  func code(_ parcel: Parcel) {
    // Nothing came the short way, or it is counted by now.
    if !parcel.isUnpacking { settle() }
    parcel.code(&latest)
    parcel.code(&settledTracker)
    parcel.code(&settledEvents.clientToServer)
    parcel.code(&settledEvents.serverToClient)
    parcel.code(&client)
    parcel.code(&clientEndpoint)
    parcel.code(&server)
    parcel.code(&connections)
    parcel.code(&leg)
    parcel.code(&webSocket)
    parcel.code(&acks)
    parcel.code(&heartbeats)
    parcel.code(&serverHeartbeats)
    parcel.code(&timeouts)
    parcel.code(&requestTimeouts)
    parcel.code(&polls)
    parcel.code(&zeroWindows)
    parcel.code(&holes)
    parcel.code(&heartbeat)
    parcel.code(&namespaces)
    parcel.code(&_attachmentWatches)
    parcel.code(&_waitingPolls)
    parcel.code(&answeredPoll)
    parcel.code(&noops)
    parcel.code(&_ackTimes)
    parcel.code(&_pollRate)
    parcel.code(&_abortedPoll)
    parcel.code(&tellsAnswersApart)
    parcel.code(&violations)
    parcel.code(&_latestPause)
  }
}

// MARK: Messages that only go on with a stream

extension Hop {
  /// Takes a server's event that only goes on with the stream under way, as nearly all do.
  ///
  /// - Returns: false for any other, which is for the tracker to judge; then nothing has changed.
  @inline(__always)
  func takeQuietly(_ name: NameID, at reference: PacketReference) -> Bool {
    guard quiet.takes(name, at: reference.time) else { return false }
    if quiet.isFull { spill() }
    quiet.add(reference)
    return true
  }

  /// Lets the next messages of the stream under way take the short way, where nothing needs a closer look.
  func expectMore(pauseFloor: Interval) {
    settle()
    tellsAnswersApart = settledTracker.isInterleaved
    if let run = settledTracker.quietRun { quiet = QuietRun(of: run, pauseFloor: pauseFloor) }
  }

  /// Counts what came the short way, and closes it.
  private func settle() {
    guard quiet.isUnderWay else { return }
    spill()
    latest = last
    quiet = QuietRun()
  }

  /// Counts what came the short way.
  @inline(never)
  private func spill() {
    settledTracker.extend(by: quiet)
    settledEvents.serverToClient.count(quiet.name, times: Int(quiet.count))
    quiet.clear()
  }
}

/// How often each event name came.
struct EventCounts: Parceled {
  private(set) var byName: [UInt32] = []

  static var blank: EventCounts { EventCounts() }

  mutating func code(_ parcel: Parcel) { parcel.code(&byName) }

  mutating func count(_ name: NameID, times: Int = 1) {
    let index = Int(name.rawValue)
    while byName.count <= index { byName.append(0) }
    byName[index] &+= UInt32(truncatingIfNeeded: times)
  }

  var total: Int { byName.reduce(0) { $0 + Int($1) } }
}

/// The last few of a series of packets.
struct RecentReferences: Parceled {
  /// Enough for the longest silence with the shortest usual ping interval.
  static let capacity = 64
  private var ring: [PacketReference] = []
  private var next = 0

  static var blank: RecentReferences { RecentReferences() }

  mutating func code(_ parcel: Parcel) {
    parcel.code(&ring)
    parcel.code(&next)
  }

  mutating func append(_ reference: PacketReference) {
    if ring.count < RecentReferences.capacity {
      ring.append(reference)
    } else {
      ring[next] = reference
      next = (next + 1) % RecentReferences.capacity
    }
  }

  /// The newest one's time.
  var latest: Timestamp? { ring.map(\.time).max() }

  var isEmpty: Bool { ring.isEmpty }

  /// Puts another reference in the place of one.
  mutating func move(_ reference: PacketReference, to better: PacketReference) {
    if let index = ring.lastIndex(of: reference) { ring[index] = better }
  }

  /// Whether one of the series may lie between two moments; older ones than are remembered may.
  func mayHaveAny(between start: Timestamp, and end: Timestamp) -> Bool {
    if ring.count == RecentReferences.capacity, ring[next].time > start { return true }
    return ring.contains { $0.time > start && $0.time <= end }
  }

  /// Those later than one moment and not later than another, in order.
  func between(_ start: Timestamp, _ end: Timestamp) -> [PacketReference] {
    ring.filter { $0.time > start && $0.time <= end }.sorted { $0.time < $1.time }
  }
}
