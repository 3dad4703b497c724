import Analysis
import Packets

/// A receiver closed its TCP window for long enough to hold data back: it did not read.
struct ZeroWindow: Rule {
  /// Shorter ones are a moment's full buffer.
  static let leastTime = Interval.milliseconds(200)
  /// From here on heartbeats and people suffer.
  static let errorTime = Interval.seconds(2)
  /// Short ones that come again and again: so many, for so long together, and for such a part of the connection's life.
  static let fewestClosings = 3
  static let leastTogether = Interval.seconds(1)
  static let leastShare = 0.05
  /// A window that stays small: filled so often, over such a time, and so seldom that the sender waited for the reader.
  static let fewestFills = 5
  static let leastSmallTime = Interval.seconds(2)
  static let leastFillTime = 0.05

  static let threshold: RuleThreshold? = RuleThreshold(
    leastTime,
    reason: "How long a window may be closed: less is a moment's full buffer.")

  static let entry = CatalogueEntry(
    "zero-window",
    summary: "A receiver closed its TCP window: it did not read, so the sender had to wait.",
    proof: """
      An acknowledgement with a window of 0 (RFC 9293 section 3.8.6), and 200 ms or more until the same side opened it \
      again; an error from 2 s on. What the sender sends meanwhile are probes. A warning too where shorter ones come 3 \
      times or more, for 1 s and 5 % of the connection's life together; and where a window of less than two segments is \
      filled 5 times or more, over 2 s, 50 ms or more apart. On ordinary HTTP it is a notice: downloads wait for their reader.
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
      network-loss (acknowledgements come all the same here), and a small window that its reader empties at once.
      """)

  /// A window of one connection that held its sender back.
  private struct Closing {
    var connection: ConnectionSummary
    /// The direction of the segments that closed it.
    var by: Direction
    var kind = Kind.closed
    var from: PacketReference
    /// When it was opened again; `nil` where that was not seen.
    var opened: PacketReference?
    var until: PacketReference
    /// How long the sender waited.
    var length: Interval
    var times: Int
  }

  /// How a window held its sender back.
  private enum Kind: String {
    /// Once, for long.
    case closed
    /// Again and again.
    case recurring
    /// It was never closed, and never large enough.
    case small
  }

  private let leastTime: Interval
  private var closings: [Closing] = []

  init(thresholds: Thresholds) { leastTime = thresholds["zero-window"] ?? ZeroWindow.leastTime }

  mutating func observe(_ event: TraceEvent) {
    guard case .connectionClosed(let connection) = event else { return }
    for direction in Direction.allCases {
      let record = connection.tcp.troubles.closedWindows[direction]
      let found =
        longest(record, connection, direction) ?? recurring(record, connection, direction)
        ?? small(record, connection, direction)
      if let found { closings.append(found) }
    }
  }

  private func longest(_ record: WindowRecord, _ connection: ConnectionSummary, _ by: Direction) -> Closing? {
    let candidates = [record.longest, record.open].compactMap { window in
      window.map { window in
        let until = window.until ?? connection.end
        return Closing(
          connection: connection, by: by, from: window.from, opened: window.until, until: until,
          length: until.time - window.from.time, times: record.count)
      }
    }
    return candidates.max { $0.length < $1.length }.flatMap { $0.length >= leastTime ? $0 : nil }
  }

  private func recurring(_ record: WindowRecord, _ connection: ConnectionSummary, _ by: Direction) -> Closing? {
    let life = (connection.end.time - connection.start.time).seconds
    guard record.count >= ZeroWindow.fewestClosings, record.closedTime >= ZeroWindow.leastTogether,
      record.closedTime.seconds >= life * ZeroWindow.leastShare, let first = record.windows.first,
      let last = record.lastEnd
    else { return nil }
    return Closing(
      connection: connection, by: by, kind: .recurring, from: first.from, opened: last, until: last,
      length: record.closedTime, times: record.count)
  }

