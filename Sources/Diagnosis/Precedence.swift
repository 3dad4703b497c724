import Analysis
import Packets

/// What follows from what: one cause is one finding, and its consequences are listed under it.
enum Precedence {
  /// Causes and the findings that they explain on the same connections at or after their time.
  private static let consequences: [(cause: FindingID, effect: FindingID)] = [
    ("network-loss", "missed-heartbeat"),
    ("half-open", "missed-heartbeat"),
    ("zero-window", "missed-heartbeat"),
    ("upgrade-header-stripped", "missing-101"),
    ("upgrade-header-stripped", "request-refused"),
    ("upgrade-header-stripped", "polling-only"),
    ("missing-101", "polling-only"),
    ("connect-refused", "connect-timeout"),
    ("session-unknown", "missing-101"),
    ("half-open", "network-loss"),
    ("half-open", "stalled-stream"),
    ("half-open", "unanswered-event"),
    ("network-loss", "stalled-stream"),
    ("zero-window", "network-loss"),
    ("zero-window", "stalled-stream"),
    ("zero-window", "buffering-delay"),
    ("buffering-delay", "stalled-stream"),
    ("idle-timeout-close", "abnormal-close"),
    ("idle-timeout-close", "reconnect-storm"),
    ("upgrade-header-stripped", "http10-upstream"),
    ("http10-upstream", "missing-101"),
    ("abnormal-close", "reconnect-storm"),
    ("error-close", "reconnect-storm"),
    ("abnormal-close", "reconnect-loop"),
    ("idle-timeout-close", "reconnect-loop"),
    ("error-close", "reconnect-loop"),
    ("oversize-message", "reconnect-loop"),
    ("connect-refused", "reconnect-loop"),
    ("connect-timeout", "reconnect-loop"),
    ("missing-101", "reconnect-loop"),
    ("request-refused", "reconnect-loop"),
    ("session-unknown", "reconnect-loop"),
    ("cors-blocked", "reconnect-loop"),
    ("reconnect-storm", "reconnect-loop"),
    ("abnormal-close", "stalled-stream"),
    ("abnormal-close", "unanswered-event"),
    ("stalled-stream", "unanswered-event"),
    ("invalid-handshake", "missing-101"),
    ("invalid-handshake", "probe-failed"),
    ("invalid-handshake", "polling-only"),
    ("invalid-handshake", "abnormal-close"),
    ("probe-failed", "polling-only"),
    ("oversize-message", "error-close"),
    ("oversize-message", "incomplete-message"),
    ("oversize-message", "abnormal-close"),
    ("oversize-message", "unanswered-event"),
    ("protocol-violation", "error-close"),
    ("protocol-violation", "missed-heartbeat"),
    ("protocol-violation", "session-unknown"),
    ("oversize-message", "session-unknown"),
    ("missed-heartbeat", "session-unknown"),
    ("request-refused", "session-unknown"),
    ("protocol-violation", "unanswered-event"),
    ("connect-error", "error-close"),
    ("missed-heartbeat", "error-close"),
    ("missed-heartbeat", "abnormal-close"),
    ("missed-heartbeat", "stalled-stream"),
    ("missed-heartbeat", "slow-upgrade"),
    ("missed-heartbeat", "unanswered-event"),
    ("incomplete-message", "abnormal-close"),
    ("incomplete-message", "error-close"),
    // Last, so that what a proxy's answer explains goes with it.
    ("connect-refused", "request-refused"),
    ("connect-refused", "missing-101"),
    ("connect-timeout", "request-refused"),
    ("connect-timeout", "missing-101"),
    ("request-refused", "missing-101"),
    ("abnormal-close", "connect-refused"),
  ]

  /// What a stall's own verdict has to say to be the consequence of a trouble of TCP.
  private static let verdicts: [FindingID: [BlameDetail?]] = [
    "network-loss": [.network, .requestDirection], "half-open": [.network, .requestDirection],
    "zero-window": [.receiver], "buffering-delay": [.proxy],
  ]

