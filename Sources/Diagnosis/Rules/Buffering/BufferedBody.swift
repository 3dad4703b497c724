import Analysis
import Packets

/// A streamed HTTP response that a proxy collected: many pieces on the server's leg, few and late ones on the client's.
enum BufferedBody {
  /// Streamed responses remembered to find their other leg; only those of a second or more are told.
  static let mostBodies = 65_536
  /// So many pieces over this time were meant to be seen one by one.
  static let fewestPieces = 8
  static let leastTime = Interval.seconds(1)
  /// How much fewer pieces come out than went in, where a buffer holds them.
  static let pieceRatio = 4

  static func findings(_ bodies: [StreamedBody], threshold: Interval, _ scene: Scene) -> [Finding] {
    let pairs = BodyPairing(bodies).pairs
    return Dictionary(grouping: pairs.filter { isHeld($0, for: threshold) }) { "\($0.front.server) \(cause(of: $0))" }
      .sorted { $0.key < $1.key }.map { finding($0.value, threshold, scene) } + alone(bodies, pairs, scene)
  }

  private static func cause(of pair: BodyPair) -> String {
    if pair.front.coding != nil, pair.back.coding == nil { return "gzip" }
    return pair.back.request?.version == "1.0" ? "http10-upstream" : "proxy-buffering"
  }

  private static func isHeld(_ pair: BodyPair, for threshold: Interval) -> Bool {
    pair.back.pieces >= fewestPieces && pair.back.last.time - pair.back.first.time >= leastTime
      && pair.front.pieces * pieceRatio <= pair.back.pieces && pair.delay >= threshold && !pair.front.isNetworkTroubled
  }

  private static func finding(_ pairs: [BodyPair], _ threshold: Interval, _ scene: Scene) -> Finding {
    let worst = pairs.max { $0.delay < $1.delay } ?? pairs[0]
    let (front, back, cause) = (worst.front, worst.back, cause(of: worst))
    let proxy = front.server.address
    var finding = Finding(
      "buffering-delay", .warning, worst.isByContent ? .likely : .certain, blame: .proxy, blameDetail: .proxy,
      connections: pairs.flatMap { [$0.front.connection, $0.back.connection] }.eachOnce(), at: back.first,
      packets: pairs.flatMap { [$0.back.first, $0.back.last, $0.front.first, $0.front.last] },
      title:
        "\(proxy) held a streamed response for \(duration(worst.delay)): \(worst.request.method) \(worst.request.target.prefix(60))",
      detail: """
        The server sent its body in \(counted(back.pieces)) pieces from \(scene.time(back.first)) to \(scene.time(back.last)); the \
        client got it in \(counted(front.pieces, "piece")), the first at \(scene.time(front.first)) \
        (\(scene.packet(front.first))). \(words(worst))\(worst.isByContent ? missingRequest(worst) : "")
        """,
      evidence: [
        ("delay", .number(worst.delay.seconds)), ("threshold", .number(threshold.seconds)),
        ("piecesSent", .count(back.pieces)), ("piecesPassedOn", .count(front.pieces)), ("cause", .text(cause)),
      ],
      remedy: remedy(cause))
    finding.until = front.last
    finding.count = pairs.count
    finding.endpoints = (front.client, front.server)
    return finding
  }

  private static func words(_ pair: BodyPair) -> String {
    switch cause(of: pair) {
    case "gzip":
      "The proxy compressed it (Content-Encoding: \(pair.front.coding ?? "gzip")), and a compressor keeps what it gets until it has enough."
    case "http10-upstream": "The proxy asked the server with HTTP/1.0 and collected the answer in its buffer."
    default: "The proxy collected it in its buffer."
    }
  }

  private static func missingRequest(_ pair: BodyPair) -> String {
    " The request on the \(pair.back.request == nil ? "server" : "client")'s leg is not in the capture: time and content tell "
      + "that both are one response."
  }

  private static func remedy(_ cause: String) -> String {
    switch cause {
    case "gzip":
      """
      In the nginx location of the streamed path (X-Accel-Buffering: no does not switch gzip off):
          gzip off;
      """
    default:
      """
      In the nginx location of the streamed path:
          proxy_http_version 1.1;
          proxy_buffering off;        # or, from the application: X-Accel-Buffering: no
      """
    }
  }

  /// Event streams of which only the client's leg was captured, compressed, and arrived as one piece.
  private static func alone(_ bodies: [StreamedBody], _ pairs: [BodyPair], _ scene: Scene) -> [Finding] {
    let paired = Set(pairs.flatMap { [$0.front.connection, $0.back.connection] })
    let held = bodies.filter { body in
      !paired.contains(body.connection) && body.request != nil && body.coding != nil && !body.isNetworkTroubled
        && body.pieces <= 2
        && body.contentType?.lowercased().hasPrefix("text/event-stream") ?? false
        && body.first.time - body.head.time >= leastTime
    }
    guard let first = held.first else { return [] }
    let delay = first.first.time - first.head.time
    var finding = Finding(
      "buffering-delay", .warning, .possible, blame: .unknown, blameDetail: .upstream,
      connections: held.map(\.connection).eachOnce(), at: first.head, packets: held.flatMap { [$0.head, $0.first] },
      title: "an event stream of \(first.server) came as one piece, compressed, \(duration(delay)) after its head",
      detail: """
        The head came at \(scene.time(first.head)), nothing for \(duration(delay)), then the whole body at once \
        (\(scene.place(first.first))), with Content-Encoding: \(first.coding ?? ""). A compressor keeps what it gets until it \
        has enough; only this leg was captured.
        """,
      evidence: [
        ("delay", .number(delay.seconds)), ("threshold", .number(leastTime.seconds)), ("pieces", .count(first.pieces)),
        ("cause", .text("gzip")),
      ],
      remedy: "Don't compress event streams. nginx, in their location:\n    gzip off;")
    finding.until = first.last
    finding.count = held.count
    finding.endpoints = (first.client, first.server)
    return [finding]
  }
}
