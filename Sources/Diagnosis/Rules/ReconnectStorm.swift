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
    let all = AllVisits(visits)
    var findings: [Finding] = []
    var start = 0
    while start < all.endings.count {
      let first = all.stays[all.endings[start]].end
      let group = all.endings[start...].prefix { all.stays[$0].end - first <= ReconnectStorm.commonClose }
      let storm = group.count >= ReconnectStorm.fewestClients ? storm(after: group, in: all) : nil
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
    var clients: Set<IPAddress>

    init(_ visits: [Visit]) {
      var proxies: Set<IPAddress> = []
      for visit in visits { proxies.insert(visit.server.address) }
      self.visits = visits.filter { visit in
        !proxies.contains(visit.client.address) || visit.client.address == visit.server.address
      }
      self.visits.sort { $0.started.time < $1.started.time }
      stays = self.visits.map { Stay($0) }
      let stays = stays
      endings = stays.indices.filter { stays[$0].isLost }.sorted { stays[$0].end < stays[$1].end }
      clients = []
      for stay in stays { clients.insert(stay.client) }
    }

    /// Those that began after a moment, up to another one.
    func begun(after start: Timestamp, until end: Timestamp) -> Range<Int> {
      let first = firstIndex(after: start)
      return first..<max(first, firstIndex(after: end))
    }

    private func firstIndex(after moment: Timestamp) -> Int {
      var (low, high) = (0, stays.count)
      while low < high {
        let middle = (low + high) / 2
        if stays[middle].started <= moment { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  /// A common close and those who came back.
  private struct Storm {
    var lost: [Visit]
    var open: Int
    var returned: Int
    var comebacks: [Visit]
  }

  private func storm(after lost: ArraySlice<Int>, in all: AllVisits) -> Storm? {
    guard let first = lost.first, let last = lost.last else { return nil }
    let start = all.stays[first].end
    let end = all.stays[last].end + comebackTime
    let open = all.stays.count { $0.isOpened && $0.started < start && (!$0.hasEnded || $0.end >= start) }
    let comebacks = all.begun(after: start, until: end)
    var tries: [IPAddress: Int] = [:]
    for stay in all.stays[comebacks] { tries[stay.client, default: 0] += 1 }
    for (at, client) in refused where at > start && at <= end && all.clients.contains(client) {
      tries[client, default: 0] += 1
    }
    // Clients behind one address can't be told apart: no more of them came back than had been there.
    var returned = 0
    for (address, sessions) in Dictionary(grouping: lost, by: { all.stays[$0].client }) {
      returned += min(sessions.count, tries[address] ?? 0)
    }
    guard returned >= ReconnectStorm.fewestClients, Double(returned) >= ReconnectStorm.leastShare * Double(max(1, open))
    else { return nil }
    return Storm(
      lost: lost.map { all.visits[$0] }, open: open, returned: returned, comebacks: Array(all.visits[comebacks]))
  }

  private func finding(_ storm: Storm, _ scene: Scene) -> Finding {
    let first = storm.lost[0]
    let at = first.ending?.at ?? first.started
    let server = first.server
    let last = storm.comebacks.last
    var connections: [Int] = []
    var known: Set<Int> = []
    for visit in storm.lost + storm.comebacks {
      for id in visit.connections where known.insert(id).inserted { connections.append(id) }
    }
    let failed = storm.comebacks.count { !$0.isOpened }
    var finding = Finding(
      "reconnect-storm", .warning, .certain, blame: .server, connections: connections, at: at,
      packets: storm.lost.compactMap { $0.ending?.at } + storm.comebacks.map(\.started),
      title: "\(storm.returned) clients of \(server) lost their sessions at once and came back within 5 s",
      detail: """
        \(storm.lost.count) of \(storm.open) open sessions ended within \
        \(duration(storm.lost[storm.lost.count - 1].endTime - first.endTime)) (first: \(scene.place(at))); within 5 s \
        they asked \(counted(storm.comebacks.count, "time")) for a session\(failed > 0 ? ", of which \(failed) failed" : "").
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
