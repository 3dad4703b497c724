import Analysis
import Packets

/// A frame or fragmented message, or an event's attachments, of which the end never came.
struct IncompleteMessage: Rule {
  /// A message may be cut by the capture's end; two seconds of silence before it are no accident.
  static let wait = Interval.seconds(2)

  static let threshold: RuleThreshold? = RuleThreshold(
    wait,
    reason:
      "How long the capture goes on after the last byte: a message may be cut by its end, two seconds of silence are no accident."
  )

  static let entry = CatalogueEntry(
    "incomplete-message",
    summary: "A WebSocket frame, a fragmented message or an event's attachments began and never ended.",
    proof: """
      Less came than a frame's header announces, no final fragment, or fewer binary messages than an event announces, when \
      the connection ended, or when the capture did 2 s or more after the last byte (less: a notice).
      """,
    causes: """
      A sender that died or was cut off in the middle of a write, a proxy that truncates, a receiver that refused the rest; \
      for attachments a second emitter on the same socket, or a gateway that drops binary frames.
      """,
    remedy: """
      Look at the sender at the time of the last byte: a crash, an exception in a stream, a proxy's buffer or timeout \
      between. Nothing of the message reached the application.
      """,
    mistakenFor: "Bytes that the capture lost (capture-gap), a capture that ends too early, and a client that left.")

  private var messages: [Analysis.IncompleteMessage] = []
  private let wait: Interval

  init(thresholds: Thresholds) { wait = thresholds["incomplete-message"] ?? IncompleteMessage.wait }

  mutating func observe(_ event: TraceEvent) {
    guard case .messageIncomplete(let message) = event, severity(message) != nil else { return }
    messages.append(message)
  }

  /// How bad it is; `nil` where the receiver left in the middle of it, by its own will.
  private func severity(_ message: Analysis.IncompleteMessage) -> Severity? {
    if case .attachments(_, _, interrupted: true) = message.kind { return .error }
    let quiet = message.observedUntil.time - message.last.time
    guard message.ended != nil else { return quiet < wait ? .notice : .warning }
    guard message.isGoodbye else { return .error }
    if message.endedBy == message.direction { return .notice }
    return quiet < wait ? nil : .warning
  }

  func conclude(in scene: Scene) -> [Finding] {
    grouped(
      messages, by: { "\($0.place.webSocket) \($0.direction) \(IncompleteMessage.name($0.kind))" }, place: \.place
    )
    .map { finding($0, scene) }
  }

  private static func name(_ kind: Analysis.IncompleteMessage.Kind) -> String {
    switch kind {
    case .frame: "frame"
    case .fragments: "fragments"
    case .attachments: "attachments"
    }
  }

  private static func shortfall(_ kind: Analysis.IncompleteMessage.Kind) -> String {
    switch kind {
    case .frame(let received, let announced?): "\(counted(received)) of \(counted(announced)) bytes came"
    case .frame(let received, nil): "\(counted(received)) bytes came, and a frame header that is cut"
    case .fragments(let frames, let received):
      "\(counted(frames, "fragment")) with \(counted(received)) bytes came, and no final one"
    case .attachments(let received, let expected, let interrupted):
      "\(counted(received)) of \(counted(expected, "attachment")) came" + (interrupted ? ", then a text packet" : "")
    }
  }

  private func finding(_ group: [Analysis.IncompleteMessage], _ scene: Scene) -> Finding {
    let first = group[0]
    let severity = group.compactMap(severity).max() ?? .notice
    // The leg nearest to the sender on which it is cut tells whose it is.
    let nearest = first.direction == .clientToServer ? first : group.last ?? first
    let sender = first.direction == .clientToServer ? nearest.place.client : nearest.place.server
    let quiet = first.observedUntil.time - first.last.time
    let shortfall = IncompleteMessage.shortfall(first.kind)
    let after =
      first.ended.map {
        "\(duration(quiet)) later the \(first.endedBy?.sender ?? "other side") ended the connection (\(scene.place($0)))"
      } ?? "nothing more came in the \(duration(quiet)) to \(scene.place(first.observedUntil))"
    var finding = Finding(
      "incomplete-message", severity, .certain, blame: blame(first),
      connections: connections(of: group.map(\.place)), at: first.began,
      packets: group.flatMap { [$0.began, $0.last] + [$0.ended].compactMap { $0 } },
      title: "a message of the \(first.direction.sender) was never completed: \(shortfall)",
      detail: """
        \(sender) began a message (\(scene.place(first.began))); \(shortfall), the last in \(scene.packet(first.last)). \
        \(after.prefix(1).uppercased())\(after.dropFirst()).
        """,
      evidence: evidence(first, quiet),
      remedy: """
        Look at \(sender) at \(scene.clock(first.last)): a crash, an exception in the middle of a write, or a proxy behind it \
        that stopped passing bytes on.
        """)
    finding.sid = first.place.sid
    finding.until = first.ended
    finding.endpoints = (first.place.client, first.place.server)
    return finding
  }

  /// The sender, unless a proxy stands there; an end by the receiver in the middle of a message is the receiver's.
  private func blame(_ message: Analysis.IncompleteMessage) -> Blame {
    if message.endedBy == message.direction.reversed, message.observedUntil.time - message.last.time < wait {
      return message.direction.reversed.senderBlame
    }
    return message.direction.senderBlame
  }

  private func evidence(
    _ message: Analysis.IncompleteMessage, _ quiet: Interval
  ) -> [(name: String, value: EvidenceValue)] {
    var evidence: [(name: String, value: EvidenceValue)] = [
      ("kind", .text(IncompleteMessage.name(message.kind))), ("silence", .number(quiet.seconds)),
      ("threshold", .number(wait.seconds)),
      ("direction", .text(message.direction == .clientToServer ? "clientToServer" : "serverToClient")),
    ]
    switch message.kind {
    case .frame(let received, let announced):
      evidence.append(("received", .count(Int(clamping: received))))
      if let announced { evidence.append(("announced", .count(Int(clamping: announced)))) }
    case .fragments(let frames, let received):
      evidence += [("received", .count(Int(clamping: received))), ("frames", .count(frames))]
    case .attachments(let received, let expected, _):
      evidence += [("received", .count(received)), ("announced", .count(expected))]
    }
    return evidence
  }
}