  /// Folds consequences into their causes.
  static func resolve(_ findings: [Finding]) -> [Finding] {
    var pool = FindingPool(findings)
    for (cause, effect) in consequences {
      let effects = pool.indices(of: effect)
      guard !effects.isEmpty else { continue }
      let places = reachesBeyondItsPlace(cause, effect) ? nil : FindingPlaces(effects, in: pool)
      for index in pool.indices(of: cause) {
        let found = pool[index]
        let connections = Set(found.connections)
        let explained = (places?.near(found) ?? effects).filter {
          pool.isOpen($0) && explains(found, on: connections, pool[$0])
        }
        guard !explained.isEmpty else { continue }
        pool[index].explains =
          (pool[index].explains + [effect] + explained.flatMap { pool[$0].explains }).eachOnce()
        if isOneEvent(cause, effect) { pool[index].absorb(explained.map { pool[$0] }) }
        for other in explained { pool.fold(other) }
      }
    }
    return suppressWhereUnjudgeable(pool.rest)
  }

  /// Whether a cause may explain what is seen on other connections, in other sessions.
  private static func reachesBeyondItsPlace(_ cause: FindingID, _ effect: FindingID) -> Bool {
    switch cause {
    case "connect-refused", "connect-timeout": effect == "request-refused" || effect == "missing-101"
    case "upgrade-header-stripped": effect == "request-refused"
    case "request-refused": effect == "missing-101"
    case "abnormal-close": effect == "connect-refused"
    case "missed-heartbeat": effect == "stalled-stream" || effect == "slow-upgrade"
    default: false
    }
  }

  /// Whether a server ends a long-polling session for what a finding is about, so that it does not know it afterwards.
  private static func endsSession(_ cause: Finding) -> Bool {
    guard cause.id == "request-refused" else { return cause.severity == .error }
    guard case .text(let reason)? = cause.value("cause") else { return false }
    return reason.hasPrefix("overlapping-")
  }

  /// Whether a broken rule shows that both sides speak different versions, so that each waits in vain for what the other
  /// never sends, or ends the session for what it can't read.
  private static func isVersionConflict(_ violation: Finding) -> Bool {
    [
      "socketio-connect-without-sid", "engineio-heartbeat-direction", "engineio-payload-revision",
    ].contains { violation.value("rule") == .text($0) }
  }

  /// Whether cause and effect are the same event seen on other connections, so that these belong to its proof.
  private static func isOneEvent(_ cause: FindingID, _ effect: FindingID) -> Bool {
    (cause == "request-refused" && effect == "missing-101")
      || (cause == "abnormal-close" && effect == "connect-refused")
  }

  /// Whether polls and upgrades of one client are refused alike: with the same status, or in the same words.
  private static func isSameRefusal(_ polls: Finding, _ upgrades: Finding) -> Bool {
    guard let a = polls.endpoints, let b = upgrades.endpoints, a.server == b.server,
      a.client.address == b.client.address
    else { return false }
    if let status = polls.value("status"), status == upgrades.value("status"), status != .count(400) { return true }
    guard case .text(let words)? = upgrades.value("message"), case .text(let message)? = polls.value("message") else {
      return false
    }
    return words.count > 4 && message.contains(words)
  }

  /// Whether a server that ended its WebSockets without a word took no connections right afterwards: it went down.
  private static func isDowntime(_ refusals: Finding, after close: Finding) -> Bool {
    guard let server = refusals.endpoints?.server, close.value("closer") == .text("\(server)") else { return false }
    let since = (refusals.at.time - close.at.time).seconds
    return since > -1 && since < 10
  }

  /// Whether a proxy says by its status that it can't reach the server that the cause is about.
  private static func isBadGateway(_ effect: Finding, before cause: Finding) -> Bool {
    guard let proxy = effect.endpoints?.server.address, proxy == cause.endpoints?.client.address else { return false }
    let isStatus = effect.evidence.contains { name, value in
      name == "status" && (value == .count(502) || value == .count(503) || value == .count(504))
    }
    let end = cause.until ?? cause.at
    return isStatus && (cause.at.time - effect.at.time).seconds < 2 && (effect.at.time - end.time).seconds < 2
  }

  /// Whether an upgrade was refused for its session: in words, or by python-engineio's 403 without any.
  private static func saysSessionUnknown(_ effect: Finding) -> Bool {
    var status: EvidenceValue?
    for (name, value) in effect.evidence {
      if name == "message", case .text(let text) = value { return SessionUnknown.isUnknown(text) }
      if name == "status" { status = value }
    }
    return status == .count(403)
  }

