import Analysis
import Packets

/// A rule of RFC 6455, RFC 7692, Engine.IO or Socket.IO was broken.
struct ProtocolViolation: Rule {
  static let entry = CatalogueEntry(
    "protocol-violation",
    summary: "One side breaks RFC 6455, RFC 7692, Engine.IO or Socket.IO; `evidence.rule` names the rule.",
    proof: """
      One frame or packet is enough; there is one finding for each connection, direction and rule, with the first packet \
      and the count. A notice where peers put up with it. Legal and never flagged: control frames between fragments, empty \
      frames, unasked pongs, uncompressed messages on a compressed connection.
      """,
    causes: """
      A hand-written client or server, a proxy that changes bytes, libraries of different major versions (heartbeats in the \
      wrong direction: Engine.IO 3 against 4), two writers on one socket.
      """,
    remedy:
      "Find the sender's library by its version and update it; the finding quotes the document that has the rule.",
    mistakenFor: """
      Bytes that the capture lost, after which nothing is judged until the place is known again; client and server taken for \
      each other in a capture that starts in mid-stream.
      """)

  /// What a fact is about, however often it is told.
  private struct Breach: Hashable {
    var connection: Int
    var sid: String?
    var rule: String
    var direction: Direction
  }

  private var facts: [ViolationFacts] = []
  /// Where the latest fact about each breach stands.
  private var latest: [Breach: Int] = [:]

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .ruleBroken(let fact) = event else { return }
    // The final count takes the place of the first occurrence.
    let breach = Breach(
      connection: fact.place.connection, sid: fact.place.sid, rule: fact.rule.name, direction: fact.direction)
    if let known = latest[breach], facts[known].first == fact.first {
      facts[known] = fact
    } else {
      latest[breach] = facts.count
      facts.append(fact)
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    let wrong = Set(facts.filter(ProtocolViolation.isMasking).map { Masking($0, $0.direction) })
    // Where client and server were only guessed, and masking looks wrong on both sides, they were taken for each other.
    func isGuess(_ fact: ViolationFacts) -> Bool {
      fact.rolesInferred && ProtocolViolation.isMasking(fact)
        && wrong.contains(Masking(fact, fact.direction.reversed))
    }
    return grouped(
      facts.filter { !isGuess($0) }, by: { "\($0.place.webSocket) \($0.direction) \($0.rule.name)" }, place: \.place
    ).map { finding($0, scene) }
  }

  /// Where frames were masked that should not be, or the other way round.
  private struct Masking: Hashable {
    var connection: Int
    var direction: Direction

    init(_ fact: ViolationFacts, _ direction: Direction) {
      connection = fact.place.connection
      self.direction = direction
    }
  }

  private static func isMasking(_ fact: ViolationFacts) -> Bool {
    fact.rule.name == "unmasked-client-frame" || fact.rule.name == "masked-server-frame"
  }

  private func finding(_ legs: [ViolationFacts], _ scene: Scene) -> Finding {
    let first = legs[0]
    let name = first.rule.name
    let sender = first.direction == .clientToServer ? first.place.client : first.place.server
    let isTolerated = legs.allSatisfy(\.isTolerated)
    let words = ProtocolViolation.words[name] ?? (what: "broke \(name)", remedy: ProtocolViolation.entry.remedy)
    let again =
      first.count > 1 ? " It happened \(counted(first.count)) times, the last in \(scene.packet(first.last))." : ""
    var finding = Finding(
      "protocol-violation", isTolerated ? .notice : .error, .certain, blame: first.direction.senderBlame,
      connections: connections(of: legs.map(\.place)), at: first.first,
      packets: legs.flatMap { $0.count > 1 ? [$0.first, $0.last] : [$0.first] },
      title: "the \(first.direction.sender) \(words.what) (\(name))",
      detail: """
        \(sender) \(words.what) (\(scene.place(first.first))), against \(first.rule.section).\(value(first))\(again)\
        \(isTolerated ? " Peers put up with it." : "")
        """,
      evidence: [
        ("rule", .text(name)),
        ("direction", .text(first.direction == .clientToServer ? "clientToServer" : "serverToClient")),
        ("value", .count(Int(clamping: first.value))), ("occurrences", .count(first.count)), ("threshold", .count(1)),
      ],
      remedy: words.remedy)
    finding.sid = first.place.sid
    finding.until = first.last
    finding.count = first.count
    finding.endpoints = (first.place.client, first.place.server)
    return finding
  }

  private func value(_ fact: ViolationFacts) -> String {
    switch fact.rule.name {
    case "rsv-bits", "rsv1-on-continuation": " Reserved bits \(fact.value) (RSV1 is 4)."
    case "reserved-opcode": " Opcode 0x\(String(fact.value, radix: 16))."
    case "control-too-long", "length-not-minimal", "length-msb-set": " Length \(counted(fact.value))."
    case "close-code-invalid": " Code \(fact.value)."
    default: ""
    }
  }

