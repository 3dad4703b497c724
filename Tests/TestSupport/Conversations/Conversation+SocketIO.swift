import Packets

/// Socket.IO on a WebSocket (Engine.IO 4, Socket.IO 5).
extension Conversation {
  /// The Engine.IO `open` packet and the CONNECT exchange of the main namespace.
  package mutating func open(sid: String, pingInterval: Int = 25_000, pingTimeout: Int = 20_000) {
    send(.serverToClient, text: SocketIOText.open(sid: sid, pingInterval: pingInterval, pingTimeout: pingTimeout))
    send(.clientToServer, text: SocketIOText.connect())
    send(.serverToClient, text: SocketIOText.connected(id: "id-of-\(sid)"))
  }

  /// The probe that moves a long-polling session to this WebSocket: `2probe`, `3probe`, `5`.
  package mutating func probe() {
    send(.clientToServer, text: "2probe")
    send(.serverToClient, text: "3probe")
    send(.clientToServer, text: "5")
  }

  /// An event; returns the indices of its packets.
  @discardableResult
  package mutating func event(
    _ direction: Direction, _ name: String, _ arguments: String = "", ack: Int? = nil,
    after interval: Interval = .milliseconds(1)
  ) -> Range<Int> {
    send(direction, text: SocketIOText.event(name, arguments, ack: ack), after: interval)
  }

  /// A run of numbered events from the server at a steady pace; returns the indices of the packets of each.
  @discardableResult
  package mutating func stream(
    _ name: String = "token", count: Int, every interval: Interval = .milliseconds(50)
  ) -> [Range<Int>] {
    (0..<count).map { event(.serverToClient, name, "{\"i\":\($0)}", after: interval) }
  }

  /// An Engine.IO heartbeat: the server's ping and the client's pong.
  package mutating func heartbeat(after interval: Interval = .milliseconds(1)) {
    send(.serverToClient, text: "2", after: interval)
    send(.clientToServer, text: "3")
  }
}

/// Socket.IO over HTTP long-polling (Engine.IO 4).
extension Conversation {
  /// The handshake that opens a long-polling session: a GET without `sid`, answered by the `open` packet.
  package mutating func openPolling(
    sid: String, pingInterval: Int = 25_000, pingTimeout: Int = 20_000, path: String = "/socket.io/"
  ) {
    request("GET", "\(path)?EIO=4&transport=polling")
    let packet = SocketIOText.open(
      sid: sid, pingInterval: pingInterval, pingTimeout: pingTimeout, upgrades: ["websocket"])
    respond(200, fields: Self.plainText, body: SocketIOText.payload([packet]))
  }

  /// A GET that is answered with packets once there are some.
  package mutating func poll(
    sid: String, _ packets: [String], heldFor interval: Interval = .milliseconds(2), path: String = "/socket.io/"
  ) {
    request("GET", "\(path)?EIO=4&transport=polling&sid=\(sid)")
    respond(200, fields: Self.plainText, body: SocketIOText.payload(packets), after: interval)
  }

  /// A POST that brings packets to the server and is answered `ok`.
  package mutating func post(sid: String, _ packets: [String], path: String = "/socket.io/") {
    request(
      "POST", "\(path)?EIO=4&transport=polling&sid=\(sid)", fields: Self.plainText, body: SocketIOText.payload(packets))
    respond(200, fields: [("Content-Type", "text/html")], body: Array("ok".utf8))
  }

  private static let plainText: HTTPText.Fields = [("Content-Type", "text/plain; charset=UTF-8")]
}
