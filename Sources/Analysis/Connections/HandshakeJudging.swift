import Bytes
import HTTP
import Packets
import SocketIO

extension Analyzer {
  /// Where a fact about a connection that is open belongs.
  func place(of conversation: Conversation) -> ConnectionPlace? {
    guard let endpoints = endpoints(of: conversation) else { return nil }
    return ConnectionPlace(
      connection: conversation.id, client: endpoints.client, server: endpoints.server, leg: leg(of: conversation),
      sid: conversation.session?.sid ?? conversation.attempt?.sid,
      key: conversation.channel?.key ?? conversation.attempt?.key)
  }

  /// Takes the 101 that made a WebSocket: what its handshake promises, and where it breaks the rules.
  mutating func begin(
    _ channel: WebSocketChannel, _ attempt: Conversation.PendingUpgrade, _ head: ResponseHead,
    _ conversation: Conversation, _ at: PacketReference
  ) {
    channel.watch.isVersionKnown = attempt.isEngineIO
    if let session = conversation.session {
      session.note(attempt.version)
      if session.isUpgraded { channel.watch.probe.wasUpgraded = true }
    }
    guard let answer = UpgradeAnswer(head), let place = place(of: conversation) else { return }
    let flaws = (attempt.upgrade.faults + answer.faults(for: attempt.upgrade)).compactMap(HandshakeFlaw.init)
    guard !flaws.isEmpty else { return }
    state.events.append(
      .handshakeFlawed(
        HandshakeFacts(place: place, request: attempt.at, answer: at, status: head.status, body: "", flaws: flaws)))
  }

  /// Says what was wrong with an upgrade request that got no 101.
  mutating func judgeRefusal(
    of attempt: Conversation.PendingUpgrade, _ conversation: Conversation, _ outcome: UpgradeAttempt.Outcome
  ) {
    guard case .refused(let status, _, let body, let answer) = outcome else { return }
    let flaws = attempt.upgrade.faults.compactMap(HandshakeFlaw.init)
    guard !flaws.isEmpty, var place = place(of: conversation) else { return }
    place.key = attempt.key
    place.sid = attempt.sid
    state.events.append(
      .handshakeFlawed(
        HandshakeFacts(
          place: place, request: attempt.at, answer: answer, status: status, body: body, flaws: flaws)))
  }

  /// Tells of HTTP where a frame should be.
  mutating func noteHTTP(
    _ bytes: RawSpan, _ conversation: Conversation, _ direction: Direction, _ at: PacketReference
  ) {
    guard let place = place(of: conversation) else { return }
    var text = bytes.text(in: 0..<min(bytes.byteCount, state.options.limits.bodyExcerpt))
    // Where the segment before ended with the first byte, the decoder has it.
    if text.hasPrefix("TTP/") { text = "H" + text }
    if text.contains("\(EngineError.unsupportedProtocolVersion.text)") {
      state.environment.noteRevision3Refused(
        behind: conversation.channel?.upgradedAt, at: at, connection: place.connection)
    }
    state.events.append(.httpAfterUpgrade(HTTPAfterUpgrade(place: place, at: at, direction: direction, text: text)))
  }
}

extension HandshakeFlaw {
  /// The fault of a handshake as a report tells it; `nil` for those that other facts tell: a request of HTTP/1.0, and one
  /// without upgrade headers.
  init?(_ fault: HandshakeFault) {
    switch fault {
    case .requestVersion, .upgradeMissing(.request, _), .connectionMissing(.request, _): return nil
    case .method(let got): self.init(.method, "request method", got: got, expected: "GET")
    case .upgradeMissing(.response, let got):
      self.init(.upgradeMissing, isAnswer: true, "Upgrade", got: got, expected: "websocket")
    case .connectionMissing(.response, let got):
      self.init(.connectionMissing, isAnswer: true, "Connection", got: got, expected: "Upgrade")
    case .keyMissing: self.init(.keyMissing, "Sec-WebSocket-Key", got: nil, expected: "16 random bytes in base64")
    case .keyInvalid(let got):
      self.init(.keyInvalid, "Sec-WebSocket-Key", got: got, expected: "16 random bytes in base64")
    case .versionUnsupported(let got):
      self.init(.versionUnsupported, "Sec-WebSocket-Version", got: got, expected: "13")
    case .acceptMissing(let expected):
      self.init(.acceptMissing, isAnswer: true, "Sec-WebSocket-Accept", got: nil, expected: expected)
    case .acceptWrong(let expected, let got):
      self.init(.acceptWrong, isAnswer: true, "Sec-WebSocket-Accept", got: got, expected: expected)
    case .subprotocolNotOffered(let got, let offered):
      self.init(
        .subprotocolNotOffered, isAnswer: true, "Sec-WebSocket-Protocol", got: got,
        expected: offered.isEmpty ? "none" : offered.joined(separator: " or "))
    case .subprotocolNotChosen(let offered):
      self.init(
        .subprotocolNotChosen, isAnswer: true, "Sec-WebSocket-Protocol", got: nil,
        expected: offered.joined(separator: " or "))
    case .subprotocolRepeated(let got):
      self.init(
        .subprotocolRepeated, isAnswer: true, "Sec-WebSocket-Protocol", got: got.joined(separator: ", "),
        expected: "one of them")
    case .extensionMalformed(let side, let got):
      self.init(.extensionMalformed, isAnswer: side == .response, "Sec-WebSocket-Extensions", got: got, expected: nil)
    case .extensionNotOffered(let got):
      self.init(.extensionNotOffered, isAnswer: true, "Sec-WebSocket-Extensions", got: got, expected: "none")
    case .deflateRepeated:
      self.init(
        .deflateRepeated, isAnswer: true, "Sec-WebSocket-Extensions", got: "permessage-deflate, permessage-deflate",
        expected: "permessage-deflate once")
    case .deflateParameter(let side, let name, let value, let fault):
      self.init(
        .deflateParameter, isAnswer: side == .response, "Sec-WebSocket-Extensions",
        got: value.map { "\(name)=\($0)" } ?? name, expected: HandshakeFlaw.expectation(fault))
    }
  }

  private init(_ kind: Kind, isAnswer: Bool = false, _ field: String, got: String?, expected: String?) {
    self.init(kind: kind, isAnswer: isAnswer, field: field, got: got, expected: expected)
  }

  private static func expectation(_ fault: HandshakeFault.DeflateFault) -> String {
    switch fault {
    case .unknown: "a parameter of RFC 7692"
    case .repeated: "the parameter once"
    case .valueUnexpected: "the parameter without a value"
    case .valueMissing: "a value from 8 to 15"
    case .outOfRange: "a value from 8 to 15"
    case .notOffered: "only what the client offered"
    case .greaterThanOffered(let most): "at most \(most)"
    case .ignored: "the parameter, because the offer asks for it"
    }
  }
}
