import Analysis
import Packets

/// The settings that the wire shows.
struct SeenSettings {
  let sessions: [SessionSummary]
  let environment: EnvironmentFacts
  /// Requests for a WebSocket that reached the server without their upgrade headers.
  let stripped: [(connection: Int, request: PacketReference)]

  /// All that is not as it is expected to be, in the order of the expectations.
  func mismatches(with expected: Expectations) -> [Mismatch] {
    handshakes(expected) + protocols(expected) + places(expected) + software(expected)
  }

  // MARK: What the Engine.IO handshake tells

  private func handshakes(_ expected: Expectations) -> [Mismatch] {
    [
      expected.pingInterval.flatMap { wanted in
        differing("pingInterval", wanted: wanted, \.pingInterval, python: "ping_interval")
      },
      expected.pingTimeout.flatMap { wanted in
        differing("pingTimeout", wanted: wanted, \.pingTimeout, python: "ping_timeout")
      },
      expected.maxPayload.flatMap(payload),
    ].compactMap { $0 }
  }

  private func differing(
    _ name: String, wanted: Interval, _ path: KeyPath<SessionSummary, Double?>, python: String
  ) -> Mismatch? {
    let wrong = sessions.filter { $0[keyPath: path].map { abs($0 - wanted.seconds) > 0.0005 } ?? false }
    guard let first = wrong.first, let seconds = first[keyPath: path] else { return nil }
    let milliseconds = "\(Int(wanted.seconds * 1000))"
    return Mismatch(
      setting: name, expected: milliseconds, seen: "\(Int(clamping: Int64(seconds * 1000)))",
      places: wrong.map(Mismatch.Place.init),
      words: "The server's handshake says \(name) \(Int(clamping: Int64(seconds * 1000))) ms",
      remedy: """
        In the options of the server that answered there (python-socketio: \(python), in seconds):
            \(name): \(milliseconds)
        """)
  }

  private func payload(_ wanted: Int) -> Mismatch? {
    let wrong = sessions.filter { $0.maxPayload.map { $0 != wanted } ?? false }
    guard let first = wrong.first, let seen = first.maxPayload else { return nil }
    return Mismatch(
      setting: "maxPayload", expected: "\(wanted)", seen: "\(seen)", places: wrong.map(Mismatch.Place.init),
      words: "The server's handshake says maxPayload \(seen) bytes",
      remedy: """
        In the options of the server that answered there (python-socketio: max_http_buffer_size):
            maxHttpBufferSize: \(wanted)
        """)
  }

  // MARK: What requests and answers show

  private func protocols(_ expected: Expectations) -> [Mismatch] {
    [
      expected.transports.flatMap(transports), expected.allowEIO3.flatMap(revision3),
      expected.connectionStateRecovery.flatMap(recovery), expected.perMessageDeflate.flatMap(deflate),
    ].compactMap { $0 }
  }

  private func transports(_ wanted: [String]) -> Mismatch? {
    let list = wanted.joined(separator: ", ")
    let others = sessions.filter { session in session.transports.contains { !wanted.contains($0.rawValue) } }
    if let first = others.first {
      let seen = first.transports.map(\.rawValue).joined(separator: ", ")
      return Mismatch(
        setting: "transports", expected: list, seen: seen, places: others.map(Mismatch.Place.init),
        words: "The server took a session by \(seen)",
        remedy: """
          In the options of the server, and of the client:
              transports: [\(wanted.map { "\"\($0)\"" }.joined(separator: ", "))]
          """)
    }
    guard wanted.contains("websocket") else { return nil }
    let missing = sessions.filter {
      $0.pingInterval != nil && !$0.offersWebSocket && $0.transports.first == .polling && !$0.upgraded
    }
    guard !missing.isEmpty else { return nil }
    return Mismatch(
      setting: "transports", expected: list, seen: "polling only", places: missing.map(Mismatch.Place.init),
      words: "The server's handshake offers no upgrade to WebSocket",
      remedy: """
        In the options of the server that answered there (and no allowUpgrades: false):
            transports: [\(wanted.map { "\"\($0)\"" }.joined(separator: ", "))]
        """)
  }

  private func revision3(_ isAllowed: Bool) -> Mismatch? {
    guard let sighting = isAllowed ? environment.refusedRevision3 : environment.acceptedRevision3 else { return nil }
    return Mismatch(
      setting: "allowEIO3", expected: "\(isAllowed)", seen: "\(!isAllowed)", places: [Mismatch.Place(sighting)],
      words: "The server answered a client of Engine.IO 3 with status \(sighting.value)",
      remedy: """
        In the options of the Socket.IO server that answered there:
            allowEIO3: \(isAllowed)
        """)
  }

  private func recovery(_ isWanted: Bool) -> Mismatch? {
    let wrong = sessions.filter { $0.engineIO == 4 && $0.recovery.isOffered != isWanted }
    let places = wrong.compactMap { session in
      session.recovery.answered.map {
        Mismatch.Place(at: $0, connection: session.connections.first ?? 0, sid: session.sid)
      }
    }
    guard !places.isEmpty else { return nil }
    return Mismatch(
      setting: "connectionStateRecovery", expected: "\(isWanted)", seen: "\(!isWanted)", places: places,
      words: "The server's answer to CONNECT has \(isWanted ? "no" : "a") pid",
      remedy: isWanted
        ? """
        In the options of the Socket.IO server (4.6 or later; not every adapter can do it):
            connectionStateRecovery: { maxDisconnectionDuration: 120000 }
        """ : "Take connectionStateRecovery out of the server's options, or correct the expectation.")
  }

  private func deflate(_ isWanted: Bool) -> Mismatch? {
    guard environment.deflateAgreed == nil || !isWanted,
      let sighting = isWanted ? environment.deflateDeclined : environment.deflateAgreed
    else { return nil }
    return Mismatch(
      setting: "perMessageDeflate", expected: "\(isWanted)", seen: "\(!isWanted)", places: [Mismatch.Place(sighting)],
      words: isWanted ? "The 101 declined the permessage-deflate that was offered" : "The 101 agreed on an extension",
      remedy: """
        In the options of the server that answered there:
            perMessageDeflate: \(isWanted)
        """)
  }
}
