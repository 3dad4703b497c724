import HTTP
import Packets
import Testing

/// Messages and the framing of their bodies (RFC 9112).
@Suite struct MessageTests {
  static let requests: [DialogueCase] = [
    .request("without a body", "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", [.request("GET /a", 1), .end(1)]),
    .request("with bare line feeds", "GET /a HTTP/1.1\nHost: x\n\n", [.request("GET /a", 1), .end(1)]),
    .request("behind empty lines", "\r\n\r\nGET /a HTTP/1.1\r\n\r\n", [.request("GET /a", 1), .end(1)]),
    .request(
      "with a body", "POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\n42[1]",
      [.request("POST /p", 1), .body("42[1]", 1), .end(1)]),
    .request(
      "with a length that is said twice", "POST /p HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2, 2\r\n\r\nok",
      [.request("POST /p", 1), .body("ok", 1), .end(1)]),
    .request(
      "with two lengths", "POST /p HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
      [.request("POST /p", 1), .fault(.conflictingLengths(["2", "3"]), 1), .end(1, complete: false)]),
    .request(
      "with a length that is no number", "POST /p HTTP/1.1\r\nContent-Length: -2\r\n\r\n",
      [.request("POST /p", 1), .fault(.invalidLength("-2"), 1), .end(1, complete: false)]),
    .request(
      "with a length beyond all", "POST /p HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
      [.request("POST /p", 1), .fault(.invalidLength("99999999999999999999"), 1), .end(1, complete: false)]),
    .request(
      "with a coding that has no end", "POST /p HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
      [.request("POST /p", 1), .fault(.transferCodings(["gzip"]), 1), .end(1, complete: false)]),
    .request(
      "chunked, beside a length",
      "POST /p HTTP/1.1\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
      [.request("POST /p", 1), .body("ok", 1), .end(1)]),
    .request(
      "pipelined", "GET /a HTTP/1.1\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 1\r\n\r\n2GET /c HTTP/1.1\r\n\r\n",
      [
        .request("GET /a", 1), .end(1), .request("POST /b", 2), .body("2", 2), .end(2), .request("GET /c", 3), .end(3),
      ]),
    .request(
      "with a target that has spaces", "GET /a b c HTTP/1.1\r\n\r\n", [.request("GET /a b c", 1), .end(1)]),
    .request(
      "in absolute form", "GET http://x:8080/socket.io/?EIO=4 HTTP/1.1\r\n\r\n",
      [.request("GET http://x:8080/socket.io/?EIO=4", 1), .end(1)]),
    .request(
      "behind a PROXY line", "PROXY TCP4 192.0.2.1 192.0.2.2 56324 8080\r\nGET / HTTP/1.1\r\n\r\n",
      [.proxy("192.0.2.1:56324"), .request("GET /", 1), .end(1)]),
    .request("something else", "EHLO mail.example\r\nQUIT\r\n", [.notHTTP, .skipped(25)]),
    .request("nearly the preface of HTTP/2", "PRI * \nHTTP/2.0\r\n\r\n", [.notHTTP, .skipped(19)]),
    .request("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [.http2, .skipped(24)]),
  ]

  static let responses: [DialogueCase] = [
    .response(
      "with a length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", [.response(200, 1), .body("ok", 1), .end(1)]),
    .response("without a reason", "HTTP/1.1 204\r\n\r\n", [.response(204, 1), .end(1)]),
    .response("not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", [.response(304, 1), .end(1)]),
    .response(
      "to HEAD", to: "HEAD / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
      [.response(200, 1), .end(1)]),
    .response(
      "until the connection's end", "HTTP/1.0 200 OK\r\n\r\nall of it", [.response(200, 1), .body("all of it", 1)]),
    .response(
      "behind provisional ones",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      [.interim(100, 1), .interim(103, 1), .response(200, 1), .end(1)]),
    .response(
      "coded and until the end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nxyz",
      [.response(200, 1), .body("xyz", 1)]),
    .response(
      "chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n42[\"\r\n5\r\na\"]\r\n\r\n0\r\n\r\n",
      [.response(200, 1), .body("42[\"a\"]\r\n", 1), .end(1)]),
    .response(
      "in chunks with extensions, capitals and leading zeros",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n002;a=b;c=\"x\\\";y\"\r\nok\r\nA ; q\r\n0123456789\r\n0;end\r\n\r\n",
      [.response(200, 1), .body("ok0123456789", 1), .end(1)]),
    .response(
      "in chunks with trailers",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nDigest: abc\r\nServer-Timing: a,\r\n b\r\n\r\n",
      [.response(200, 1), .body("ok", 1), .trailers(["Digest: abc", "Server-Timing: a, b"], 1), .end(1)]),
    .response(
      "in chunks that end in bare line feeds",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\n0\n\n",
      [.response(200, 1), .body("ok", 1), .end(1)]),
    .response(
      "in a chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
      [.response(200, 1), .fault(.chunkSize, 1), .end(1, complete: false), .skipped(5)]),
    .response(
      "in a chunk that is longer than it says",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n",
      [.response(200, 1), .body("ok", 1), .fault(.chunkEnd, 1), .end(1, complete: false), .skipped(4)]),
    .response(
      "in a chunk whose size has no end",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
      [.response(200, 1), .fault(.chunkSize, 1), .end(1, complete: false), .skipped(3)]),
    .response(
      "a second one in the place of rubbish", "HTTP/1.1 204 \r\n\r\nHTTQ/1.1 200 OK\r\n\r\n",
      [.response(204, 1), .end(1), .fault(.startLine, 2), .skipped(19)]),
  ]

  @Test("a request is", arguments: requests)
  func request(example: DialogueCase) { example.check() }

  @Test("a response is", arguments: responses)
  func response(example: DialogueCase) { example.check() }

  @Test("TLS is named and skipped")
  func encrypted() {
    var hearing = Hearing()
    for byte in [0x16, 0x03, 0x01, 0x02, 0x00, 0x01] as [UInt8] { hearing.hear([byte], .clientToServer) }
    #expect(hearing.heard == [.encrypted, .skipped(6)])
  }

  @Test("a body that the connection's end cuts is not complete", arguments: [true, false])
  func cutBody(cleanly: Bool) {
    let cases: [(String, [Heard])] = [
      ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", [.body("ok", 1), .end(1, complete: false)]),
      (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
        [.body("ok", 1), .end(1, complete: false)]
      ),
      (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nDi",
        [.body("ok", 1), .end(1, complete: false)]
      ),
      ("HTTP/1.1 200 OK\r\n\r\nok", [.body("ok", 1), .end(1, complete: cleanly)]),
    ]
    for (text, heard) in cases {
      var hearing = Hearing()
      hearing.hear(text, .serverToClient)
      hearing.finish(.serverToClient, cleanly: cleanly)
      #expect(hearing.heard == [.response(200, 1)] + heard)
    }
  }

  @Test("a head that the connection's end cuts is told with its length")
  func cutHead() {
    var hearing = Hearing()
    hearing.hear("GET /socket.io/ HTTP/1.1\r\nHos", .clientToServer)
    hearing.finish(.clientToServer)
    #expect(hearing.heard == [.fault(.incompleteHead(29), 1)])
  }

  @Test("a head beyond its limit is a fault, and one at it is not")
  func longHead() {
    var limits = HTTPLimits()
    let head = "GET / HTTP/1.1\r\nCookie: \(String(repeating: "x", count: 100))\r\n\r\n"
    limits.headBytes = head.utf8.count
    var fits = Hearing(limits: limits)
    fits.hear(head, .clientToServer)
    #expect(fits.heard == [.request("GET /", 1), .end(1)])
    limits.headBytes -= 1
    var refused = Hearing(limits: limits)
    refused.hear(head, .clientToServer)
    #expect(refused.heard.first == .fault(.headLimit(limits.headBytes), 1))
  }
}
