import Analysis
import Testing

@Suite struct EngineRefusalTests {
  /// A refusal's body, and what it says.
  struct Known: Sendable, CustomTestStringConvertible {
    var body: String
    var reason: EngineRefusal.Reason
    var words: String

    init(_ body: String, _ reason: EngineRefusal.Reason, _ words: String) {
      (self.body, self.reason, self.words) = (body, reason, words)
    }

    var testDescription: String { body }
  }

  /// What Node's engine.io says by its codes: to polls in JSON, to upgrades bare; its uWebSockets server says both in JSON.
  static let node: [Known] = {
    let texts = [
      "Transport unknown", "Session ID unknown", "Bad handshake method", "Bad request", "Forbidden",
      "Unsupported protocol version",
    ]
    var known: [Known] = []
    for (reason, text) in zip(EngineRefusal.Reason.allCases, texts) {
      known.append(Known("{\"code\":\(reason.rawValue),\"message\":\"\(text)\"}", reason, text))
      known.append(Known(text, reason, text))
    }
    known.append(Known(#"{"code":4,"message":"not \"you\""}"#, .forbidden, #"not "you""#))
    return known
  }()

  /// What python-engineio says: a JSON string, or plain text where it is old.
  static let python: [Known] = [
    Known(#""Invalid session abc""#, .unknownSession, "Invalid session abc"),
    Known("Invalid session abc", .unknownSession, "Invalid session abc"),
    Known(#""'Session is disconnected' abc""#, .unknownSession, "'Session is disconnected' abc"),
    Known(#""Invalid transport""#, .unknownTransport, "Invalid transport"),
    Known(#""Not an accepted origin.""#, .badRequest, "Not an accepted origin."),
    Known(#""http://a is not an accepted origin.""#, .badRequest, "http://a is not an accepted origin."),
    Known(#""Invalid JSONP index number""#, .badRequest, "Invalid JSONP index number"),
    Known(#""Invalid websocket upgrade""#, .badRequest, "Invalid websocket upgrade"),
    Known(#""Not connected""#, .badRequest, "Not connected"),
    Known(#""Unexpected HTTP request""#, .badRequest, "Unexpected HTTP request"),
    Known(#""Bad Request""#, .badRequest, "Bad Request"), Known(#""Unauthorized""#, .forbidden, "Unauthorized"),
    Known(
      #""The client is using an unsupported version of the Socket.IO or Engine.IO protocols""#,
      .unsupportedProtocolVersion, "The client is using an unsupported version of the Socket.IO or Engine.IO protocols"),
  ]

  @Test("the words of all servers are known", arguments: node + python)
  func words(known: Known) {
    let refusal = EngineRefusal(body: known.body)
    #expect(refusal?.reason == known.reason)
    #expect(refusal?.words == known.words)
  }

  @Test(
    "other bodies are nobody's of these",
    arguments: [
      "", "<html>Bad request</html>", "Bad Request", "Not connected", #"{"message":"Forbidden"}"#, #"{"code":9}"#,
    ])
  func unknown(body: String) { #expect(EngineRefusal(body: body) == nil) }
}