  private static func explains(_ cause: Finding, on connections: Set<Int>, _ effect: Finding) -> Bool {
    if cause.id == "connect-refused" || cause.id == "connect-timeout",
      effect.id == "request-refused" || effect.id == "missing-101"
    {
      return isBadGateway(effect, before: cause)
    }
    if cause.id == "upgrade-header-stripped", effect.id == "request-refused" {
      // The request that lost its headers, and not what else went wrong on its connection.
      return Set(effect.packets).isSubset(of: cause.packets)
    }
    if cause.id == "protocol-violation", !["error-close", "session-unknown"].contains(effect.id),
      !isVersionConflict(cause)
    {
      return false
    }
    if effect.id == "session-unknown", !endsSession(cause) { return false }
    if cause.id == "request-refused", effect.id == "missing-101" { return isSameRefusal(cause, effect) }
    if effect.id == "connect-refused" { return isDowntime(effect, after: cause) }
    if cause.id == "session-unknown", effect.id == "missing-101" {
      guard saysSessionUnknown(effect) else { return false }
    }
    if cause.id == "missed-heartbeat", isSameFreeze(cause, effect) { return true }
    let isSameSession = cause.sid != nil && cause.sid == effect.sid
    guard isSameSession || effect.connections.contains(where: connections.contains) else { return false }
    // A little loss of many clients is more than what befell one of them.
    if effect.id == "network-loss", effect.severity == .notice,
      !effect.connections.allSatisfy(connections.contains)
    {
      return false
    }
    // A notice is context; it never hides what a person should see.
    if cause.severity == .notice, effect.severity > .notice { return false }
    if let detail = verdicts[cause.id], effect.id == "stalled-stream" { return detail.contains(effect.blameDetail) }
    // A session's whole life is the span of what became of it.
    if isSameSession, effect.id == "polling-only" { return true }
    if cause.id == "missed-heartbeat", !explains(heartbeat: cause, effect) { return false }
    if cause.id == "incomplete-message", effect.id == "error-close" {
      return effect.value("cause") == .text("interrupted-attachments")
    }
    // A stream that had stopped long before the connection broke was stalled by something else.
    return (cause.at.time - effect.at.time).seconds < 2
  }

  /// How far apart what waited for a server is let go when that goes on.
  private static let thawing = Interval.seconds(1)

  /// Whether another session waited for the same server, which stood still, and was served when the heartbeat came.
  private static func isSameFreeze(_ heartbeat: Finding, _ effect: Finding) -> Bool {
    guard effect.id == "stalled-stream" || effect.id == "slow-upgrade",
      heartbeat.blameDetail == .eventLoop && heartbeat.blame == .server || heartbeat.blameDetail == .upstream,
      let server = heartbeat.endpoints?.server, server == effect.endpoints?.server, effect.blame != .network,
      let thaw = heartbeat.until, let served = effect.until, effect.at.time < thaw.time
    else { return false }
    // A stream in whose silence a heartbeat came, or another answer went on, waited for something else.
    if let beats = effect.value("heartbeats"), beats != .count(0) { return false }
    return abs((served.time - thaw.time).seconds) <= thawing.seconds
  }

  /// A heartbeat that came after all explains nothing that began later, and a stall only where the server stood still.
  private static func explains(heartbeat: Finding, _ effect: Finding) -> Bool {
    if let until = heartbeat.until, (effect.at.time - until.time).seconds > 2 { return false }
    return effect.id != "stalled-stream" || heartbeat.blameDetail == .eventLoop || heartbeat.blameDetail == .upstream
  }

  /// A capture that holds SYNs only, or one direction only, can't prove that anything is missing.
  private static func suppressWhereUnjudgeable(_ findings: [Finding]) -> [Finding] {
    guard findings.contains(where: { $0.id == "capture-syn-only" || $0.id == "capture-one-sided" }) else {
      return findings
    }
    return findings.filter { $0.blame == .capture || $0.id == "connect-refused" || $0.id == "connect-timeout" }
  }
}

extension Finding {
  /// What the proof says under a name.
  fileprivate func value(_ name: String) -> EvidenceValue? { evidence.first { $0.name == name }?.value }

  /// Takes in what other findings show of the same event.
  fileprivate mutating func absorb(_ others: [Finding]) {
    connections = (connections + others.flatMap(\.connections)).eachOnce()
    for other in others {
      packets += other.packets
      severity = max(severity, other.severity)
      if other.id == "connect-refused" {
        detail += " Then it refused \(counted(other.count, "connection")): it went down."
      } else if other.id == "missing-101" {
        detail += " \(counted(other.count, "WebSocket upgrade")) \(other.count == 1 ? "was" : "were") refused alike."
      }
      guard let end = other.until else { continue }
      until = until.map { $0.time < end.time ? end : $0 } ?? end
    }
  }
}
