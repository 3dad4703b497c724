import Bytes
import Packets
import SocketIO
import Testing

@Suite struct EngineHandshakeTests {
  @Test func `the open packet tells id, upgrades and timers`() throws {
    let bytes = Array(
      #"0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#
        .utf8)
    let handshake = try EngineHandshake(parsing: bytes.span.bytes, in: 1..<bytes.count)
    #expect(handshake.sid == "lv_VI97HAXpY6yYWAAAC")
    #expect(handshake.upgrades == ["websocket"])
    #expect(handshake.pingInterval == .milliseconds(25000))
    #expect(handshake.pingTimeout == .milliseconds(20000))
    #expect(handshake.maxPayload == 1_000_000)
  }

  @Test func `white space, floats, strange members and huge numbers are no obstacle`() throws {
    let bytes = Array(
      #" { "x": {"sid":"no","y":[1,{}]} , "sid" : "a\u0062" , "pingInterval": 2.5e4, "pingTimeout": 1e999 } "#.utf8)
    let handshake = try EngineHandshake(parsing: bytes.span.bytes, in: 0..<bytes.count)
    #expect(handshake.sid == "ab")
    #expect(handshake.pingInterval == .milliseconds(25000))
    #expect(handshake.pingTimeout == .milliseconds(9_000_000_000_000))
    #expect(handshake.maxPayload == nil)
  }

  @Test(arguments: ["", "[]", "{}", #"{"sid":1}"#, #"{"sid":"a"#])
  func `a handshake without sid is malformed`(text: String) {
    let bytes = Array(text.utf8)
    #expect(throws: ParseError.self) { try EngineHandshake(parsing: bytes.span.bytes, in: 0..<bytes.count) }
  }
}

@Suite struct EngineErrorTests {
  @Test(arguments: [
    (#"{"code":0,"message":"Transport unknown"}"#, EngineError.unknownTransport),
    (#"{"code":1,"message":"Session ID unknown"}"#, .unknownSession),
    (#"{ "message" : "No.", "code" : 4 }"#, .forbidden),
    ("Session ID unknown", .unknownSession), ("Bad request\r\n", .badRequest),
    ("Unsupported protocol version", .unsupportedProtocolVersion), ("Bad handshake method", .badHandshakeMethod),
    (#"{"code":2,"message":"Bad handshake method"}"#, .badHandshakeMethod),
    (#"{"code":3,"message":"Bad request"}"#, .badRequest),
    (#"{"code":4,"message":"Forbidden"}"#, .forbidden),
    (#"{"code":5,"message":"Unsupported protocol version"}"#, .unsupportedProtocolVersion),
    ("Transport unknown", .unknownTransport), ("Forbidden", .forbidden),
    (#""'Session is disconnected' abc""#, .unknownSession), (#""Bad Request""#, .badRequest),
    (#""Not connected""#, .badRequest), (#""Unexpected HTTP request""#, .badRequest),
    (#""https://example.org is not an accepted origin.""#, .badRequest),
    (#""Invalid websocket upgrade""#, .badRequest), (#""Invalid JSONP index number""#, .badRequest),
    (#""Unauthorized""#, .forbidden), (#""Invalid session abc""#, .unknownSession),
    ("Invalid session None", .unknownSession),
    (#""Invalid transport""#, .unknownTransport),
    (
      #""The client is using an unsupported version of the Socket.IO or Engine.IO protocols""#,
      .unsupportedProtocolVersion
    ),
  ])
  func `every server's refusal is recognised`(body: String, error: EngineError) {
    let bytes = Array(body.utf8)
    #expect(EngineError(body: bytes.span.bytes) == error)
  }

  @Test(arguments: [
    "", " ", "ok", "{}", "{", #"{"code":9,"message":"x"}"#, #"{"code":1}"#, "<html>Bad request</html>",
    "Bad request.", "Bad Request", "Not connected", #""is not an accepted origin""#, "\"", "\u{1}",
    #"{"code":-1,"message":"x"}"#,
  ])
  func `other bodies are not`(body: String) {
    let bytes = Array(body.utf8)
    #expect(EngineError(body: bytes.span.bytes) == nil)
  }
}
