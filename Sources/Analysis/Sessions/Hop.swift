import Packets
import SocketIO

/// One leg's view of a session: what was counted and followed on the connections between two hosts.
struct Hop {
  /// The address that opens this leg's connections.
  var client: IPAddress
  /// The ends of the connection that shows the leg best: its WebSocket, where it has one.
  var clientEndpoint: Endpoint
  var server: Endpoint
  var connections: [Int] = []
  /// That connection, where it is a WebSocket.
  var webSocket: Int?
  var events = Directional(both: EventCounts())
  var acks = Directional(both: 0)
  var heartbeats = 0
  var tracker = StreamTracker()
  /// The newest moments at which the server's event loop was seen alive: its pings, or its pongs.
  var serverHeartbeats = RecentReferences()
  /// Retransmission timeouts, closed windows and holes of the connections that carry the session.
  var timeouts = RecentReferences()
  var zeroWindows = RecentReferences()
  var holes = RecentReferences()
  /// The latest pause of a stream, for comparison with the other leg.
  var latestPause: StreamPause?
  var last: PacketReference

  /// The connection that shows the leg best.
  var clearest: Int? { webSocket ?? connections.last }

  /// Takes note of the WebSocket that carries the session from now on.
  mutating func carry(on connection: Int, client: Endpoint, server: Endpoint) {
    webSocket = connection
    clientEndpoint = client
    self.server = server
  }

  /// Whether connections opened by a host come behind this leg: it is this leg's server.
  func isAbove(_ host: IPAddress) -> Bool { server.address == host && client != host }
}

extension Hop {
  /// Counts an event, and takes it where it only goes on with a stream; false where there is more to find out about it.
  @inline(__always)
  mutating func count(_ name: NameID, _ place: PacketPlace, pauseFloor: Interval) -> Bool {
    switch place.direction {
    case .clientToServer:
      events.clientToServer.count(name)
      return false
    case .serverToClient:
      events.serverToClient.count(name)
      return tracker.takeQuietly(name, at: place.at, pauseFloor: pauseFloor)
    }
  }
}

/// How often each event name came.
struct EventCounts {
  private(set) var byName: [UInt32] = []

  mutating func count(_ name: NameID) {
    let index = Int(name.rawValue)
    while byName.count <= index { byName.append(0) }
    byName[index] &+= 1
  }

  var total: Int { byName.reduce(0) { $0 + Int($1) } }
}

/// The last few of a series of packets.
struct RecentReferences {
  /// Enough for the longest silence with the shortest usual ping interval.
  static let capacity = 64
  private var ring: [PacketReference] = []
  private var next = 0

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

  /// Those later than one moment and not later than another, in order.
  func between(_ start: Timestamp, _ end: Timestamp) -> [PacketReference] {
    ring.filter { $0.time > start && $0.time <= end }.sorted { $0.time < $1.time }
  }
}
