import Analysis
import Packets

/// A stream of events paused, or ended without its end, far longer than its own rhythm.
struct StalledStream: Rule {
  /// A person waits a moment before wondering; models think for two seconds now and then.
  static let leastGap = Interval.seconds(2)
  /// Times the stream's own median gap, so that slow streams aren't called stalled.
  static let medianFactor = 5.0
  /// Times the longest gaps that the stream had before.
  static let rareFactor = 3.0
  /// From here on a person gives up.
  static let errorGap = Interval.seconds(10)
  /// Models think before their first token; after five seconds a person wonders.
  static let firstWait = Interval.seconds(5)
  /// Times the wait of the capture's other answers, so that a model that always thinks is not called stalled.
  static let firstWaitFactor = 3.0
  /// Waits remembered of each event.
  private static let mostWaits = 1024

  static let threshold: RuleThreshold? = RuleThreshold(
    leastGap,
    reason: "How long a stream may be silent: a person waits a moment before wondering, and models think now and then.")

  static let entry = CatalogueEntry(
    "stalled-stream",
    summary: "A stream of events (tokens of an answer) paused or stopped far longer than its own rhythm.",
    proof: """
      No event of the stream's name for more than 2 s, more than 5 times its median gap and, where it went on, 3 times its \
      99th percentile, while its end event was not seen. A stall that ended is a warning; one that never did is an error, or a notice where no other stream of the capture \
      teaches how such streams end and none is named with --stream. Also a first event later than 5 s and 3 times the wait of \
      the capture's other answers. Round trips that rose to more than 3 times the usual for more than a second meanwhile are \
      told with it. Answers that come at once are told apart by an id in their messages, where they have one.
      """,
    causes: """
      The application produced nothing (a slow model, an upstream API, a queue); the event loop was blocked (heartbeats \
      are missing too); the network lost packets; the receiver closed its window; a proxy held the bytes.
      """,
    remedy: """
      Look where the verdict points: the application's log between the two packets, the event loop (heartbeats), the \
      network (retransmissions), the browser tab (zero window), or the proxy (the other leg).
      """,
    mistakenFor: """
      A jittery model (gaps that belong to the rhythm), a user who left (the client closed first) or stopped the answer, \
      thoughts that end when the text begins, events that nobody asked for (presence, notices), an answer that is still \
      pending when the capture ends, and buffering-delay (bursts at a steady interval).
      """)

  private var pauses: [StreamPauseFacts] = []
  /// Long waits for a first message, and all waits by the stream's event.
  private var firstWaits: [StreamPauseFacts] = []
  private var waits: [String: [Interval]] = [:]

  /// Events that come without being asked for: their silence is nobody's.
  private var unasked: Set<String> = []

  private let leastGap: Interval

