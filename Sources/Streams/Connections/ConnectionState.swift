import Packets

/// The compact part of a connection, without references to anything.
///
/// What each segment needs stands first: it is a line of memory less to wait for.
struct ConnectionState: BitwiseCopyable, Sendable {
  var key: FlowKey
  /// The slot of the rare facts; -1 while there are none.
  var detail: Int32 = -1
  var roles = RoleEvidence.none
  var status: Status = []
  /// The time of the latest packet.
  var latest: Timestamp
  var halves: Directional<HalfConnection>
  /// The first packet.
  var opened: PacketReference
  /// The first SYN-ACK; meaningful where the server's half has a SYN.
  var synAck: PacketReference
  /// SYN to the handshake's last acknowledgement; `UInt32.max` where it was not seen.
  var handshakeMicroseconds = UInt32.max

  /// Facts about the connection that fit in a bit.
  struct Status: OptionSet, Sendable {
    var rawValue: UInt8
    /// The key's first side is the client.
    static let isLowClient = Status(rawValue: 1)
    /// The short way through `receive` is open.
    static let isPlain = Status(rawValue: 2)
    /// The handshake's last acknowledgement is waited for.
    static let isOpening = Status(rawValue: 4)
    /// Over, and remembered for late packets.
    static let isLingering = Status(rawValue: 8)
    /// Listed as having a hole.
    static let hasHole = Status(rawValue: 16)
    /// A reset ended it.
    static let isReset = Status(rawValue: 32)
    /// Out of the index: only its last events are left.
    static let isClosed = Status(rawValue: 64)
  }

  init(key: FlowKey, opened: PacketReference, isLowClient: Bool, roles: RoleEvidence) {
    self.key = key
    self.opened = opened
    self.roles = roles
    synAck = opened
    latest = opened.time
    halves = Directional(both: HalfConnection())
    if isLowClient { status.insert(.isLowClient) }
  }

  /// The direction of a segment, given which side of the key sent it.
  @inline(__always)
  func direction(isLowSource: Bool) -> Direction {
    isLowSource == status.contains(.isLowClient) ? .clientToServer : .serverToClient
  }

  /// Exchanges client and server.
  mutating func swapRoles() {
    status.formSymmetricDifference(.isLowClient)
    swap(&halves.clientToServer, &halves.serverToClient)
  }
}
