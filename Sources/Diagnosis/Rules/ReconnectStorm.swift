import Analysis
import Packets

/// Many clients come back at once after a common close.
struct ReconnectStorm: Rule {
  /// Ends within this time are one close: a process that ends takes all its sockets along.
  static let commonClose = Interval.seconds(2)
  /// How soon they come back.
  static let comebackTime = Interval.seconds(5)
  static let fewestClients = 5
  static let leastShare = 0.2
  /// Visits and refused connections remembered.
  static let mostVisits = 65_536

  static let threshold: RuleThreshold? = RuleThreshold(
    comebackTime,
    reason: "How soon after the common end clients have to come back to count: they wait 1 to 5 s by default.")

  static let entry = CatalogueEntry(
    "reconnect-storm",
    summary: "Many clients lost their sessions at once and all came back within seconds.",
    proof: """
      At least 5 clients, and at least 20 % of the sessions that were open, opened a session (or tried to) within 5 s after \
      a common close.
      """,
    causes:
      "A server, worker or proxy that was restarted or crashed, with a client delay too short or without randomness.",
    remedy: """
      Find what closed them (abnormal-close or error-close). On the clients: randomizationFactor 0.5 or more, a larger \
      reconnectionDelayMax; on the server: restart one process after the other.
      """,
    mistakenFor: "Many users who arrive at once (nothing was closed before), and one client's loop.")

  private var visits: [Visit] = []
  /// When connections were refused, by the client's address: tries as well.
  private var refused: [(at: Timestamp, client: IPAddress)] = []

  private let comebackTime: Interval

