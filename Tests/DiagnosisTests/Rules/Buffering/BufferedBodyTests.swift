import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct BufferedBodyTests {
  /// A response of 20 chunks, one each 100 ms, through a proxy that passes them on at once or all at the end.
  private func stream(
    held: Bool, coding: String? = nil, version: String = "1.1", path: String = "/stream"
  ) -> [RecordedPacket] {
    ProxiedStream(held: held, coding: coding, version: version, path: path).recorded
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

  @Test("a response that the proxy alters on its way is known by its request alone, where no other was asked for alike")
  func altered() {
    let altered = ProxiedStream(held: true, passingOn: "TOKEN")
    #expect(alarms(in: altered.recorded) == ["buffering-delay"])
    let other = ProxiedStream(held: true, text: "else", passingOn: "ELSE", clientPort: 50_001, upstreamPort: 40_001)
    #expect(alarms(in: (altered.recorded + other.recorded).sortedByTime()) == [])
  }

  /// What is told but for what the capture itself lacks.
  private func alarms(in packets: [RecordedPacket]) -> [FindingID] {
    findings(in: packets).filter { $0.severity > .notice }.map(\.id)
  }

  @Test(
    "a response whose request is missing on one leg is known by its time and its first bytes",
    arguments: [MissingRequest.ofProxy, .ofClient])
  func missingRequest(_ missing: MissingRequest) throws {
    let finding = try expectOne(
      "buffering-delay", .warning, blame: .proxy, in: ProxiedStream(held: true, missing: missing).recorded)
    #expect(finding.confidence == .likely)
    #expect(finding.connections.count == 2)
    #expect(finding.title.hasSuffix("GET /stream"))
    #expect(finding.detail.contains(missing == .ofProxy ? "on the server's leg" : "on the client's leg"))
    #expect(!ids(in: ProxiedStream(held: false, missing: missing).recorded).contains("buffering-delay"))
  }

  @Test("a response whose request is missing is told although some of its pieces are missing too")
  func missingPieces() throws {
    var stream = ProxiedStream(held: true, missing: .ofProxy)
    stream.dropPieces(15..<17)
    _ = try expectOne("buffering-delay", .warning, blame: .proxy, in: stream.recorded)
  }

  @Test("a response is followed behind any piece that is missing, with its chunk's size, on either leg")
  func missingChunks() throws {
    for place in 0..<20 {
      var held = ProxiedStream(held: true, coding: "gzip")
      held.dropPieces(place..<place + 1)
      let finding = try expectOne("buffering-delay", .warning, blame: .proxy, in: held.recorded)
      #expect((finding.measure("piecesSent") ?? 0) >= 18, "\(place)")
      var passedOn = ProxiedStream(held: false)
      passedOn.dropPieces(place..<place + 1, ofClient: true)
      #expect(alarms(in: passedOn.recorded) == [], "\(place)")
    }
    var twice = ProxiedStream(held: true, coding: "gzip")
    twice.dropPieces(3..<5)
    twice.dropPieces(9..<10)
    _ = try expectOne("buffering-delay", .warning, blame: .proxy, in: twice.recorded)
  }

  @Test("where two clients got what a response without its request may be, it is no one's")
  func twoCandidates() {
    let missing = ProxiedStream(held: true, missing: .ofProxy)
    let other = ProxiedStream(held: true, clientPort: 50_001, upstreamPort: 40_001)
    #expect(alarms(in: (missing.recorded + other.client.recorded).sortedByTime()) == [])
    // The other client's leg has its own answer, or one that says something else.
    let found = findings(in: (missing.recorded + other.recorded).sortedByTime())
    #expect(found.first { $0.id == "buffering-delay" }?.connections.count == 4)
    let different = ProxiedStream(held: true, text: "something else", clientPort: 50_001, upstreamPort: 40_001)
    #expect(alarms(in: (missing.recorded + different.client.recorded).sortedByTime()) == ["buffering-delay"])
  }

  @Test("where two responses without their requests may be a client's, none of them is")
  func twoResponses() {
    let missing = ProxiedStream(held: true, missing: .ofProxy)
    let other = ProxiedStream(held: true, clientPort: 50_001, upstreamPort: 40_001, missing: .ofProxy)
    #expect(alarms(in: (missing.recorded + other.upstream.recorded).sortedByTime()) == [])
  }

  @Test("what a client asked for later, or got sooner, is not what the proxy got")
  func otherTimes() {
    let missing = ProxiedStream(held: true, missing: .ofProxy).upstream.recorded
    for seconds in [-1.5, 0.1, 3] {
      let start = Conversation.defaultStart + .seconds(seconds)
      let client = ProxiedStream(held: true, clientPort: 50_001, start: start).client.recorded
      #expect(alarms(in: (missing + client).sortedByTime()) == [], "\(seconds) s")
    }
  }

  @Test("of two clients who ask alike at the same moment, each has its own answer")
  func atOnce() {
    // The first one's answer is long and comes through; the second one's is short, and slow to begin.
    let long = ProxiedStream(held: false, pieces: 60)
    let short = ProxiedStream(
      held: false, text: "something else", pieces: 12, wait: .seconds(3), clientPort: 50_001, upstreamPort: 40_001)
    #expect(alarms(in: (long.recorded + short.recorded).sortedByTime()) == [])
  }
}

/// Which request a capture misses.
enum MissingRequest { case none, ofClient, ofProxy }

/// A response of chunks through a proxy that passes them on at once or all at the end.
private struct ProxiedStream {
  private(set) var client: Conversation
  private(set) var upstream: Conversation
  /// The packets of each piece on the server's leg.
  private var pieces: [Range<Int>] = []
  /// The packets of each piece on the client's leg, where they are passed on one by one.
  private var passedPieces: [Range<Int>] = []

  init(
    held: Bool, coding: String? = nil, version: String = "1.1", path: String = "/stream", text: String = "token",
    passingOn altered: String? = nil, pieces count: Int = 20, wait: Interval = .zero, clientPort: UInt16 = 50_000,
    upstreamPort: UInt16 = 40_000, start: Timestamp = Conversation.defaultStart,
    missing: MissingRequest = .none
  ) {
    client = Conversation(client: .at("10.0.0.2", clientPort), start: start)
    client.handshake()
    let asked = client.request("GET", path)
    upstream = Conversation(
      client: .at("10.0.0.10", upstreamPort), server: .at("10.0.0.20", 8080), start: client.clock)
    upstream.handshake(after: .milliseconds(1))
    let passedOn = upstream.send(.clientToServer, bytes: HTTPText.request("GET", path, version: version))
    upstream.wait(wait)
    let fields: HTTPText.Fields = [("Transfer-Encoding", "chunked")]
    upstream.send(.serverToClient, bytes: HTTPText.response(200, fields: fields))
    let passed = Array("data: \(altered ?? text)\n\n".utf8)
    let text = Array("data: \(text)\n\n".utf8)
    let head = HTTPText.response(200, fields: fields + (coding.map { [("Content-Encoding", $0)] } ?? []))
    if !held { client.send(.serverToClient, bytes: head, at: upstream.clock + .milliseconds(2)) }
    for _ in 0..<count {
      pieces.append(upstream.send(.serverToClient, bytes: HTTPText.chunk(text), after: .milliseconds(100)))
      guard !held else { continue }
      passedPieces.append(
        client.send(.serverToClient, bytes: HTTPText.chunk(passed), at: upstream.clock + .milliseconds(1)))
    }
    upstream.send(.serverToClient, bytes: HTTPText.chunk([]))
    let rest = held ? head + HTTPText.chunk(Array(repeatElement(passed, count: count).joined())) : []
    client.send(.serverToClient, bytes: rest + HTTPText.chunk([]), at: upstream.clock + .milliseconds(1))
    if missing == .ofClient { client.drop(asked) }
    if missing == .ofProxy { upstream.drop(passedOn) }
  }

  /// Loses pieces that the proxy got, or the client.
  mutating func dropPieces(_ numbers: Range<Int>, ofClient: Bool = false) {
    if ofClient {
      for piece in passedPieces[numbers] { client.drop(piece) }
    } else {
      for piece in pieces[numbers] { upstream.drop(piece) }
    }
  }

  var recorded: [RecordedPacket] { (client.recorded + upstream.recorded).sortedByTime() }
}