  private func small(_ record: WindowRecord, _ connection: ConnectionSummary, _ by: Direction) -> Closing? {
    guard let filled = record.filled, filled.count >= ZeroWindow.fewestFills else { return nil }
    let length = filled.last.time - filled.first.time
    guard length >= ZeroWindow.leastSmallTime,
      length.seconds >= Double(filled.count - 1) * ZeroWindow.leastFillTime
    else { return nil }
    return Closing(
      connection: connection, by: by, kind: .small, from: filled.first, opened: filled.last, until: filled.last,
      length: length, times: filled.count)
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
    var finding = Finding(
      "zero-window", ZeroWindow.severity(cause), .certain,
      blame: ZeroWindow.blame(cause.connection.leg, cause.by), blameDetail: .receiver,
      connections: ordered.map(\.connection.id), at: cause.from, packets: ordered.flatMap { [$0.from, $0.until] },
      title: ZeroWindow.title(cause, receiver),
      detail: """
        \(ZeroWindow.course(cause, receiver, scene)) So \(sender) had to wait. The network is not it: the window was \
        announced all the time.\
        \(group.count > 1 ? " The proxy between stopped reading as well, for \(duration(ordered[1].length)), because it could not pass anything on." : "")
        """,
      evidence: [
        ("closedFor", .number(cause.length.seconds)), ("threshold", .number(threshold(cause.kind).seconds)),
        ("times", .count(cause.times)), ("openedAgain", .flag(cause.opened != nil)),
        ("kind", .text(cause.kind.rawValue)),
      ],
      remedy: """
        Look at the program behind \(receiver) between \(scene.clock(cause.from)) and \(scene.clock(cause.until)): \
        \(cause.kind == .closed ? "a frozen tab, a stopped or swapped-out process, a blocked event loop." : "a tab or process that can't keep up, or a proxy whose own client does not read. Send less, or pause while socket.bufferedAmount (ws) or writableLength (Node) grows.")
        """)
    finding.sid = cause.connection.sid
    finding.until = cause.opened
    finding.count = cause.times
    finding.endpoints = (cause.connection.client, cause.connection.server)
    return finding
  }

  /// A download or video that waits for its reader is ordinary HTTP: nobody talks there.
  private static func severity(_ cause: Closing) -> Severity {
    if cause.connection.transport == .http { return .notice }
    return cause.kind == .closed && cause.length >= errorTime ? .error : .warning
  }

  private func threshold(_ kind: Kind) -> Interval {
    switch kind {
    case .closed: leastTime
    case .recurring: ZeroWindow.leastTogether
    case .small: ZeroWindow.leastSmallTime
    }
  }

  private static func title(_ cause: Closing, _ receiver: Endpoint) -> String {
    switch cause.kind {
    case .closed: "\(receiver) did not read for \(duration(cause.length)): its TCP window was closed"
    case .recurring:
      "\(receiver) reads too slowly: it closed its TCP window \(counted(cause.times)) times, for \(duration(cause.length)) together"
    case .small:
      "\(receiver) reads too slowly: its TCP window stayed below two segments for \(duration(cause.length))"
    }
  }

  private static func course(_ cause: Closing, _ receiver: Endpoint, _ scene: Scene) -> String {
    switch cause.kind {
    case .closed:
      let end =
        cause.opened.map { "opened it again at \(scene.time($0))" }
        ?? "had not opened it when last seen, at \(scene.time(cause.until))"
      return
        "\(receiver) closed its window (\(scene.place(cause.from))) and \(end); what was sent meanwhile were probes."
    case .recurring:
      return
        "\(receiver) closed its window again and again (first: \(scene.place(cause.from)); opened last at \(scene.time(cause.until)))."
    case .small:
      return
        "\(counted(cause.times, "time")) what was sent filled the window of \(receiver) to its last byte, and that was less than two segments (first: \(scene.place(cause.from)), last: \(scene.place(cause.until)))."
    }
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
