import Packets
import SocketIO
import Testing
import WebSocket

@testable import Analysis
@testable import Redaction

struct RedactorTests {
  private func packet(_ number: Int) -> PacketReference {
    PacketReference(capture: 0, number: number, time: Timestamp(nanoseconds: Int64(number)))
  }

  private func message(_ opcode: Opcode, _ payload: [UInt8], engine: EngineIOPacketType? = nil) -> MessageRecord {
    MessageRecord(
      at: packet(2), firstPacket: packet(1), connection: 1, leg: .only, sid: "F40LiPW3kwE1", direction: .clientToServer,
      transport: .webSocket, opcode: opcode, length: payload.count, frames: 1, isCompressed: false, isComplete: true,
      closeCode: nil, engineType: engine, socket: nil, payload: payload)
  }

  @Test("a message becomes its shape, its length stays")
  func shape() {
    var redactor = Redactor(Marker())
    let redacted = redactor.redact(message(.text, Array(#"42["say",{"t":"Hi"}]"#.utf8), engine: .message))
    #expect(String(decoding: redacted.payload, as: UTF8.self) == #"42["say",{"t":"‹2 chars›"}]"#)
    #expect(redacted.isShape)
    #expect(redacted.length == 20)
    #expect(redacted.sid == "F40LiP…")
  }

  @Test("binary data is left out, plain text its length, a close code stays")
  func others() {
    var redactor = Redactor(Marker())
    #expect(redactor.redact(message(.binary, [1, 2, 3])).payload == [])
    #expect(redactor.redact(message(.text, Array("hello".utf8))).payload == Array("‹5 chars›".utf8))
    #expect(redactor.redact(message(.close, [0x03, 0xe8])).payload == [0x03, 0xe8])
    #expect(redactor.removals.list.map(\.kind) == [.messageText, .binaryMessage])
  }

  @Test(
    "headers keep names and lose secrets",
    arguments: [
      ("Cookie", "io=xyz; theme=dark", "io=‹cookie "), ("Set-Cookie", "io=xyz; Path=/; HttpOnly", "io=‹cookie "),
      ("Authorization", "Bearer xyz", "Bearer ‹authorization "), ("X-Api-Key", "xyz", "‹secret "),
      ("Sec-WebSocket-Protocol", "chat, eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9xyz", "chat, ‹subprotocol "),
    ])
  func headers(name: String, value: String, beginning: String) {
    var redactor = Redactor(Marker())
    var request = RequestSummary(
      request: packet(1), method: "GET", target: "/", version: "1.1", isUpgrade: true, status: 101, answer: packet(2))
    request.fields = ExchangeFields(request: [HeaderLine(name: name, value: value)])
    let ends = Endpoint(address: IPAddress(ipv4: 1), port: 1)
    let connection = ConnectionSummary(
      ConnectionFacts(
        id: 1, tcpStream: nil, client: ends, server: ends, rolesInferred: false, start: packet(1), end: packet(2),
        tcp: TCPFacts(), transport: .webSocket, sid: nil, leg: .only, requests: [request], requestsLeftOut: 0))
    let clean = redactor.redact(connection).requests[0].fields?.request.first?.value ?? ""
    #expect(clean.hasPrefix(beginning))
    // No digits of a mark, which may be any.
    #expect(!clean.contains("xyz"))
    if name == "Set-Cookie" { #expect(clean.hasSuffix("; Path=/; HttpOnly")) }
  }

  @Test(
    "of a refusal's body what the protocol says stays",
    arguments: [
      (#"{"code":1,"message":"Session ID unknown"}"#, true), (#"{"code":4,"message":"origin not allowed"}"#, true),
      ("<html><head><title>502 Bad Gateway</title></head></html>", true), (#"{"error":"no bob@example.com"}"#, false),
      (String(repeating: "secret ", count: 40), false),
    ])
  func bodies(body: String, isKept: Bool) {
    var redactor = Redactor(Marker())
    let clean = redactor.answerBody(body)
    #expect((clean == body || clean == "<title>502 Bad Gateway</title>") == isKept)
    #expect(!clean.contains("bob"))
  }

  @Test("what may stand in a text may not stand in a target, and both are looked at again once sessions are known")
  func remembered() {
    var redactor = Redactor(Marker())
    let (target, short) = ("/chat?room=blue", "/chat?sid=abcdefg")
    for _ in 0..<2 {
      #expect(redactor.text(target) == target)
      #expect(redactor.target(target).hasPrefix("/chat?room=‹query "))
      #expect(redactor.target("/abcdefghij") == "/abcdefghij")
      #expect(redactor.target(short) == "/chat?sid=abcdef…")
    }
    #expect(redactor.removals.list.first { $0.kind == .queryValue }?.count == 2)
    var session = SessionSummary(SessionFacts.blank)
    session.sid = "abcdefghij"
    redactor.learn(sessions: [session], connections: [])
    #expect(redactor.target("/abcdefghij") == "/abcdef…")
  }

  @Test("a log's quoted texts are left out, its requests and words stay")
  func logs() {
    var redactor = Redactor(Marker())
    let line = redactor.redact(
      logLine: #"2026-11-22 10:04:15 user said "my secret plan" to 'bob', don't "GET /a?token=x HTTP/1.1" level="info""#
    )
    #expect(line.contains("‹14 chars›"))
    #expect(!line.contains("plan"))
    #expect(line.contains(#"level="info""#))
    #expect(line.contains("GET /a?token=‹query "))
    #expect(line.hasPrefix("2026-11-22 10:04:15 user said"))
  }
}
