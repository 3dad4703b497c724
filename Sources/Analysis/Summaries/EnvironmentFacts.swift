import Packets

/// What clients, proxies and servers said about themselves, from the heads that open connections and sessions.
package struct EnvironmentFacts: Sendable, Equatable {
  /// User-Agent of requests.
  package internal(set) var userAgents = Sightings()
  /// What a request's form tells of the client's library.
  package internal(set) var clientLibraries = Sightings()
  /// Server, X-Powered-By and Via of answers.
  package internal(set) var servers = Sightings()
  package internal(set) var frameworks = Sightings()
  package internal(set) var vias = Sightings()
  /// Host of requests, and the paths and ports of Engine.IO's.
  package internal(set) var hosts = Sightings()
  package internal(set) var paths = Sightings()
  package internal(set) var ports = Sightings()
  /// Whether a request would have opened a session or WebSocket: a server of files alone is no proxy.
  package internal(set) var hasOpenings = false
  /// The transports that Engine.IO requests asked for, and the server's answer to `EIO=3`: accepted or refused.
  package internal(set) var transports = Sightings()
  package internal(set) var acceptedRevision3: Sighting?
  package internal(set) var refusedRevision3: Sighting?
  /// The 101s with permessage-deflate, and without it although it was offered.
  package internal(set) var deflateAgreed: Sighting?
  package internal(set) var deflateDeclined: Sighting?
  /// Handshakes that show the capture beside the client, and beside the server.
  package internal(set) var nearClient = 0
  package internal(set) var nearServer = 0
  /// Whether both legs of a proxied connection were seen.
  package internal(set) var hasBothLegs = false

  package init() {}
}

extension EnvironmentFacts {
  /// Where the capture was taken, as far as it shows.
  package enum CapturePoint: String, Sendable {
    case client, proxy, server
  }

  /// Both legs are seen at a proxy; else the side whose answers come at once is near.
  package var capturePoint: CapturePoint? {
    if hasBothLegs { return .proxy }
    if nearClient > 0, nearServer == 0 { return .client }
    return nearServer > 0 && nearClient == 0 ? .server : nil
  }
}
