import Analysis
import Packets

extension RecordWriter {
  /// An object of `connections`.
  package mutating func write(_ connection: ConnectionSummary, type: StaticString? = nil) {
    begin(type)
    json.field("id", connection.id)
    json.field("communityID", CommunityID.text(connection.client, connection.server))
    json.field("tcpStream", connection.tcpStream)
    endpoint("client", connection.client)
    endpoint("server", connection.server)
    if let proxied = connection.proxiedClient { endpoint("proxiedClient", proxied) }
    if connection.rolesInferred { json.field("rolesInferred", true) }
    time("start", connection.start)
    time("end", connection.end)
    write(connection.tcp)
    json.field("transport", connection.transport.rawValue)
    json.field("sid", connection.sid)
    json.field("leg", connection.leg.rawValue)
    json.key("requests")
    json.beginArray()
    for request in connection.requests { write(request, of: connection) }
    json.endArray()
    if connection.requestsLeftOut > 0 { json.field("requestsLeftOut", connection.requestsLeftOut) }
    json.key("websocket")
    if let webSocket = connection.webSocket { write(webSocket) } else { json.null() }
    json.endObject()
  }

  private mutating func write(_ tcp: TCPFacts) {
    let (up, down) = (tcp.health.clientToServer, tcp.health.serverToClient)
    json.key("tcp")
    json.beginObject()
    json.field("syn", !tcp.syn.isEmpty)
    json.field("synAck", !tcp.synAck.isEmpty)
    json.field("rst", tcp.reset != nil || tcp.refused != nil)
    json.field("finBy", tcp.finBy?.sender ?? "none")
    json.field("roundTrip", tcp.roundTrip)
    json.field("retransmissions", up.retransmissions &+ down.retransmissions)
    json.field("outOfOrder", up.outOfOrder &+ down.outOfOrder)
    json.field("zeroWindows", up.zeroWindows &+ down.zeroWindows)
    json.key("health")
    json.beginObject()
    for direction in Direction.allCases { write(tcp.health[direction], direction) }
    json.endObject()
    directional("lostBytes", tcp.lostBytes)
    json.endObject()
  }

  private mutating func write(_ health: TCPHealth, _ direction: Direction) {
    json.key(direction.jsonName)
    json.beginObject()
    json.field("retransmissions", health.retransmissions)
    json.field("retransmissionTimeouts", health.retransmissionTimeouts)
    json.field("fastRetransmissions", health.fastRetransmissions)
    json.field("spuriousRetransmissions", health.spuriousRetransmissions)
    json.field("outOfOrder", health.outOfOrder)
    json.field("duplicateAcks", health.duplicateAcks)
    json.field("keepAlives", health.keepAlives)
    json.field("keepAliveAnswers", health.keepAliveAnswers)
    json.field("windowFull", health.windowFull)
    json.field("zeroWindows", health.zeroWindows)
    json.field("zeroWindowProbes", health.zeroWindowProbes)
    json.field("zeroWindowSpans", health.zeroWindowSpans)
    json.field("zeroWindowTime", health.zeroWindowTime)
    json.field("unacknowledgedBytes", health.unacknowledgedBytes)
    json.field("unacknowledgedFor", health.unacknowledgedFor)
    json.key("roundTrip")
    json.beginObject()
    json.field("least", health.leastRoundTrip)
    json.field("smoothed", health.smoothedRoundTrip)
    json.field("latest", health.latestRoundTrip)
    json.endObject()
    json.endObject()
  }

  /// A request; one whose head the capture misses has the time of its answer, or of the connection's start.
  private mutating func write(_ request: RequestSummary, of connection: ConnectionSummary) {
    json.beginObject()
    time("at", request.request ?? request.answer ?? connection.start)
    json.field("method", request.method)
    json.field("target", request.target)
    json.field("version", request.version)
    json.field("upgrade", request.isUpgrade)
    json.field("status", request.status)
    time("answeredAt", request.answer)
    packets("packets", [request.request, request.answer].compactMap { $0 })
    json.endObject()
  }

  private mutating func write(_ webSocket: WebSocketSummary) {
    json.beginObject()
    time("upgradedAt", webSocket.upgradedAt)
    json.field("accepted", webSocket.upgradedAt != nil)
    json.field("extensions", webSocket.extensions)
    json.field("subprotocol", webSocket.subprotocol)
    json.key("messages")
    json.beginObject()
    for direction in Direction.allCases { write(webSocket.messages[direction], direction) }
    json.endObject()
    json.key("frames")
    json.beginObject()
    for direction in Direction.allCases { write(webSocket.frames[direction], direction) }
    json.endObject()
    directional("unknownDictionaries", webSocket.unknownDictionaries)
    json.key("close")
    if let close = webSocket.close { write(close) } else { json.null() }
    json.endObject()
  }

  private mutating func write(_ messages: MessageTally, _ direction: Direction) {
    json.key(direction.jsonName)
    json.beginObject()
    json.field("text", messages.text)
    json.field("binary", messages.binary)
    json.field("ping", messages.ping)
    json.field("pong", messages.pong)
    json.field("close", messages.close)
    json.field("bytes", messages.bytes)
    json.endObject()
  }

  private mutating func write(_ frames: FrameTally, _ direction: Direction) {
    json.key(direction.jsonName)
    json.beginObject()
    json.field("text", frames.text)
    json.field("binary", frames.binary)
    json.field("continuation", frames.continuation)
    json.field("ping", frames.ping)
    json.field("pong", frames.pong)
    json.field("close", frames.close)
    json.field("reserved", frames.reserved)
    json.field("masked", frames.masked)
    json.field("compressed", frames.compressed)
    json.endObject()
  }

  private mutating func write(_ close: WebSocketSummary.Close) {
    json.beginObject()
    json.field("code", close.code)
    json.field("reason", close.reason)
    json.field("by", close.by.sender)
    json.endObject()
  }
}