  init(thresholds: Thresholds) { comebackTime = thresholds["reconnect-storm"] ?? ReconnectStorm.comebackTime }

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .visited(let visit) where visits.count < ReconnectStorm.mostVisits: visits.append(visit)
    case .connectionClosed(let connection):
      guard connection.tcp.refused != nil, refused.count < ReconnectStorm.mostVisits else { return }
      refused.append((connection.start.time, connection.client.address))
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    let all = AllVisits(visits, refused)
    var window = ComebackWindow()
    var findings: [Finding] = []
    var start = 0
    while start < all.endings.count {
      let first = all.stays[all.endings[start]].end
      window.move(to: start, in: all, comebackTime)
      let group = window.lost
      var storm: Storm?
      if group.count >= ReconnectStorm.fewestClients, window.returned >= ReconnectStorm.fewestClients {
        let open = all.open(at: first)
        if Double(window.returned) >= ReconnectStorm.leastShare * Double(max(1, open)) {
          storm = Storm(
            lost: group.map { all.visits[all.endings[$0]] }, open: open, returned: window.returned,
            comebacks: Array(all.visits[window.comebacks]))
        }
      }
      if let storm { findings.append(finding(storm, scene)) }
      start += storm == nil ? 1 : group.count
    }
    return findings
  }

  /// What the search needs of a visit: thousands of them are gone through for each close.
  private struct Stay {
    var client: IPAddress
    var started: Timestamp
    /// When it ended, or began where it did not end.
    var end: Timestamp
    var hasEnded: Bool
    var isOpened: Bool
    /// Whether the server's side took an open session away, or it broke.
    var isLost: Bool

    init(_ visit: Visit) {
      client = visit.client.address
      started = visit.started.time
      isOpened = visit.isOpened
      end = visit.ending?.at.time ?? started
      hasEnded = visit.ending != nil
      isLost = visit.isOpened && (visit.ending.map { !$0.isClean || $0.by == .serverToClient } ?? false)
    }
  }

  /// The visits of clients themselves, in the order of their beginnings.
  private struct AllVisits {
    var visits: [Visit]
    var stays: [Stay]
    /// Those whose session was lost, in the order of their ends.
    var endings: [Int]
    /// Connections that were refused to clients who came at another time, in the order of time.
    var refused: [(at: Timestamp, client: IPAddress)]
    /// When sessions were opened, and when those ended, each in the order of time.
    private var openings: [Timestamp] = []
    private var closings: [Timestamp] = []

    init(_ visits: [Visit], _ refused: [(at: Timestamp, client: IPAddress)]) {
      var proxies: Set<IPAddress> = []
      for visit in visits { proxies.insert(visit.server.address) }
      self.visits = visits.filter { visit in
        !proxies.contains(visit.client.address) || visit.client.address == visit.server.address
      }
      self.visits.sort { $0.started.time < $1.started.time }
      stays = self.visits.map { Stay($0) }
      let stays = stays
      endings = stays.indices.filter { stays[$0].isLost }.sorted { stays[$0].end < stays[$1].end }
      var clients: Set<IPAddress> = []
      for stay in stays { clients.insert(stay.client) }
      self.refused = refused.filter { clients.contains($0.client) }.sorted { $0.at < $1.at }
      for stay in stays where stay.isOpened {
        openings.append(stay.started)
        if stay.hasEnded { closings.append(stay.end) }
      }
      closings.sort()
    }

    /// Sessions that were opened before a moment and had not ended.
    func open(at moment: Timestamp) -> Int {
      AllVisits.count(of: openings, before: moment) - AllVisits.count(of: closings, before: moment)
    }

    private static func count(of times: [Timestamp], before moment: Timestamp) -> Int {
      var (low, high) = (0, times.count)
      while low < high {
        let middle = (low + high) / 2
        if times[middle] < moment { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  /// Those who were lost within moments of each other, and those who came soon afterwards; it moves along the endings, and
  /// keeps count on the way.
  private struct ComebackWindow {
    /// Indices of endings.
    private(set) var lost = 0..<0
    /// Visits that began after the first of these, and not too late after the last.
    private(set) var comebacks = 0..<0
    private var refused = 0..<0
    private var lostByClient: [IPAddress: Int] = [:]
    private var tries: [IPAddress: Int] = [:]
    /// Clients behind one address can't be told apart: no more of them came back than had been there.
    private(set) var returned = 0

    /// Puts the first of the lost at an ending that is not before the present one.
    mutating func move(to start: Int, in all: AllVisits, _ comebackTime: Interval) {
      let first = all.stays[all.endings[start]].end
      lost = ComebackWindow.moved(
        lost, all.endings.count, isBefore: { $0 < start },
        isBehind: { all.stays[all.endings[$0]].end - first > ReconnectStorm.commonClose },
        change: { count(all.stays[all.endings[$0]].client, lost: $1) })
      let end = all.stays[all.endings[lost.upperBound - 1]].end + comebackTime
      comebacks = ComebackWindow.moved(
        comebacks, all.stays.count, isBefore: { all.stays[$0].started <= first },
        isBehind: { all.stays[$0].started > end }, change: { count(all.stays[$0].client, tries: $1) })
      refused = ComebackWindow.moved(
        refused, all.refused.count, isBefore: { all.refused[$0].at <= first },
        isBehind: { all.refused[$0].at > end }, change: { count(all.refused[$0].client, tries: $1) })
    }

    /// A range of what is in the order of time, after its bounds have moved on; tells each that came in (1) or went (-1).
    private static func moved(
      _ range: Range<Int>, _ count: Int, isBefore: (Int) -> Bool, isBehind: (Int) -> Bool,
      change: (Int, Int) -> Void
    ) -> Range<Int> {
      var (low, high) = (range.lowerBound, range.upperBound)
      while high < count, !isBehind(high) {
        change(high, 1)
        high += 1
      }
      while low < high, isBefore(low) {
        change(low, -1)
        low += 1
      }
      return low..<high
    }

    private mutating func count(_ client: IPAddress, lost: Int = 0, tries: Int = 0) {
      returned -= min(lostByClient[client, default: 0], self.tries[client, default: 0])
      lostByClient[client, default: 0] += lost
      self.tries[client, default: 0] += tries
      returned += min(lostByClient[client, default: 0], self.tries[client, default: 0])
    }
  }

  /// A common close and those who came back.
  private struct Storm {
    var lost: [Visit]
    var open: Int
    var returned: Int
    var comebacks: [Visit]
  }

  private func finding(_ storm: Storm, _ scene: Scene) -> Finding {
    let first = storm.lost[0]
    let at = first.ending?.at ?? first.started
    let server = first.server
    let last = storm.comebacks.last
    let connections = (storm.lost + storm.comebacks).flatMap(\.connections).eachOnce()
    let failed = storm.comebacks.count { !$0.isOpened }
    var finding = Finding(
      "reconnect-storm", .warning, .certain, blame: .server, connections: connections, at: at,
      packets: storm.lost.compactMap { $0.ending?.at } + storm.comebacks.map(\.started),
      title: "\(counted(storm.returned)) clients of \(server) lost their sessions at once and came back within 5 s",
      detail: """
        \(counted(storm.lost.count)) of \(counted(storm.open)) open sessions ended within \
        \(duration(storm.lost[storm.lost.count - 1].endTime - first.endTime)) (first: \(scene.place(at))); within 5 s \
        they asked \(counted(storm.comebacks.count, "time")) for a session\(failed > 0 ? ", of which \(counted(failed)) failed" : "").
        """,
      evidence: [
        ("clients", .count(storm.returned)), ("threshold", .count(ReconnectStorm.fewestClients)),
        ("lost", .count(storm.lost.count)), ("open", .count(storm.open)), ("tries", .count(storm.comebacks.count)),
      ],
      remedy: """
        Find what ended the sessions of \(server) at \(scene.clock(at)). To soften such a moment, in the client's options:
            randomizationFactor: 0.5 or more, reconnectionDelay: 2000, reconnectionDelayMax: 30000
        and on the server: restart one process after the other, with io.close() before the end.
        """)
    finding.until = last?.started ?? storm.lost.last?.ending?.at
    finding.count = storm.returned
    finding.endpoints = (first.client, server)
    return finding
  }
}

extension VisitFacts {
  /// When it ended, or began where it did not end.
  fileprivate var endTime: Timestamp { (ending?.at ?? started).time }
}