  init(thresholds: Thresholds) { leastGap = thresholds["stalled-stream"] ?? StalledStream.leastGap }

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .streamPaused(let pause) where pause.isFirstWait:
      if pause.isAnswer, !pause.hasHole, pause.gap > StalledStream.firstWait { firstWaits.append(pause) }
    case .streamPaused(let pause):
      if isStall(pause) { pauses.append(pause) }
    case .streamEnded(let stream):
      guard let wait = stream.firstMessageAfter, waits.count < StalledStream.mostWaits,
        waits[stream.event, default: []].count < StalledStream.mostWaits
      else { return }
      waits[stream.event, default: []].append(wait)
    case .captureEnded(let facts): unasked = facts.unaskedEvents
    default: break
    }
  }

  /// Whether an answer began far later than the others of its kind.
  private func isLate(_ wait: StreamPauseFacts) -> Bool {
    let all = (waits[wait.event] ?? []).sorted()
    guard all.count > 1 else { return false }
    return wait.gap.seconds > StalledStream.firstWaitFactor * all[(all.count - 1) / 2].seconds
  }

  private func isStall(_ pause: StreamPauseFacts) -> Bool {
    // A stream of unknown end may just have come to it: then it is a long silence that is worth a word.
    let leastGap = pause.isEndMissing ? leastGap : max(leastGap, StalledStream.errorGap)
    return !pause.hasHole && pause.gap > leastGap && pause.gap.seconds > StalledStream.rhythm(of: pause)
  }

  /// What a silence must exceed, in seconds, to be none of the stream's own rhythm.
  private static func rhythm(of pause: StreamPauseFacts) -> Double {
    // Where nothing followed, gaps like it before are no comfort.
    max(medianFactor * pause.median.seconds, pause.until == nil ? 0 : rareFactor * pause.percentile99.seconds)
  }

  func conclude(in scene: Scene) -> [Finding] {
    (pauses + firstWaits.filter(isLate)).filter { !unasked.contains($0.event) }.map { finding($0, scene) }
  }

  /// Who caused a silence.
  private struct Verdict {
    var blame: Blame
    var detail: BlameDetail?
    var because: String
    var remedy: String
  }

  private func verdict(_ pause: StreamPauseFacts, _ scene: Scene) -> Verdict {
    let span = "\(scene.clock(pause.from)) and \(scene.clock(pause.observedUntil))"
    // One way carries all answers in their order: what holds one back and not the other is who wrote them.
    if let other = pause.otherAnswer, (other.time - pause.from.time).seconds >= pause.gap.seconds * 0.5 {
      return Verdict(
        blame: .server, detail: .application,
        because:
          "Another answer went on meanwhile on the same connection (last: \(scene.place(other))), so neither the "
          + "network, a proxy nor the event loop stood still: the application produced nothing for this one.",
        remedy: "Look at the application's log between \(span): what this answer waited for, and the other did not.")
    }
    if let verdict = verdict(onNetwork: pause, span) ?? verdict(onTransport: pause, scene) { return verdict }
    if pause.isOnServerLeg == false {
      return Verdict(
        blame: .proxy, detail: .proxy,
        because: "The server's leg had the messages on time; the proxy \(pause.server.address) held them.",
        remedy: "Look at the proxy \(pause.server.address) between \(span).")
    }
    let isLooping = loopIsAlive(pause)
    if pause.isOnServerLeg == nil, !isLooping.isKnown || isLooping.isAlive {
      return Verdict(
        blame: .unknown, detail: .upstream,
        because: "TCP was healthy: no loss that explains it, windows open." + isLooping.sentence(scene)
          + " The cause lies upstream of this capture point: the application, or a proxy before it.",
        remedy: "Capture on the server's side too; look at the application behind \(pause.server) between \(span).")
    }
    if isLooping.isKnown, !isLooping.isAlive {
      return Verdict(
        blame: .server, detail: .eventLoop,
        because: "The server sent no heartbeat either: its event loop was blocked or its process stopped.",
        remedy:
          "Look what blocked the server between \(span): synchronous work, a stopped process or container, swapping.")
    }
    return Verdict(
      blame: .server, detail: .application,
      because:
        "Not the network: no loss that explains it, windows open. Not the proxy: the silence is on the server's leg too."
        + isLooping.sentence(scene) + " So the application produced nothing.",
      remedy: """
        Look at the application's log between \(span): what it waited for (the model, an upstream API, a queue) and why \
        it neither went on nor sent an error.
        """)
  }

  /// The verdict where TCP itself shows what held the messages back.
  private func verdict(onNetwork pause: StreamPauseFacts, _ span: String) -> Verdict? {
    if pause.retransmissionTimeouts > 0 {
      return Verdict(
        blame: .network, detail: .network,
        because:
          "The network lost packets: \(counted(pause.retransmissionTimeouts, "retransmission timeout")) in the silence.",
        remedy:
          "Look at the path between \(pause.client.address) and \(pause.server.address) between \(span): loss, a firewall, Wi-Fi."
      )
    }
    if pause.requestTimeouts > 0 {
      return Verdict(
        blame: .network, detail: .requestDirection,
        because: "What the client sent was lost: "
          + "\(counted(pause.requestTimeouts, "retransmission timeout")) of its own packets in the silence, none of the server's.",
        remedy:
          "Look at the path from \(pause.client.address) to \(pause.server.address) between \(span): the client's uplink, Wi-Fi, a firewall."
      )
    }
    if pause.zeroWindow {
      return Verdict(
        blame: .client, detail: .receiver,
        because: "The receiver closed its TCP window: it did not read.",
        remedy: "Look at the receiver \(pause.client.address): a frozen tab or a blocked process between \(span).")
    }
    return nil
  }

  /// The verdict where the messages waited for a poll or an upgrade.
  private func verdict(onTransport pause: StreamPauseFacts, _ scene: Scene) -> Verdict? {
    switch pause.transport {
    case .slowPolling(let request):
      return Verdict(
        blame: .client, detail: .receiver,
        because: "The session is on long-polling, and the client asked for more only at \(scene.place(request)).",
        remedy:
          "Look why \(pause.client.address) polled so late: a background tab, a blocked script. Let the upgrade to WebSocket work."
      )
    case .upgrade(let packet):
      return Verdict(
        blame: .unknown, detail: nil,
        because:
          "The messages came when the upgrade to WebSocket was complete (\(scene.place(packet))): they had waited for it.",
        remedy:
          "Look at the upgrade before \(scene.clock(packet)): what delayed its probe, or the answer to the open poll."
      )
    case nil: return nil
    }
  }

  /// What heartbeats say about the server's event loop during a silence.
  private struct Loop {
    var isKnown: Bool
    var isAlive: Bool
    var heartbeats: [PacketReference]

    func sentence(_ scene: Scene) -> String {
      guard isAlive else { return "" }
      let times = heartbeats.prefix(3).map { scene.time($0) }.joined(separator: ", ")
      return " Not a frozen server: it sent heartbeats at \(times)\(heartbeats.count > 3 ? ", …" : "")."
    }
  }

  private func loopIsAlive(_ pause: StreamPauseFacts) -> Loop {
    guard let interval = pause.pingInterval, pause.gap.seconds > interval.seconds * 1.5 else {
      return Loop(isKnown: !pause.heartbeats.isEmpty, isAlive: !pause.heartbeats.isEmpty, heartbeats: pause.heartbeats)
    }
    // A frozen server misses all but those of the silence's first moments.
    let expected = pause.gap.seconds / interval.seconds
    return Loop(
      isKnown: true, isAlive: Double(pause.heartbeats.count) >= expected * 0.5, heartbeats: pause.heartbeats)
  }

  private func finding(_ pause: StreamPauseFacts, _ scene: Scene) -> Finding {
    let verdict = verdict(pause, scene)
    let hasEnded = pause.until != nil
    let severity: Severity =
      !pause.isEndMissing ? .notice : hasEnded ? .warning : pause.gap >= StalledStream.errorGap ? .error : .warning
    let threshold =
      pause.isFirstWait
      ? StalledStream.firstWait.seconds : max(leastGap.seconds, StalledStream.rhythm(of: pause))
    var finding = Finding(
      "stalled-stream", severity, pause.isEndMissing ? .certain : .possible, blame: verdict.blame,
      blameDetail: verdict.detail,
      connections: pause.connections, at: pause.from,
      packets: [pause.from] + pause.heartbeats.prefix(8) + [pause.until ?? pause.observedUntil],
      title: StalledStream.title(pause, scene), detail: detail(pause, verdict, scene),
      evidence: [
        ("gap", .number(pause.gap.seconds)), ("threshold", .number(threshold)),
        ("median", .number(pause.median.seconds)),
        ("p99", .number(pause.percentile99.seconds)), ("messages", .count(pause.messages)),
        ("heartbeats", .count(pause.heartbeats.count)), ("event", .text(pause.event)),
      ],
      remedy: verdict.remedy)
    finding.sid = pause.sid
    finding.until = pause.until
    finding.endpoints = (pause.client, pause.server)
    return finding
  }

  private static func title(_ pause: StreamPauseFacts, _ scene: Scene) -> String {
    let answer = "the answer\(pause.trigger.map { " to `\($0.event)`" } ?? "")"
    if pause.isFirstWait { return "\(answer) began only after \(duration(pause.gap))" }
    let after = "after \(counted(pause.messages, "`\(pause.event)` message"))"
    if pause.until != nil { return "\(answer) stopped for \(duration(pause.gap)) \(after), then went on" }
    if scene.isRunning { return "\(answer) stopped and has not gone on \(after)" }
    // What is silent for less when the capture or the session ends may have been about to go on.
    return pause.gap < StalledStream.errorGap
      ? "\(answer) stopped \(after) and had not gone on \(duration(pause.gap)) later, at the end"
      : "\(answer) stopped for good \(after)"
  }

  private func detail(_ pause: StreamPauseFacts, _ verdict: Verdict, _ scene: Scene) -> String {
    if pause.isFirstWait {
      return """
        It was asked for at \(scene.place(pause.from)); its first `\(pause.event)` came at \(scene.place(pause.observedUntil)). \
        Other answers of this capture began far sooner. \(verdict.because)
        """
    }
    return """
      From \(scene.place(pause.from)), to \(scene.place(pause.observedUntil)), no `\(pause.event)` came, where one came \
      every \(duration(pause.median)) before (99 % within \(duration(pause.percentile99))). \(verdict.because)\
      \(pause.isEndMissing ? "" : " No other answer of this capture tells how such a stream ends, so this may be its end: name its end event with --stream to know.")
      """
  }
}
