import HTTP
import Testing

/// What of a handshake breaks RFC 6455 section 4 and RFC 7692 section 7.1, and what only looks unusual.
@Suite struct HandshakeTests {
  typealias Fields = [(name: String, value: String)]

  static let key = "dGhlIHNhbXBsZSBub25jZQ=="
  static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
  static let asked: Fields = [
    ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", key), ("Sec-WebSocket-Version", "13"),
  ]
  static let answered: Fields = [
    ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept),
  ]

  private func request(_ fields: Fields, method: String = "GET", version: ProtocolVersion = .http11) throws
    -> UpgradeRequest
  {
    let head = RequestHead(method: method, target: "/", version: version, fields: HeaderFields(fields))
    return try #require(UpgradeRequest(head))
  }

  private func faults(_ answer: Fields, to fields: Fields = asked) throws -> [HandshakeFault] {
    let head = ResponseHead(version: .http11, status: 101, reason: "", fields: HeaderFields(answer))
    return try #require(UpgradeAnswer(head)).faults(for: try request(fields))
  }

  /// Fields with one replaced, or taken out.
  private static func changed(_ fields: Fields, _ name: String, _ value: String?) -> Fields {
    fields.filter { $0.name != name } + (value.map { [(name, $0)] } ?? [])
  }

  @Test("RFC 6455's own example is without fault")
  func example() throws {
    #expect(try request(Self.asked).faults == [])
    #expect(try faults(Self.answered) == [])
    #expect(AcceptKey.value(for: Self.key) == Self.accept)
  }

  @Test("tokens may stand in any case, in a list, and over several lines")
  func tokens() throws {
    let fields: Fields = [
      ("upgrade", "WebSocket"), ("connection", "keep-alive, UPGRADE"), ("SEC-WEBSOCKET-KEY", Self.key),
      ("sec-websocket-version", "13"), ("Sec-WebSocket-Protocol", "a"), ("Sec-WebSocket-Protocol", "b, c"),
    ]
    let request = try request(fields)
    #expect(request.faults == [] && request.protocols == ["a", "b", "c"])
    #expect(try faults(Self.answered + [("Sec-WebSocket-Protocol", "c")], to: fields) == [])
  }

  @Test("a request's breaches are named")
  func requestFaults() throws {
    func faults(_ name: String, _ value: String?) throws -> [HandshakeFault] {
      try request(Self.changed(Self.asked, name, value)).faults
    }
    #expect(try request(Self.asked, method: "POST").faults == [.method("POST")])
    #expect(try request(Self.asked, version: .http10).faults == [.requestVersion(.http10)])
    #expect(try faults("Upgrade", nil) == [.upgradeMissing(.request, got: nil)])
    #expect(try faults("Connection", "keep-alive") == [.connectionMissing(.request, got: "keep-alive")])
    #expect(try faults("Sec-WebSocket-Key", nil) == [.keyMissing])
    for bad in ["", "dGhlIHNhbXBsZQ==", Self.key + "A", "dGhlIHNhbXBsZSBub25j*Q=="] {
      #expect(try faults("Sec-WebSocket-Key", bad) == [.keyInvalid(bad)])
    }
    #expect(try faults("Sec-WebSocket-Version", "8") == [.versionUnsupported("8")])
    #expect(try faults("Sec-WebSocket-Version", nil) == [.versionUnsupported(nil)])
    #expect(
      try request(Self.asked + [("Sec-WebSocket-Key", Self.key)]).faults == [.keyInvalid("\(Self.key), \(Self.key)")])
  }

  @Test("an answer's breaches are named")
  func answerFaults() throws {
    #expect(try faults(Self.changed(Self.answered, "Upgrade", "h2c")) == [.upgradeMissing(.response, got: "h2c")])
    #expect(try faults(Self.changed(Self.answered, "Connection", nil)) == [.connectionMissing(.response, got: nil)])
    #expect(
      try faults(Self.changed(Self.answered, "Sec-WebSocket-Accept", nil)) == [.acceptMissing(expected: Self.accept)])
    #expect(
      try faults(Self.changed(Self.answered, "Sec-WebSocket-Accept", "x")) == [
        .acceptWrong(expected: Self.accept, got: "x")
      ])
    let offering = Self.asked + [("Sec-WebSocket-Protocol", "a, b")]
    #expect(try faults(Self.answered, to: offering) == [.subprotocolNotChosen(offered: ["a", "b"])])
    #expect(
      try faults(Self.answered + [("Sec-WebSocket-Protocol", "d")], to: offering) == [
        .subprotocolNotOffered("d", offered: ["a", "b"])
      ])
    #expect(
      try faults(Self.answered + [("Sec-WebSocket-Protocol", "a, b")], to: offering) == [
        .subprotocolRepeated(["a", "b"])
      ])
    #expect(
      try faults(Self.answered + [("Sec-WebSocket-Extensions", "x-mux")]) == [.extensionNotOffered("x-mux")])
  }

  static let legal: [(offer: String, answer: String?)] = [
    ("permessage-deflate", nil), ("permessage-deflate", "permessage-deflate"),
    ("permessage-deflate; client_max_window_bits", "permessage-deflate"),
    ("permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=15"),
    ("permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=8"),
    ("permessage-deflate; client_max_window_bits=10", "permessage-deflate; client_max_window_bits=\"10\""),
    ("permessage-deflate", "permessage-deflate; server_max_window_bits=12; server_no_context_takeover"),
    ("permessage-deflate", "Permessage-Deflate; Client_No_Context_Takeover"),
    (
      "permessage-deflate; server_max_window_bits=10, permessage-deflate",
      "permessage-deflate; server_max_window_bits=10"
    ),
    ("permessage-deflate; server_no_context_takeover, permessage-deflate", "permessage-deflate"),
    ("x-webkit-deflate-frame, permessage-deflate", "permessage-deflate"),
  ]

  @Test("a legal answer to an offer, and a declined one, is without fault", arguments: legal)
  func legalAnswer(offer: String, answer: String?) throws {
    let asked = Self.asked + [("Sec-WebSocket-Extensions", offer)]
    #expect(try request(asked).faults == [])
    #expect(try faults(Self.answered + (answer.map { [("Sec-WebSocket-Extensions", $0)] } ?? []), to: asked) == [])
  }

  static let illegal: [(offer: String, answer: String, fault: HandshakeFault)] = [
    (
      "permessage-deflate", "permessage-deflate; client_max_window_bits=9",
      named("client_max_window_bits", "9", .notOffered)
    ),
    (
      "permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits",
      named("client_max_window_bits", nil, .valueMissing)
    ),
    (
      "permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=11",
      named("server_max_window_bits", "11", .greaterThanOffered(10))
    ),
    (
      "permessage-deflate; server_max_window_bits=10", "permessage-deflate",
      named("server_max_window_bits", nil, .ignored)
    ),
    (
      "permessage-deflate; server_no_context_takeover", "permessage-deflate",
      named("server_no_context_takeover", nil, .ignored)
    ),
    (
      "permessage-deflate", "permessage-deflate; server_max_window_bits=7",
      named("server_max_window_bits", "7", .outOfRange)
    ),
    (
      "permessage-deflate", "permessage-deflate; server_max_window_bits=08",
      named("server_max_window_bits", "08", .outOfRange)
    ),
    (
      "permessage-deflate", "permessage-deflate; server_no_context_takeover=1",
      named("server_no_context_takeover", "1", .valueUnexpected)
    ),
    ("permessage-deflate", "permessage-deflate; mystery", named("mystery", nil, .unknown)),
    (
      "permessage-deflate", "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
      named("server_no_context_takeover", nil, .repeated)
    ),
    ("permessage-deflate", "permessage-deflate, permessage-deflate", .deflateRepeated),
    ("permessage-deflate", "permessage-deflate; a=\"", .extensionMalformed(.response, "permessage-deflate; a=\"")),
  ]

  private static func named(_ name: String, _ value: String?, _ fault: HandshakeFault.DeflateFault) -> HandshakeFault {
    .deflateParameter(.response, name: name, value: value, fault)
  }

  @Test("an illegal answer is named", arguments: illegal)
  func illegalAnswer(offer: String, answer: String, fault: HandshakeFault) throws {
    let asked = Self.asked + [("Sec-WebSocket-Extensions", offer)]
    #expect(try faults(Self.answered + [("Sec-WebSocket-Extensions", answer)], to: asked) == [fault])
  }
}
