import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct BufferedBodyTests {
  /// A response of 20 chunks, one each 100 ms, through a proxy that passes them on at once or all at the end.
  private func stream(
    held: Bool, coding: String? = nil, version: String = "1.1", path: String = "/stream"
  ) -> [RecordedPacket] {
    var client = Conversation()
    client.handshake()
    client.request("GET", path)
    var upstream = Conversation(client: .at("10.0.0.10", 40_000), server: .at("10.0.0.20", 8080), start: client.clock)
    upstream.handshake(after: .milliseconds(1))
    upstream.send(.clientToServer, bytes: HTTPText.request("GET", path, version: version))
    let fields: HTTPText.Fields = [("Transfer-Encoding", "chunked")]
    upstream.send(.serverToClient, bytes: HTTPText.response(200, fields: fields))
    let chunk = HTTPText.chunk(Array("data: token\n\n".utf8))
    let codings: HTTPText.Fields = coding.map { [("Content-Encoding", $0)] } ?? []
    let head = HTTPText.response(200, fields: fields + codings)
    if !held { client.send(.serverToClient, bytes: head, after: .milliseconds(2)) }
    for _ in 0..<20 {
      upstream.send(.serverToClient, bytes: chunk, after: .milliseconds(100))
      if !held { client.send(.serverToClient, bytes: chunk, at: upstream.clock + .milliseconds(1)) }
    }
    upstream.send(.serverToClient, bytes: HTTPText.chunk([]))
    let rest = held ? head + HTTPText.chunk(Array(repeating: 0x20, count: 200)) : []
    client.send(.serverToClient, bytes: rest + HTTPText.chunk([]), at: upstream.clock + .milliseconds(1))
    return (client.recorded + upstream.recorded).sortedByTime()
  }

  @Test(
    "a proxy that collects a streamed response is named with the cause",
    arguments: [
      (String?.some("gzip"), "1.1", "gzip"), (nil, "1.0", "http10-upstream"), (nil, "1.1", "proxy-buffering"),
    ])
  func fires(coding: String?, version: String, cause: String) throws {
    let finding = try expectOne(
      "buffering-delay", .warning, blame: .proxy, in: stream(held: true, coding: coding, version: version))
    #expect(finding.word("cause") == cause)
    #expect(finding.connections.count == 2)
    #expect((finding.measure("delay") ?? 0) > 1.5)
    #expect(finding.remedy.contains(cause == "gzip" ? "gzip off" : "proxy_buffering off"))
  }

  @Test("a proxy that passes pieces on at once is fine, compressed or not", arguments: [nil, "gzip"])
  func passedOn(coding: String?) {
    #expect(!ids(in: stream(held: false, coding: coding)).contains("buffering-delay"))
  }

  @Test("a slow answer that comes at once on both legs was not held by the proxy")
  func slow() {
    var client = Conversation()
    client.handshake()
    client.request("GET", "/report")
    var upstream = Conversation(client: .at("10.0.0.10", 40_000), server: .at("10.0.0.20", 8080), start: client.clock)
    upstream.handshake(after: .milliseconds(1))
    upstream.request("GET", "/report")
    let answer =
      HTTPText.response(200, fields: [("Transfer-Encoding", "chunked")]) + HTTPText.chunk([0x20]) + HTTPText.chunk([])
    upstream.send(.serverToClient, bytes: answer, after: .seconds(3))
    client.send(.serverToClient, bytes: answer, at: upstream.clock + .milliseconds(1))
    #expect(!ids(in: (client.recorded + upstream.recorded).sortedByTime()).contains("buffering-delay"))
  }

  /// A compressed event stream on the client's leg alone.
  private func eventStream(coding: String?, pause: Double) -> [RecordedPacket] {
    var client = Conversation()
    client.handshake()
    client.request("GET", "/events")
    let fields: HTTPText.Fields = [("Transfer-Encoding", "chunked"), ("Content-Type", "text/event-stream")]
    client.send(
      .serverToClient, bytes: HTTPText.response(200, fields: fields + (coding.map { [("Content-Encoding", $0)] } ?? []))
    )
    client.send(
      .serverToClient, bytes: HTTPText.chunk(Array(repeating: 0x20, count: 99)) + HTTPText.chunk([]),
      after: .seconds(pause))
    return client.recorded
  }

  @Test("a compressed event stream that comes as one piece is possibly held, by whom is not known")
  func oneLeg() throws {
    let finding = try expectOne("buffering-delay", .warning, blame: .unknown, in: eventStream(coding: "gzip", pause: 8))
    #expect(finding.confidence == .possible)
    #expect(!ids(in: eventStream(coding: nil, pause: 8)).contains("buffering-delay"))
    #expect(!ids(in: eventStream(coding: "gzip", pause: 0.5)).contains("buffering-delay"))
  }
}
