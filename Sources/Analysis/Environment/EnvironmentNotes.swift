import HTTP
import Packets
import SocketIO

/// Gathers what peers say about themselves.
struct EnvironmentNotes {
  private(set) var facts = EnvironmentFacts()

  /// A round trip that is shorter tells nothing about distances.
  private static let leastRoundTrip = Interval.milliseconds(2)
  /// The share of a round trip that lies on the far side of a capture point beside one of the peers.
  private static let farShare = 0.8

  mutating func note(
    _ head: RequestHead, isOpening: Bool, server: Endpoint, at reference: PacketReference, connection: Int
  ) {
    func note(_ value: String?, in path: WritableKeyPath<EnvironmentFacts, Sightings>) {
      if let value { facts[keyPath: path].note(value, at: reference, connection: connection) }
    }
    note(head.fields["User-Agent"], in: \.userAgents)
    note(head.host, in: \.hosts)
    guard isOpening else { return }
    facts.hasOpenings = true
    note(ClientLibrary.name(head), in: \.clientLibraries)
    guard head.queryValue("EIO") != nil, let transport = head.queryValue("transport") else { return }
    note(head.path, in: \.paths)
    note("\(server.port)", in: \.ports)
    note(transport, in: \.transports)
  }

  mutating func note(
    _ head: ResponseHead, toRevision3: Bool, offersDeflate: Bool, at reference: PacketReference, connection: Int
  ) {
    let fields: [(String, WritableKeyPath<EnvironmentFacts, Sightings>)] = [
      ("Server", \.servers), ("X-Powered-By", \.frameworks), ("Via", \.vias),
    ]
    for (name, path) in fields {
      if let value = head.fields[name] { facts[keyPath: path].note(value, at: reference, connection: connection) }
    }
    // The request may be missing from the capture.
    if head.status == 101 { facts.hasOpenings = true }
    let here = Sighting(value: "\(head.status)", at: reference, connection: connection)
    if toRevision3, head.status == 200 || head.status == 101, facts.acceptedRevision3 == nil {
      facts.acceptedRevision3 = here
    }
    guard head.status == 101, offersDeflate else { return }
    if head.fields["Sec-WebSocket-Extensions"]?.holds("permessage-deflate") == true {
      facts.deflateAgreed = facts.deflateAgreed ?? here
    } else {
      facts.deflateDeclined = facts.deflateDeclined ?? here
    }
  }

  /// Takes a request for Engine.IO 3 that was refused with "Unsupported protocol version".
  mutating func noteRevision3Refused(status: Int, at reference: PacketReference, connection: Int) {
    guard facts.refusedRevision3 == nil else { return }
    facts.refusedRevision3 = Sighting(value: "\(status)", at: reference, connection: connection)
  }

  /// Takes a refusal of Engine.IO 3 that came behind a 101, which then accepted nothing.
  mutating func noteRevision3Refused(behind upgrade: PacketReference?, at reference: PacketReference, connection: Int) {
    if let upgrade, facts.acceptedRevision3?.at == upgrade { facts.acceptedRevision3 = nil }
    noteRevision3Refused(status: 400, at: reference, connection: connection)
  }

  /// Takes a connection's end: which leg it was, and which of its sides is near.
  mutating func settle(_ connection: ConnectionSummary) {
    if connection.leg != .only {
      facts.hasBothLegs = true
      for path in [\EnvironmentFacts.userAgents, \.clientLibraries, \.servers, \.frameworks, \.vias, \.hosts, \.ports] {
        facts[keyPath: path].settle(connection: connection.id, leg: connection.leg)
      }
    }
    guard let roundTrip = connection.tcp.roundTrip, roundTrip >= Self.leastRoundTrip, connection.tcp.synCount == 1,
      connection.tcp.synAckCount == 1, let asked = connection.tcp.syn.first, let answered = connection.tcp.synAck.first
    else { return }
    let share = (answered.time - asked.time).seconds / roundTrip.seconds
    if share > Self.farShare { facts.nearClient += 1 } else if share < 1 - Self.farShare { facts.nearServer += 1 }
  }
}

extension Analyzer {
  /// Takes note of a request that opens a session, or is the first of its connection.
  mutating func noteEnvironment(
    _ head: RequestHead, isOpening: Bool, _ conversation: Conversation, _ at: PacketReference
  ) {
    guard isOpening || conversation.requests.isEmpty, let endpoints = endpoints(of: conversation) else { return }
    state.environment.note(
      head, isOpening: isOpening, server: endpoints.server, at: at, connection: conversation.id)
  }

  /// Takes note of the answer to such a request.
  mutating func noteEnvironment(
    _ head: ResponseHead, _ open: Conversation.OpenExchange, _ conversation: Conversation, _ at: PacketReference
  ) {
    guard open.arrival != nil || conversation.requests.isEmpty else { return }
    let offer = conversation.attempt?.upgrade.extensions ?? ""
    state.environment.note(
      head, toRevision3: open.summary.target.holds("EIO=3"),
      offersDeflate: offer.holds("permessage-deflate"), at: at, connection: conversation.id)
  }

  /// Takes note of the end of an exchange: a server that refuses Engine.IO 3 says so in the body.
  mutating func noteEnvironment(_ open: Conversation.OpenExchange, _ conversation: Conversation) {
    guard let status = open.summary.status, status == 400, open.summary.target.holds("EIO=3"),
      let answer = open.summary.answer, EngineError(body: open.bodyExcerpt.span.bytes) == .unsupportedProtocolVersion
    else { return }
    state.environment.noteRevision3Refused(status: status, at: answer, connection: conversation.id)
  }
}
