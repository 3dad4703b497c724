import Bytes
import Packets
import SocketIO

/// An Engine.IO session: one `sid`, over polling requests and a WebSocket, on one leg or several.
final class Session {
  let id: Int
  var sid: String?
  var version = EngineIOVersion.v4
  /// Whether a request or the handshake told the version, so that it is not a guess.
  var isVersionKnown = false
  /// Whether a packet that only Socket.IO writes was seen: its rules hold then.
  var speaksSocketIO = false
  /// Whether its packets are those of the MessagePack parser.
  var speaksMessagePack = false
  /// Whether either side said goodbye in Engine.IO or Socket.IO.
  var saidGoodbye = false
  var recovery = RecoveryFacts()
  /// The `pid` with which a client asked to go on.
  var askedPID: String?
  var handshake: EngineHandshake?
  /// When that came.
  var openedAt: Timestamp?
  var transports: [Transport] = []
  var isUpgraded = false
  var start: PacketReference
  /// The latest packet, but for those that only go on with a stream.
  private var latest: PacketReference
  var namespaces: [String] = []
  var closedBy: Direction?
  /// When that was.
  var closedAt: Timestamp?
  var closeReason: String?
  /// Until when the session could be observed, where its WebSocket ended before the capture.
  var observedUntil: PacketReference?
  /// Who opened it, and how its visit went.
  var visit = VisitNotes()
  /// The client's packet that completed its upgrade to WebSocket.
  var upgradedAt: PacketReference?
  /// The legs, in the order in which they were seen; an index stays the same leg's.
  var hops: [Hop] = []
  /// Indices of `hops`, nearest to the client first.
  private(set) var order: [Int] = []
  /// The connections that carry it and are in memory: while there are any, it stays there too.
  var users = 0

  init(id: Int, sid: String?, at reference: PacketReference) {
    self.id = id
    self.sid = sid
    start = reference
    latest = reference
  }

  /// Whether it has something to teach or to tell at the capture's end, before any session is concluded.
  var isTelling: Bool {
    hops.contains { hop in
      !hop.violations.entries.isEmpty || hop.openPolls.serverToClient != nil
        || hop.tracker.runs.contains { $0.isStream && $0.trigger != nil }
    }
  }

  func code(_ parcel: Parcel) {
    parcel.code(&sid)
    parcel.code(&version)
    parcel.code(&isVersionKnown)
    parcel.code(&speaksSocketIO)
    parcel.code(&speaksMessagePack)
    parcel.code(&saidGoodbye)
    parcel.code(&recovery)
    parcel.code(&askedPID)
    parcel.code(&handshake)
    parcel.code(&transports)
    parcel.code(&isUpgraded)
    parcel.code(&start)
    parcel.code(&openedAt)
    parcel.code(&closedAt)
    parcel.code(&latest)
    parcel.code(&namespaces)
    parcel.code(&closedBy)
    parcel.code(&closeReason)
    parcel.code(&observedUntil)
    parcel.code(&visit)
    parcel.code(&upgradedAt)
    parcel.code(&hops)
    parcel.code(&order)
  }

  /// The latest packet.
  var last: PacketReference {
    get { hops.reduce(latest) { $1.last.time > $0.time ? $1.last : $0 } }
    set { latest = newValue }
  }

  /// Finds or adds the leg of a connection, and lists the connection there.
  ///
  /// A connection from the same host belongs to the same leg; one from a host that is a leg's server comes behind it.
  /// Where all run on one host, the twin with the same WebSocket key tells the order, or the handshake's answer: a server
  /// gives it once, so that who passes it on later is nearer to the client.
  func join(
    _ conversation: Conversation, client: Endpoint, server: Endpoint, at reference: PacketReference,
    carriesHandshake: Bool = false
  ) -> Int {
    let index = leg(conversation, client: client, server: server, at: reference, carriesHandshake: carriesHandshake)
    if !hops[index].connections.contains(conversation.id) { hops[index].connections.append(conversation.id) }
    return index
  }

  private func leg(
    _ conversation: Conversation, client: Endpoint, server: Endpoint, at reference: PacketReference,
    carriesHandshake: Bool
  ) -> Int {
    func add(at position: Int) -> Int {
      hops.append(Hop(client: client.address, clientEndpoint: client, server: server, last: reference))
      order.insert(hops.count - 1, at: position)
      for hop in hops.indices { hops[hop].leg = hops.count < 2 ? .only : order.first == hop ? .client : .upstream }
      return hops.count - 1
    }
    if let front = place(of: conversation.twinBefore) {
      return front + 1 < order.count ? order[front + 1] : add(at: front + 1)
    }
    if let back = place(of: conversation.twinAfter) { return back > 0 ? order[back - 1] : add(at: 0) }
    if let same = order.first(where: { hops[$0].client == client.address && hops[$0].server == server }) { return same }
    if let front = order.firstIndex(where: { hops[$0].isAbove(client.address) }) {
      if front + 1 < order.count, hops[order[front + 1]].client == client.address { return order[front + 1] }
      return add(at: front + 1)
    }
    if let back = order.firstIndex(where: { hops[$0].client == server.address && server.address != client.address }) {
      if back > 0, hops[order[back - 1]].client == client.address { return order[back - 1] }
      return add(at: back)
    }
    if carriesHandshake { return add(at: 0) }
    return order.first { hops[$0].client == client.address } ?? add(at: order.count)
  }

  /// Where in the order of legs a connection is.
  private func place(of connection: Int?) -> Int? {
    connection.flatMap { twin in order.firstIndex { hops[$0].connections.contains(twin) } }
  }

  func note(transport: Transport) {
    if !transports.contains(transport) { transports.append(transport) }
  }

  func note(namespace: String) {
    // 64 names are more than any application joins; a peer that makes them up takes no memory.
    if namespaces.count < 64, !namespaces.contains(namespace) { namespaces.append(namespace) }
  }

  /// Every connection, the clearest leg first.
  var connections: [Int] { order.flatMap { hops[$0].connections } }

  /// The leg that reports speak of: what the client saw, where it was captured.
  var frontHop: Int { order.first ?? 0 }
}