  /// What each rule's breach is in words, and what to do about it.
  private static let words: [String: (what: String, remedy: String)] = {
    let library =
      "Update the sender's WebSocket library, or look for a proxy that changes frames; RFC-conformant peers close with 1002."
    let writers = "Let one writer at a time send on the socket: a whole message, or its fragments, before the next."
    let deflate =
      "Turn compression off to get going (perMessageDeflate: false), then update the side that compresses."
    let text = "Send bytes that are not UTF-8 as binary; peers close with 1007."
    let parser =
      "Find what writes this packet: a hand-written client, or libraries of different versions or parsers. The receiver answers `parse error` and closes without a code."
    return [
      "rsv-bits": ("set reserved bits that no extension uses", deflate),
      "rsv1-on-continuation": ("set RSV1 on a continuation frame", deflate),
      "reserved-opcode": ("sent a frame with a reserved opcode", library),
      "control-fragmented": ("sent a fragmented control frame", library),
      "control-too-long": ("sent a control frame of more than 125 bytes", library),
      "invalid-utf8": ("sent a text message that is not UTF-8", text),
      "unexpected-continuation": ("sent a continuation frame where no message was begun", writers),
      "interleaved-data-frame": ("began a message within another", writers),
      "unmasked-client-frame": ("sent a frame without a mask", library),
      "masked-server-frame": ("masked a frame", library),
      "length-not-minimal": ("wrote a length in more bytes than it needs", library),
      "length-msb-set": ("announced a length of 2^63 bytes or more", library),
      "data-after-close": (
        "sent data frames after its own Close frame",
        "Nothing to do for a library's goodbye; in own code, stop sending once close() was called."
      ),
      "close-payload-length-1": ("sent a Close frame with one byte", library),
      "close-code-invalid": (
        "sent a Close frame with a code that may not be on the wire",
        "Use 1000, 1001, a registered code, or one of your own from 4000 to 4999."
      ),
      "close-reason-utf8": ("sent a Close reason that is not UTF-8", text),
      "bad-deflate": ("sent a compressed message that can't be inflated", deflate),
      "engineio-packet-type": ("sent a message that is no Engine.IO packet", parser),
      "engineio-payload": ("sent a long-polling body that breaks its format", parser),
      "engineio-payload-revision": (
        "wrote a long-polling body in the format of Engine.IO 3 (Socket.IO 2), where the request says EIO=4",
        "Bring both sides to the same major version: socket.io-client 3 and 4 speak EIO=4, 1 and 2 EIO=3; the receiver answers `parse error`."
      ),
      "engineio-handshake": ("sent an open packet that can't be read", parser),
      "engineio-heartbeat-direction": (
        "sent a heartbeat in the wrong direction",
        "Bring both sides to the same Engine.IO revision: in 4 the server pings (`2`), in 3 the client. The receiver closes without a code (`transport error`)."
      ),
      "engineio-unexpected-packet": ("sent an open packet, which is the server's", parser),
      "socketio-packet": ("sent a message that is no Socket.IO packet", parser),
      "socketio-unexpected-binary": (
        "sent a binary message that belongs to no event",
        "Let both sides use the same parser, and one writer send an event with its attachments. The receiver answers `parse error` and closes without a code."
      ),
      "socketio-not-connected": (
        "sent an event before its CONNECT",
        "Send CONNECT (`40`) first and wait for the answer: Socket.IO 3 and later close the connection otherwise."
      ),
      "socketio-missing-payload": (
        "sent an event or ack without a payload",
        "Find what writes this packet. Node's Socket.IO takes it for an event without a name, which nothing listens to."
      ),
      "socketio-connect-without-sid": (
        "answered CONNECT without a socket id: it speaks Socket.IO 2, the client a later version",
        "Bring both sides to the same major version: socket.io-client 2 for a server of version 2, or update the server."
      ),
      "socketio-unexpected-payload": ("sent a DISCONNECT with a payload", parser),
      "socketio-payload-not-array": ("sent an event or ack whose payload is not an array", parser),
      "socketio-payload-not-object": ("sent a CONNECT or CONNECT_ERROR whose payload is not an object", parser),
      "socketio-missing-event-name": ("sent an event without a name", parser),
      "socketio-reserved-event-name": (
        "sent an event with a reserved name",
        "Rename it: connect, connect_error, disconnect, disconnecting, newListener and removeListener are Socket.IO's own."
      ),
      "socketio-unterminated-payload": ("sent a packet whose JSON does not end", parser),
    ]
  }()
}
