import Packets

/// The same fault on many sessions is one finding: what rules say of each session is joined where one cause makes them all.
///
/// This comes after `Precedence`: what follows from something else on one session is not what befell the others.
enum Repetitions {
  /// When findings of a kind have the same cause.
  private enum Sameness {
    /// Whenever they are: something that is configured, or a handler that always fails.
    case always
    /// At the same moment: something that befell a server or what stands before it.
    case atOnce
    /// Whoever it befell and when: there is too much of it.
    case anywhere
  }

  /// Kinds that rules tell of each session, and what in their proof has to be the same as well.
  private static let kinds: [FindingID: (sameness: Sameness, words: [String])] = [
    "polling-only": (.always, []), "slow-upgrade": (.always, ["step"]), "probe-failed": (.always, ["step"]),
    "buffering-delay": (.always, ["cause"]), "unanswered-event": (.always, ["event", "namespace"]),
    "error-close": (.always, ["code", "reason", "closedBy", "cause"]), "missed-heartbeat": (.atOnce, ["missing"]),
    "stalled-stream": (.atOnce, ["event"]), "zero-window": (.atOnce, ["kind"]),
    "incomplete-message": (.atOnce, ["kind", "direction"]),
  ]
  /// The part of the shorter of two times that has to lie in the other one for both to be the same moment.
  private static let leastOverlap = 0.5
  /// The latest moments of a kind that one more is compared with.
  private static let mostCompared = 64
  /// Findings of one kind at one server that a person still reads one by one.
  private static let mostAlone = 20
  /// Sessions or clients that are named beside the first.
  private static let mostNamed = 3

  /// What findings of one cause have in common.
  private struct Cause: Hashable {
    var id: FindingID
    var severity: Severity
    var blame: Blame
    var detail: BlameDetail?
    /// Where it is: at a server, or between it and one client.
    var host: String
    var words: [String]
  }

  /// Joins what is the same, in the order in which it began.
  static func join(_ findings: [Finding]) -> [Finding] {
    var joined: [[Finding]] = []
    var places: [Cause: [Int]] = [:]
    for finding in findings.sorted(by: { $0.at.time < $1.at.time }) {
      guard let kind = kinds[finding.id], let cause = cause(of: finding, kind.sameness, kind.words) else {
        joined.append([finding])
        continue
      }
      let same = places[cause]?.suffix(mostCompared).last {
        kind.sameness == .always || areAtOnce(joined[$0][0], finding)
      }
      if let same {
        joined[same].append(finding)
      } else {
        places[cause, default: []].append(joined.count)
        joined.append([finding])
      }
    }
    return crowds(among: joined)
  }

  /// Joins what is alike at one server where there is too much of it to be read one by one, whoever it befell and when.
  ///
  /// What befell many at once comes as the findings that make it up, so that each session is counted once.
  private static func crowds(among moments: [[Finding]]) -> [Finding] {
    var joined: [[[Finding]]] = []
    var places: [Cause: Int] = [:]
    for moment in moments {
      let first = moment[0]
      let cause = isEachItsOwn(first) ? nil : cause(of: first, .anywhere, kinds[first.id]?.words ?? [])
      if let cause, let place = places[cause] {
        joined[place].append(moment)
      } else {
        if let cause { places[cause] = joined.count }
        joined.append([moment])
      }
    }
    return joined.flatMap { $0.count > mostAlone ? [one(Array($0.joined()))] : $0.map(one) }
  }

  /// Whether a finding is to be told for each connection, however many there are: who breaks a rule has to be named.
  private static func isEachItsOwn(_ finding: Finding) -> Bool { finding.id == "protocol-violation" }

  private static func cause(of finding: Finding, _ sameness: Sameness, _ words: [String]) -> Cause? {
    guard let ends = finding.endpoints, finding.blame != .capture else { return nil }
    // What one client lived through in a moment is no other's, and neither is its way.
    let isOfClient =
      switch sameness {
      case .always: finding.blame == .network
      case .atOnce: finding.blame == .network || finding.isOfClient
      case .anywhere: false
      }
    return Cause(
      id: finding.id, severity: finding.severity, blame: finding.blame, detail: finding.blameDetail,
      host: isOfClient ? "\(ends.client.address) \(ends.server)" : "\(ends.server)",
      words: words.map { word in
        finding.evidence.first { $0.name == word }.map { "\($0.value)" } ?? ""
      })
  }

  /// Whether two findings of different sessions are about the same moment.
  private static func areAtOnce(_ a: Finding, _ b: Finding) -> Bool {
    guard a.sid != b.sid, (a.until == nil) == (b.until == nil) else { return false }
    let (start, end) = (max(a.at.time, b.at.time), min(a.end, b.end))
    let shorter = min(a.end - a.at.time, b.end - b.at.time)
    return end >= start && (end - start).seconds >= shorter.seconds * leastOverlap
  }

  /// The first of the findings, which takes in the others where there are any.
  private static func one(_ findings: [Finding]) -> Finding {
    var one = findings[0]
    guard findings.count > 1 else { return one }
    one.connections = findings.flatMap(\.connections).eachOnce()
    one.packets = findings.flatMap(\.packets)
    one.count = findings.reduce(0) { $0 + $1.count }
    one.until = findings.contains { $0.until == nil } ? nil : findings.compactMap(\.until).max { $0.time < $1.time }
    one.explains = findings.flatMap(\.explains).eachOnce()
    let sessions = findings.compactMap(\.sid).eachOnce()
    let clients = findings.compactMap(\.endpoints?.client.address).eachOnce()
    if sessions.count > 1 {
      one.sid = nil
      one.evidence.append(("sessions", .count(sessions.count)))
      one.detail += same(befell: "session", sessions.dropFirst().map { "\($0.prefix(8))…" })
    } else if clients.count > 1 {
      one.evidence.append(("clients", .count(clients.count)))
      one.detail += same(befell: "client", clients.dropFirst().map(\.description))
    } else {
      one.detail += " It happened \(counted(findings.count, "time"))."
    }
    return one
  }

  private static func same(befell kind: String, _ others: [String]) -> String {
    let named = others.prefix(mostNamed).joined(separator: ", ")
    let more = others.count > mostNamed ? ", …" : ""
    return " The same befell \(counted(others.count, "other \(kind)")) (\(named)\(more))."
  }
}

extension Finding {
  /// Whether it is about what one client does or has.
  fileprivate var isOfClient: Bool { blame == .client || blameDetail == .receiver }

  /// The last packet that shows it.
  fileprivate var end: Timestamp { (until ?? packets.max { $0.time < $1.time } ?? at).time }
}
