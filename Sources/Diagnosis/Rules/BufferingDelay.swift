import Analysis
import Packets

/// Messages, or the pieces of a streamed HTTP response, were held on their way and released in bursts.
struct BufferingDelay: Rule {
  static let threshold: RuleThreshold? = RuleThreshold(
    ProxyDelay.leastSpread,
    reason: "How long messages may be held: what stays under it nobody feels.")

  static let entry = CatalogueEntry(
    "buffering-delay",
    summary: "Messages or pieces of a streamed response were held on their way and released in bursts.",
    proof: """
      Two legs of a WebSocket: each message is the same bytes at the same offset, so its delay is known; the 95th \
      percentile of (delay - least delay) is 250 ms or more, at least 3 bursts left together, and no retransmission or \
      closed window explains it. One leg: at least 3 times, 4 or more messages within 1 ms after a silence of 250 ms and 5 \
      times the mean spacing, at a constant period or with a constant 4, 8, 16 or 32 kB; who held them is not known then. \
      Nagle: at least 5 small segments that left within 1 ms of the acknowledgement of the one before, which took 35 ms or \
      more. HTTP: a response that the server streamed over a second or more came to the client in a few pieces, late; where the capture \
      misses the request on one leg, time and first bytes tell which responses are one, if they can be no other's.
      """,
    causes: """
      A middlebox or TCP proxy that collects bytes (antivirus, DLP, a buffering load balancer); a server without \
      TCP_NODELAY; for streamed HTTP responses a proxy's gzip, or nginx's buffering of an HTTP/1.0 upstream.
      """,
    remedy: """
      WebSocket: take the middlebox out of the path, or switch its inspection off. Nagle: socket.setNoDelay(true). Streamed \
      HTTP: gzip off; proxy_http_version 1.1; proxy_buffering off; or the header X-Accel-Buffering: no.
      """,
    mistakenFor: """
      nginx's proxy_buffering, which does not touch a WebSocket tunnel; a server that emits in bursts (its own leg shows \
      them); loss, which delays and then releases what waited.
      """)

  private var delays: [LegDelay] = []
  private var bursts: [BurstFacts] = []
  private var sends: [DelayedSends] = []
  private var bodies: [StreamedBody] = []

  private let leastDelay: Interval

  init(thresholds: Thresholds) { leastDelay = thresholds["buffering-delay"] ?? ProxyDelay.leastSpread }

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .legsMeasured(let delay) where ProxyDelay.isHeld(delay, atLeast: leastDelay): delays.append(delay)
    case .burstsSeen(let facts) where BurstShape(facts) != nil: bursts.append(facts)
    case .sendsDelayed(let facts) where NagleDelay.isProven(facts): sends.append(facts)
    case .bodyStreamed(let body) where bodies.count < BufferedBody.mostBodies: bodies.append(body)
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    ProxyDelay.findings(delays, threshold: leastDelay, scene)
      + BurstShape.findings(bursts, threshold: leastDelay, scene) + NagleDelay.findings(sends, scene)
      + BufferedBody.findings(bodies, threshold: leastDelay, scene)
  }
}
