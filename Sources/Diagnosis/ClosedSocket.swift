import Analysis
import Packets

/// A WebSocket that ended without a goodbye, on all the legs on which it was seen.
struct ClosedSocket: Sendable {
  /// The legs, the one that ended first in front.
  let legs: [WebSocketEnd]
  let closer: Closer
  /// The address and port that ended it.
  let closerEndpoint: Endpoint
  /// The time without data before the end, on the leg where it was shortest.
  let silence: Interval
  let ended: PacketReference

  /// Who ended it.
  enum Closer: Sendable {
    case client, server
    /// A proxy that ended both its connections by itself.
    case proxy
  }

  private init(_ legs: [WebSocketEnd]) {
    self.legs = legs
    let first = legs[0]
    ended = first.ended ?? first.lastData
    silence = legs.map { $0.endTime - $0.lastData.time }.min() ?? .zero
    let front = legs.first { $0.leg != .upstream }
    let isProxyBehind = legs.contains { $0.leg == .upstream && $0.endedBy == .clientToServer }
    let isProxyInFront = legs.contains { $0.leg != .upstream && $0.endedBy == .serverToClient }
    let isServer = first.endedBy == .serverToClient
    if isProxyBehind, isProxyInFront || front == nil {
      closer = .proxy
      closerEndpoint = front?.server ?? (isServer ? first.server : first.client)
    } else {
      closer = isServer ? .server : .client
      closerEndpoint = isServer ? first.server : first.client
    }
  }

  /// Joins the legs of each WebSocket among its ends; the ends without a goodbye count, in the order of their time.
  static func sockets(_ ends: [WebSocketEnd]) -> [ClosedSocket] {
    var byKey: [String: Int] = [:]
    var sockets: [[WebSocketEnd]] = []
    for end in ends.sorted(by: { $0.endTime < $1.endTime }) {
      let key = end.key.map { "\($0) \(end.opened.map { $0.time.nanoseconds / 30_000_000_000 } ?? 0)" }
      if let key, let index = byKey[key], !sockets[index].contains(where: { $0.connection == end.connection }) {
        sockets[index].append(end)
      } else {
        if let key { byKey[key] = sockets.count }
        sockets.append([end])
      }
    }
    return sockets.map { ClosedSocket($0) }
  }

  /// Whether a WebSocket's end counts as one without a goodbye.
  static func isAbrupt(_ end: WebSocketEnd) -> Bool {
    !end.isClean && end.carriedSession && end.ended != nil && !end.closeMayBeLost
  }

  /// The leg that ended first: a proxy passes an end on.
  var first: WebSocketEnd { legs[0] }

  /// The legs, the client's in front.
  var inOrder: [WebSocketEnd] { legs.sorted { $0.leg != .upstream && $1.leg == .upstream } }
}

extension WebSocketEnd {
  /// When it ended, or when it was seen last.
  var endTime: Timestamp { (ended ?? lastData).time }
}
