import Analysis
import Packets

/// A receiver closed its TCP window for long enough to hold data back: it did not read.
struct ZeroWindow: Rule {
  /// Shorter ones are a moment's full buffer (FAILURES T4).
  static let leastTime = Interval.milliseconds(200)
  /// From here on heartbeats and people suffer.
  static let errorTime = Interval.seconds(2)

  static let threshold: RuleThreshold? = RuleThreshold(
    leastTime,
    reason: "How long a window may be closed: less is a moment's full buffer.")

  static let entry = CatalogueEntry(
    "zero-window",
    summary: "A receiver closed its TCP window: it did not read, so the sender had to wait.",
    proof: """
      An acknowledgement with a window of 0 (RFC 9293 section 3.8.6), and 200 ms or more until the same side opened it \
      again; an error from 2 s on. What the sender sends meanwhile are probes.
      """,
    causes: """
      A receiver that stands still: a frozen browser tab, a stopped or swapped-out process, a blocked event loop; a proxy \
      whose own client does not read; a stream faster than its reader.
      """,
    remedy: """
      Look at the program that closed the window, at that time: CPU, garbage collection, a debugger, a stopped container. \
      Send less, or in larger pieces; check `socket.bufferedAmount` or backpressure before sending.
      """,
    mistakenFor: """
      network-loss (acknowledgements come all the same here), and a small window that never closes, which only slows down.
      """)

  /// A window of one connection that was closed for long.
  private struct Closing {
    var connection: ConnectionSummary
    /// The direction of the segments that closed it.
    var by: Direction
    var window: ClosedWindow
    var until: PacketReference
    var times: Int

    var length: Interval { until.time - window.from.time }
  }

  private let leastTime: Interval
  private var closings: [Closing] = []

  init(thresholds: Thresholds) { leastTime = thresholds["zero-window"] ?? ZeroWindow.leastTime }

  mutating func observe(_ event: TraceEvent) {
    guard case .connectionClosed(let connection) = event else { return }
    for direction in Direction.allCases {
      let record = connection.tcp.troubles.closedWindows[direction]
      let candidates = [record.longest, record.open].compactMap { window in
        window.map {
          Closing(
            connection: connection, by: direction, window: $0, until: $0.until ?? connection.end, times: record.count)
        }
      }
      guard let longest = candidates.max(by: { $0.length < $1.length }), longest.length >= leastTime else { continue }
      closings.append(longest)
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    // Both legs of a session: a proxy stops reading when its own client does.
    var groups: [String: [Closing]] = [:]
    for closing in closings {
      let key = closing.connection.sid ?? "#\(closing.connection.id)"
      groups["\(key) \(closing.by)", default: []].append(closing)
    }
    return groups.sorted { $0.key < $1.key }.map { finding($0.value, scene) }
  }

  private func finding(_ group: [Closing], _ scene: Scene) -> Finding {
    // The reader at the end of the way is the cause: the client's leg for answers, the server's for uploads.
    let cause = group.first { ($0.connection.leg == .upstream) == ($0.by == .serverToClient) } ?? group[0]
    let ordered = [cause] + group.filter { $0.connection.id != cause.connection.id }
    let (receiver, sender) =
      cause.by == .clientToServer
      ? (cause.connection.client, cause.connection.server) : (cause.connection.server, cause.connection.client)
    let isOpenAgain = cause.window.until != nil
    var finding = Finding(
      "zero-window", cause.length >= ZeroWindow.errorTime ? .error : .warning, .certain,
      blame: ZeroWindow.blame(cause.connection.leg, cause.by), blameDetail: .receiver,
      connections: ordered.map(\.connection.id), at: cause.window.from,
      packets: ordered.flatMap { [$0.window.from, $0.until] },
      title: "\(receiver) did not read for \(duration(cause.length)): its TCP window was closed",
      detail: """
        \(receiver) closed its window (\(scene.place(cause.window.from))) and \
        \(isOpenAgain ? "opened it again at \(scene.time(cause.until))" : "had not opened it when last seen, at \(scene.time(cause.until))"). \
        So \(sender) had to wait, and what it sent meanwhile were probes. \
        The network is not it: the closed window was announced all the time.\
        \(group.count > 1 ? " The proxy between stopped reading as well, for \(duration(ordered[1].length)), because it could not pass anything on." : "")
        """,
      evidence: [
        ("closedFor", .number(cause.length.seconds)), ("threshold", .number(leastTime.seconds)),
        ("times", .count(cause.times)), ("openedAgain", .flag(isOpenAgain)),
      ],
      remedy: """
        Look at the program behind \(receiver) between \(scene.clock(cause.window.from)) and \(scene.clock(cause.until)): \
        a frozen tab, a stopped or swapped-out process, a blocked event loop.
        """)
    finding.sid = cause.connection.sid
    finding.until = cause.window.until
    finding.count = cause.times
    finding.endpoints = (cause.connection.client, cause.connection.server)
    return finding
  }

  /// Who did not read: on the leg behind a proxy its client is the proxy.
  private static func blame(_ leg: Leg, _ by: Direction) -> Blame {
    switch (leg, by) {
    case (.upstream, .clientToServer), (.client, .serverToClient): .proxy
    case (_, .clientToServer): .client
    case (_, .serverToClient): .server
    }
  }
}
