import HTTP
import Packets
import Testing

/// Where HTTP ends: upgrades, CONNECT, and answers that are none.
@Suite struct TunnelTests {
  static let upgrade = "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

  static let answers: [DialogueCase] = [
    .response("switches", to: upgrade, "HTTP/1.1 101 Switching Protocols\r\n\r\n", [.response(101, 1), .tunnel(1)]),
    .response(
      "refuses, and HTTP goes on", to: upgrade, "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno",
      [.response(400, 1), .body("no", 1), .end(1)]),
    .response(
      "agrees to CONNECT", to: "CONNECT a:1 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
      [.response(200, 1), .tunnel(1)]),
    .response(
      "refuses CONNECT", to: "CONNECT a:1 HTTP/1.1\r\n\r\n", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
      [.response(403, 1), .body("no", 1), .end(1)]),
    .response(
      "says 100 first", to: upgrade, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 x\r\n\r\n",
      [.interim(100, 1), .response(101, 1), .tunnel(1)]),
  ]

  @Test("a server", arguments: answers)
  func answer(example: DialogueCase) { example.check() }

  @Test("frames in the segment of the 101, and those that overtook it, are the tunnel's")
  func frames() {
    var hearing = Hearing()
    hearing.hear(Self.upgrade, .clientToServer)
    hearing.hear([0x81, 0x80, 1, 2, 3, 4], .clientToServer)
    hearing.hear(Array("HTTP/1.1 101 x\r\n\r\n".utf8) + [0x81, 0x01, 0x41], .serverToClient)
    #expect(hearing.tunnelled == [0x81, 0x01, 0x41, 0x81, 0x80, 1, 2, 3, 4])
    #expect(hearing.dialogue.isTunnel(.clientToServer) && hearing.dialogue.isTunnel(.serverToClient))
  }

  @Test("a client that goes on with HTTP behind a refused upgrade is read on")
  func refused() {
    var hearing = Hearing()
    hearing.hear(Self.upgrade + "GET /next HTTP/1.1\r\n\r\n", .clientToServer)
    hearing.hear("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n", .serverToClient)
    #expect(
      hearing.heard == [
        .request("GET /ws", 1), .end(1), .response(426, 1), .end(1), .request("GET /next", 2), .end(2),
      ])
  }

  @Test(
    "an upgrade to something else is a request like others until it is answered", arguments: ["h2c", "tcp", "TLS/1.0"])
  func otherProtocols(name: String) throws {
    let text = "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: \(name)\r\n\r\n"
    let head = try RequestHead(parsing: Array(text.utf8).span.bytes)
    #expect(!UpgradeRequest.isWebSocketIntent(head))
    #expect(UpgradeRequest(head) == nil)
    var hearing = Hearing()
    hearing.hear(text, .clientToServer)
    hearing.hear("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .serverToClient)
    hearing.hear("GET /2 HTTP/1.1\r\n\r\n", .clientToServer)
    #expect(
      hearing.heard == [
        .request("GET /", 1), .end(1), .response(200, 1), .end(1), .request("GET /2", 2), .end(2),
      ])
  }

  @Test("midway both directions look for the next head")
  func midStream() {
    var hearing = Hearing(midStream: true)
    hearing.hear("rest of a body\r\nGET /next HTTP/1.1\r\n\r\n", .clientToServer)
    hearing.hear("<html>\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .serverToClient)
    #expect(
      hearing.heard == [.skipped(16), .request("GET /next", 1), .end(1), .skipped(8), .response(200, 1), .end(1)])
  }

  @Test("a hole costs what it lies in")
  func holes() {
    var body = Hearing()
    body.hear("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", .serverToClient)
    body.miss(5, .serverToClient)
    body.hear("yzHTTP/1.1 204 x\r\n\r\n", .serverToClient)
    #expect(
      body.heard == [
        .response(200, 1), .body("ab", 1), .lost(5, .body(exchange: 1)), .body("yz", 1), .end(1, complete: false),
        .response(204, 2), .end(2),
      ])
    var chunk = Hearing()
    chunk.hear("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab", .serverToClient)
    chunk.miss(5, .serverToClient)
    chunk.hear("yz\r\n0\r\n\r\n", .serverToClient)
    #expect(
      chunk.heard == [
        .response(200, 1), .body("ab", 1), .lost(5, .body(exchange: 1)), .body("yz", 1), .end(1, complete: false),
      ])
    var head = Hearing()
    head.hear("GET / HT", .clientToServer)
    head.miss(20, .clientToServer)
    head.hear("x: y\r\n\r\nGET /2 HTTP/1.1\r\n\r\n", .clientToServer)
    #expect(head.heard == [.lost(20, .head(discarded: 8)), .skipped(8), .request("GET /2", 1), .end(1)])
  }
}
