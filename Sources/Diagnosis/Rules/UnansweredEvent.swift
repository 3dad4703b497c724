import Analysis
import Packets

/// A client event got no ack although it asked for one, or not the stream that the same event brings elsewhere.
struct UnansweredEvent: Rule {
  /// No protocol limits an ack; after ten seconds a person has given up.
  static let wait = Interval.seconds(10)
  /// Middleware answers a CONNECT in a moment; the server closes after 45 s without one.
  static let waitForConnect = Interval.seconds(5)

  static let threshold: RuleThreshold? = RuleThreshold(
    wait,
    reason: "How long an event may go without its answer: models and databases take seconds.")

  static let entry = CatalogueEntry(
    "unanswered-event",
    summary:
      "A client's event or CONNECT got no answer: no ack that it asked for, or no stream where its like brings one.",
    proof: """
      More than 10 s after the event nothing had come, while the session was open and the capture went on. The stream is \
      expected only because the same event brought one elsewhere in the capture. A CONNECT waits 5 s at most.
      """,
    causes:
      "The handler failed or waits (model, queue, database), never calls its ack, or emits to another room or socket.",
    remedy:
      "Look for the event in the server's log; make the handler answer errors too; use `socket.timeout(5000).emit(…)`.",
    mistakenFor: "stalled-stream, where the answer had begun; and an ack that the application never sends by design.")

  private var events: [Analysis.UnansweredEvent] = []
  private var connects: [UnansweredConnect] = []

  private let wait: Interval

  init(thresholds: Thresholds) { wait = thresholds["unanswered-event"] ?? UnansweredEvent.wait }

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .eventUnanswered(let unanswered) where unanswered.waited > wait: events.append(unanswered)
    case .connectUnanswered(let connect) where connect.waited > UnansweredEvent.waitForConnect: connects.append(connect)
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    events.map { finding($0, scene) }
      + grouped(connects, by: { "\($0.place.webSocket) \($0.namespace)" }, place: \.place).map { finding($0, scene) }
  }

  private func finding(_ event: Analysis.UnansweredEvent, _ scene: Scene) -> Finding {
    let isStream = event.expectedStream != nil
    let ack = event.acknowledged
    var detail = "The client sent `\(event.event)` (\(scene.place(event.sent)))"
    detail += ack.map { "; the server acknowledged it (\(scene.packet($0))), so it was received" } ?? ""
    detail +=
      isStream
      ? ", but no `\(event.expectedStream ?? "")` followed in \(duration(event.waited)), as it did for others of its kind."
      : " and asked for an ack; none came in \(duration(event.waited))."
    if event.heartbeats > 0 {
      detail += " The server is not frozen: \(counted(event.heartbeats, "heartbeat")) came meanwhile."
    }
    var finding = Finding(
      "unanswered-event", isStream ? .error : .notice, isStream ? .certain : .possible,
      blame: event.heartbeats > 0 || ack != nil ? .server : .unknown,
      blameDetail: ack != nil ? .application : .upstream,
      connections: event.connections, at: event.sent,
      packets: [event.sent] + [ack].compactMap { $0 } + [event.observedUntil],
      title: isStream
        ? "`\(event.event)` got no answer: no `\(event.expectedStream ?? "")` in \(duration(event.waited))"
        : "`\(event.event)` got no ack in \(duration(event.waited))",
      detail: detail,
      evidence: [
        ("waited", .number(event.waited.seconds)), ("threshold", .number(wait.seconds)),
        ("acknowledged", .flag(ack != nil)), ("heartbeats", .count(event.heartbeats)), ("event", .text(event.event)),
      ],
      remedy:
        "Look at the log of the application behind \(event.server) from \(scene.clock(event.sent)) on: what its handler of `\(event.event)` waited for, or which error it swallowed. Let it answer errors too."
    )
    finding.sid = event.sid
    finding.endpoints = (event.client, event.server)
    return finding
  }
}
