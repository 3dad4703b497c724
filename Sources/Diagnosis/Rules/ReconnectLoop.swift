import Analysis
import Packets

/// One client comes back again and again, because its sessions end badly or never open.
struct ReconnectLoop: Rule {
  /// A comeback follows the end within this time: clients wait 5 s at most by default.
  static let comebackTime = Interval.seconds(10)
  static let fewestComebacks = 3
  /// Within this time.
  static let span = Interval.seconds(60)
  /// Visits remembered; a client that loops shows it within a few.
  static let mostVisits = 65_536

  static let threshold: RuleThreshold? = RuleThreshold(
    comebackTime,
    reason: "How soon after its end a session has to come back to count: clients wait 5 s at most by default.")

  static let entry = CatalogueEntry(
    "reconnect-loop",
    summary: "One client comes back again and again: its sessions end badly or don't open.",
    proof: """
      At least 3 comebacks in 60 s. A comeback is a session opened (or tried) less than 10 s after one of the same client \
      ended without a goodbye, with an error code, or failed to open. The same client: the same X-Forwarded-For where \
      there is one, else address and User-Agent.
      """,
    causes: "Whatever ends the sessions: a proxy's timeout, a server that refuses, crashes or closes with an error.",
    remedy: "Look at how each try ended: that is the fault. Reconnecting is what a client should do.",
    mistakenFor: "Several tabs, or an office behind one address: sessions side by side are no comebacks.")

  private var visits: [Visit] = []

  private let comebackTime: Interval

  init(thresholds: Thresholds) { comebackTime = thresholds["reconnect-loop"] ?? ReconnectLoop.comebackTime }

  mutating func observe(_ event: TraceEvent) {
    guard case .visited(let visit) = event, visits.count < ReconnectLoop.mostVisits else { return }
    visits.append(visit)
  }

  func conclude(in scene: Scene) -> [Finding] {
    // Where a proxy's clients were captured too, its own requests are theirs once more.
    let proxies = Set(visits.map { $0.server.address })
    var byClient: [String: [Visit]] = [:]
    for visit in visits.sorted(by: { $0.started.time < $1.started.time }) {
      let isProxied = proxies.contains(visit.client.address) && visit.client.address != visit.server.address
      guard !isProxied, let name = visit.clientName else { continue }
      byClient[name, default: []].append(visit)
    }
    return byClient.sorted { $0.key < $1.key }.compactMap { loop(in: $0.value).map { finding($0, scene) } }
  }

  /// The longest chain of visits of one client in which each came soon after the one before had failed.
  private func loop(in visits: [Visit]) -> [Visit]? {
    var chains: [[Visit]] = []
    for visit in visits {
      // Sessions side by side each have their own comeback: the shortest chain is the likeliest.
      let index = chains.indices.filter { chains[$0].isContinued(by: visit, within: comebackTime) }.min {
        chains[$0].count < chains[$1].count
      }
      if let index { chains[index].append(visit) } else { chains.append([visit]) }
    }
    let needed = ReconnectLoop.fewestComebacks
    return chains.filter { chain in
      chain.count > needed
        && (needed..<chain.count).contains { last in
          chain[last].started.time - chain[last - needed + 1].started.time <= ReconnectLoop.span
        }
    }.max { $0.count < $1.count }
  }

  private func finding(_ chain: [Visit], _ scene: Scene) -> Finding {
    let first = chain[0]
    let last = chain[chain.count - 1]
    let failed = chain.count { !$0.isOpened }
    let start = first.ending?.at ?? first.started
    let comebacks = chain.count - 1
    let name = first.forwardedFor ?? first.client.address.description
    var finding = Finding(
      "reconnect-loop", .error, .certain, blame: .unknown, connections: chain.flatMap(\.connections).eachOnce(),
      at: start,
      packets: chain.flatMap { [$0.started] + ($0.ending.map { [$0.at] } ?? []) },
      title: "\(name) came back \(counted(comebacks)) times in \(duration(last.started.time - first.started.time))",
      detail: """
        Each time within \(duration(comebackTime)) after the session before had ended without a goodbye or had not opened: \
        \(counted(failed)) of \(counted(chain.count)) did not open (first end: \(scene.place(start)), last comeback: \(scene.place(last.started))).
        """,
      evidence: [
        ("comebacks", .count(comebacks)), ("threshold", .count(ReconnectLoop.fewestComebacks)),
        ("failedToOpen", .count(failed)), ("span", .number((last.started.time - first.started.time).seconds)),
      ],
      remedy:
        "Look how the sessions ended (the first at \(scene.clock(start))): the other findings name it, and the loop ends when that does."
    )
    finding.sid = last.sid
    finding.until = last.ending?.at ?? last.started
    finding.count = comebacks
    finding.endpoints = (first.client, first.server)
    return finding
  }
}

extension [Visit] {
  /// Whether a visit comes soon after the last of these has failed.
  fileprivate func isContinued(by visit: Visit, within comebackTime: Interval) -> Bool {
    guard let end = last?.ending, !end.isClean else { return false }
    let pause = visit.started.time - end.at.time
    return pause >= .zero && pause < comebackTime
  }
}

extension VisitFacts {
  /// Whose visit it is; `nil` behind a proxy that does not name its clients: then all of them bear its address.
  var clientName: String? {
    if let forwardedFor { return forwardedFor }
    return leg == .upstream ? nil : "\(client.address) \(userAgent ?? "")"
  }
}
