import Analysis
import Packets

/// What the followed connections carry, for the rules on what can't be read.
struct ContentKinds: Sendable {
  /// Connections listed as evidence.
  static let mostListed = 100

  private(set) var encrypted: [ConnectionSummary] = []
  private(set) var encryptedCount = 0
  private(set) var http2: [ConnectionSummary] = []
  private(set) var http2Count = 0
  /// Connections with Socket.IO, a WebSocket or an attempt at one, and those with any other HTTP.
  private(set) var realtime = 0
  private(set) var http: [ConnectionSummary] = []
  private(set) var httpCount = 0

  /// Connections whose content was read.
  var readable: Int { realtime + httpCount }

  mutating func note(_ connection: ConnectionSummary) {
    if connection.isHTTP2 {
      http2Count += 1
      if http2.count < Self.mostListed { http2.append(connection) }
      return
    }
    switch connection.transport {
    case .encrypted:
      encryptedCount += 1
      if encrypted.count < Self.mostListed { encrypted.append(connection) }
    case .webSocket, .polling: realtime += 1
    case .http:
      if connection.requests.contains(where: { $0.isUpgrade || $0.targetHas("EIO=") }) {
        realtime += 1
      } else {
        httpCount += 1
        if http.count < Self.mostListed { http.append(connection) }
      }
    case .unknown: break
    }
  }
}
