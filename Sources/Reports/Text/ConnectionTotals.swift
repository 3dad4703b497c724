import Analysis
import Packets

/// What the text says of all connections together, gathered in one look at each: of very many, most are in a file.
struct ConnectionTotals {
  /// Compressed messages that refer to others which are not in the capture, and the first packet with one.
  private(set) var unknownDictionaries = 0
  private(set) var firstUnknownDictionary: PacketReference?
  /// The legs of connections through a proxy of which both were captured.
  private(set) var paired: Set<Int> = []
  /// Payload bytes that the captures don't have.
  private(set) var lostBytes = 0
  /// Upgrade requests and their acceptance, each counted on the client's leg only.
  private(set) var upgrades: (asked: Int, accepted: Int) = (0, 0)

  init(_ connections: some Sequence<ConnectionSummary>) {
    for connection in connections { note(connection) }
  }

  private mutating func note(_ connection: ConnectionSummary) {
    if let socket = connection.webSocket, let first = socket.firstUnknownDictionary {
      if firstUnknownDictionary.map({ first.time < $0.time }) ?? true { firstUnknownDictionary = first }
      unknownDictionaries &+= socket.unknownDictionaries.clientToServer &+ socket.unknownDictionaries.serverToClient
    }
    if connection.leg != .only { paired.insert(connection.id) }
    lostBytes &+= connection.tcp.lostBytes.clientToServer &+ connection.tcp.lostBytes.serverToClient
    guard connection.leg != .upstream else { return }
    for request in connection.requests where request.isUpgrade {
      upgrades.asked += 1
      if request.status == 101 { upgrades.accepted += 1 }
    }
  }
}
