import Analysis
import Packets

/// Many clients come back at once after a common close.
struct ReconnectStorm: Rule {
  /// Ends within this time are one close: a process that ends takes all its sockets along.
  static let commonClose = Interval.seconds(2)
  /// How soon they come back (FAILURES C13).
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
    let proxies = Set(visits.map(\.server.address))
    let own = visits.filter { !proxies.contains($0.client.address) || $0.client.address == $0.server.address }
    let endings = own.filter(\.hasLostSession).sorted { $0.endTime < $1.endTime }
    var findings: [Finding] = []
    var start = 0
    while start < endings.count {
      let group = endings[start...].prefix { $0.endTime - endings[start].endTime <= ReconnectStorm.commonClose }
      let storm = group.count >= ReconnectStorm.fewestClients ? storm(after: Array(group), own) : nil
      if let storm { findings.append(finding(storm, scene)) }
      start += storm == nil ? 1 : group.count
    }
    return findings
  }

  /// A common close and those who came back.
  private struct Storm {
    var lost: [Visit]
    var open: Int
    var returned: Int
    var comebacks: [Visit]
  }

  private func storm(after lost: [Visit], _ visits: [Visit]) -> Storm? {
    let start = lost[0].endTime
    let end = lost[lost.count - 1].endTime + comebackTime
    let open = visits.count { $0.isOpened && $0.started.time < start && ($0.ending == nil || $0.endTime >= start) }
    let comebacks = visits.filter { $0.started.time > start && $0.started.time <= end }
    var tries: [IPAddress: Int] = [:]
    for visit in comebacks { tries[visit.client.address, default: 0] += 1 }
    let addresses = Set(visits.map(\.client.address))
    for (at, client) in refused where at > start && at <= end && addresses.contains(client) {
      tries[client, default: 0] += 1
    }
    // Clients behind one address can't be told apart: no more of them came back than had been there.
    var returned = 0
    for (address, sessions) in Dictionary(grouping: lost, by: \.client.address) {
      returned += min(sessions.count, tries[address] ?? 0)
    }
    guard returned >= ReconnectStorm.fewestClients, Double(returned) >= ReconnectStorm.leastShare * Double(max(1, open))
    else { return nil }
    return Storm(lost: lost, open: open, returned: returned, comebacks: comebacks)
  }

  private func finding(_ storm: Storm, _ scene: Scene) -> Finding {
    let first = storm.lost[0]
    let at = first.ending?.at ?? first.started
    let server = first.server
    let last = storm.comebacks.max { $0.started.time < $1.started.time }
    var connections: [Int] = []
    for id in (storm.lost + storm.comebacks).flatMap(\.connections) where !connections.contains(id) {
      connections.append(id)
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

  /// Whether the server's side took an open session away, or it broke.
  fileprivate var hasLostSession: Bool {
    guard isOpened, let ending else { return false }
    return !ending.isClean || ending.by == .serverToClient
  }
}
