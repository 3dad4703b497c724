import Packets

/// Two connections that carry one conversation: client to proxy, and proxy to server.
///
/// What one end sends appears on its own leg at once, and on the other leg after `delay`. The proxy changes nothing
/// unless a test sends on the legs themselves.
package struct ProxiedConversation {
  package var client: Conversation
  package var upstream: Conversation
  /// How long the proxy keeps what it got, by direction and the time at which it got it.
  package var delay: (Direction, Timestamp) -> Interval = { _, _ in Interval(nanoseconds: 150_000) }

  package init(
    client: Endpoint = .at("10.0.0.2", 50_000), proxy: Endpoint = .at("10.0.0.10", 8080),
    upstreamPort: UInt16 = 40_000, server: Endpoint = .at("10.0.0.20", 8080),
    start: Timestamp = Conversation.defaultStart, link: LinkFraming = .linuxSLL2(interfaceIndex: 2)
  ) {
    self.client = Conversation(client: client, server: proxy, start: start, link: link)
    let near = Endpoint(address: proxy.address, port: upstreamPort)
    upstream = Conversation(
      client: near, server: server, start: start, link: link,
      initialSequences: Directional(clientToServer: 70_000, serverToClient: 9_000_000))
  }

  /// The time of the last step, on either leg.
  package var clock: Timestamp { max(client.clock, upstream.clock) }

  /// Lets time pass on both legs.
  package mutating func wait(_ interval: Interval) {
    let time = clock + interval
    client.clock = time
    upstream.clock = time
  }

  /// The handshakes of both legs.
  package mutating func handshake() {
    client.handshake()
    upstream.clock = client.clock
    upstream.handshake(after: .milliseconds(1))
  }

  /// Bytes from one end to the other, through the proxy; returns the indices on the leg of their sender and the other.
  ///
  /// `interval` counts from the last step on the sender's own leg, so that a proxy that holds bytes does not slow the
  /// sender down.
  @discardableResult
  package mutating func send(
    _ direction: Direction, bytes: [UInt8], after interval: Interval = .milliseconds(1)
  ) -> (sent: Range<Int>, passedOn: Range<Int>) {
    if direction == .clientToServer {
      let sent = client.send(direction, bytes: bytes, after: interval)
      let arrival = client.clock
      return (sent, upstream.send(direction, bytes: bytes, at: arrival + delay(direction, arrival)))
    }
    let sent = upstream.send(direction, bytes: bytes, after: interval)
    let arrival = upstream.clock
    return (sent, client.send(direction, bytes: bytes, at: arrival + delay(direction, arrival)))
  }

  /// A WebSocket text message through the proxy.
  @discardableResult
  package mutating func send(
    _ direction: Direction, text: String, after interval: Interval = .milliseconds(1)
  ) -> (sent: Range<Int>, passedOn: Range<Int>) {
    send(direction, bytes: Conversation.wireBytes(of: [.text(text)], direction), after: interval)
  }

  /// The upgrade through the proxy, the key passed on.
  package mutating func upgrade(
    target: String = "/socket.io/?EIO=4&transport=websocket", key: WebSocketKey = .example, extensions: String? = nil
  ) {
    send(.clientToServer, bytes: WebSocketHandshake.request(target, key: key, extensions: extensions))
    wait(.zero)
    send(.serverToClient, bytes: WebSocketHandshake.response(key: key, extensions: extensions))
    wait(.zero)
  }

  /// Both legs as one capture on the proxy sees them.
  package var recorded: [RecordedPacket] { (client.recorded + upstream.recorded).sortedByTime() }

  /// A pcap file of both legs.
  package func pcap() -> [UInt8] { PcapBuilder(recorded).bytes }

  /// A delay that keeps bytes until the next flush of a timer: sawteeth, as a proxy's buffer makes them.
  package static func flushing(
    every period: Interval, from start: Timestamp = Conversation.defaultStart, _ direction: Direction = .serverToClient
  ) -> (Direction, Timestamp) -> Interval {
    { way, time in
      guard way == direction else { return Interval(nanoseconds: 150_000) }
      let elapsed = (time - start).nanoseconds % period.nanoseconds
      return Interval(nanoseconds: period.nanoseconds - elapsed)
    }
  }
}
