import Analysis
import Packets

/// An Engine.IO ping or pong is overdue by the session's own pingInterval and pingTimeout.
struct MissedHeartbeat: Rule {
  static let entry = CatalogueEntry(
    "missed-heartbeat",
    summary: "An Engine.IO ping or pong came too late, or not at all, by the session's own timers.",
    proof: """
      Engine.IO 4: no server ping for pingInterval + 5 s (or + pingTimeout, if that is shorter), no pong within \
      pingTimeout. Engine.IO 3: no client ping for pingInterval + pingTimeout, no pong within pingTimeout. An error where \
      the session ended by it or could have; a late one is a warning. The timers are those of the handshake.
      """,
    causes: """
      A blocked event loop or stopped process (no ping, nothing else either); a frozen tab, a phone asleep, a debugger (TCP \
      acknowledges the ping, no pong); a dead path (TCP does not acknowledge it either); bulk data before the ping.
      """,
    remedy: """
      Server: find what blocks the event loop (synchronous work, garbage collection, CPU limits). Client: nothing on a \
      sleeping phone; else raise pingTimeout. Path: see network-loss and half-open.
      """,
    mistakenFor: "An idle session: other messages do not count as heartbeats, and silence between them is healthy.")

  private var misses: [HeartbeatMiss] = []

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    if case .heartbeatMissed(let miss) = event { misses.append(miss) }
  }

  func conclude(in scene: Scene) -> [Finding] {
    // Both legs show the same miss, a proxy's delay apart.
    var groups: [[HeartbeatMiss]] = []
    var latest: [String?: [Int]] = [:]
    for miss in misses.sorted(by: { $0.from.time < $1.from.time }) {
      let same = latest[miss.place.sid]?.last { index in
        groups[index][0].missing == miss.missing
          && !groups[index].contains { $0.place.connection == miss.place.connection }
          && abs((groups[index][0].from.time - miss.from.time).seconds) < 1
      }
      if let same {
        groups[same].append(miss)
      } else {
        latest[miss.place.sid, default: []].append(groups.count)
        groups.append([miss])
      }
    }
    return groups.map { group in
      finding(group.filter { !$0.place.isBehindProxy } + group.filter { $0.place.isBehindProxy }, scene)
    }
  }

  /// Who is to blame, and why.
  private struct Verdict {
    var blame: Blame
    var detail: BlameDetail?
    var because: String
    var remedy: String
  }

  private func verdict(_ legs: [HeartbeatMiss], _ scene: Scene) -> Verdict {
    let miss = legs[0]
    let waitsForServer = (miss.missing == .ping) == (miss.engineIO == 4)
    let span = "between \(scene.clock(miss.from)) and \(scene.clock(miss.until ?? miss.observedUntil))"
    if miss.retransmissionTimeouts > 0 || miss.isAcknowledged == false {
      return Verdict(
        blame: .network, detail: .network,
        because: miss.isAcknowledged == false
          ? "TCP did not acknowledge the ping either: the path is dead, or the host is gone."
          : "The network lost packets meanwhile: \(counted(miss.retransmissionTimeouts, "retransmission timeout")).",
        remedy: "Look at the path between \(miss.place.client.address) and \(miss.place.server.address) \(span).")
    }
    guard waitsForServer else {
      let host = miss.place.client
      return Verdict(
        blame: .client, detail: .eventLoop,
        because: miss.isAcknowledged == true
          ? "TCP acknowledged the ping, so \(host.address) is alive: its page or process is frozen or throttled."
          : "\(host.address) sent none.",
        remedy:
          "Look at the client \(host.address) \(span): a background tab, a debugger, a sleeping phone, long synchronous work. Raise pingTimeout if that is its normal life."
      )
    }
    let server = legs.last?.place.server ?? miss.place.server
    if let event = miss.serverEvent {
      return Verdict(
        blame: .server, detail: .application,
        because:
          "The server sent events meanwhile (last: \(scene.place(event))), so it is not frozen: its ping waits behind bulk data, or it sends none.",
        remedy: """
          Send less at once, or in pieces, and raise pingTimeout on \(server). A server of your own has to ping every \
          pingInterval, whatever else it sends.
          """)
    }
    if legs.contains(where: { $0.place.isBehindProxy }) {
      return Verdict(
        blame: .server, detail: .eventLoop,
        because:
          "It is missing on the server's own leg too, and nothing else came: its event loop was blocked, or its process stopped.",
        remedy: """
          Look what blocked \(server) \(span): synchronous work in a handler (move it to a worker thread), a stopped \
          process or container, a CPU limit, swapping.
          """)
    }
    if miss.cameBehind {
      return Verdict(
        blame: .proxy, detail: .proxy, because: "The server's leg had it on time: the proxy held it.",
        remedy: "Look at the proxy \(miss.place.server.address) \(span).")
    }
    return Verdict(
      blame: .unknown, detail: .upstream,
      because:
        "TCP was healthy: the cause lies upstream of this capture point, in the server's event loop or a proxy before it.",
      remedy: "Look what blocked the server behind \(server) \(span); capture on its side too.")
  }

  private func severity(_ miss: HeartbeatMiss) -> Severity {
    if miss.until != nil { return .warning }
    // The timers of the side that gives up are its own: a few hundredths are no difference.
    let isFatal = miss.waited.seconds >= miss.fatal.seconds * 0.98
    return isFatal || miss.endedBy != nil ? .error : .warning
  }

  private func finding(_ legs: [HeartbeatMiss], _ scene: Scene) -> Finding {
    let miss = legs[0]
    let verdict = verdict(legs, scene)
    let isPing = miss.missing == .ping
    let sender = isPing == (miss.engineIO == 4) ? "server" : "client"
    let what = isPing ? "ping" : "pong"
    let due = isPing ? miss.pingInterval : .zero
    let overdue = miss.waited - due
    var finding = Finding(
      "missed-heartbeat", legs.map(severity).max() ?? .warning, .certain, blame: verdict.blame,
      blameDetail: verdict.detail, connections: connections(of: legs.map(\.place)), at: miss.from,
      packets: legs.flatMap { [$0.from, $0.until ?? $0.observedUntil] },
      title:
        "the \(sender)'s \(what) \(miss.until == nil ? "did not come for" : "came late, after") \(duration(miss.waited)) (Engine.IO \(miss.engineIO) heartbeat)",
      detail: """
        \(isPing ? "The last heartbeat was" : "The ping was") at \(scene.place(miss.from)); pingInterval is \
        \(duration(miss.pingInterval)), pingTimeout \(duration(miss.pingTimeout)). \
        \(ending(miss, what, scene)) \(verdict.because)
        """,
      evidence: [
        ("missing", .text("\(sender) \(what)")), ("waited", .number(miss.waited.seconds)),
        ("overdue", .number(overdue.seconds)), ("threshold", .number(miss.limit.seconds)),
        ("pingInterval", .number(miss.pingInterval.seconds)), ("pingTimeout", .number(miss.pingTimeout.seconds)),
        ("retransmissionTimeouts", .count(miss.retransmissionTimeouts)),
      ] + (miss.isAcknowledged.map { [("pingAcknowledged", .flag($0))] } ?? []),
      remedy: verdict.remedy)
    finding.sid = miss.place.sid
    finding.until = miss.until ?? (miss.endedBy != nil ? miss.observedUntil : nil)
    finding.endpoints = (miss.place.client, miss.place.server)
    return finding
  }

  private func ending(_ miss: HeartbeatMiss, _ what: String, _ scene: Scene) -> String {
    if let until = miss.until {
      return "The next \(what) came \(duration(miss.waited)) later (\(scene.packet(until)))."
    }
    let waited = "No \(what) came in \(duration(miss.waited))"
    guard let by = miss.endedBy else { return "\(waited), up to the end of the capture." }
    return "\(waited); then the \(by.sender) closed the connection (\(scene.place(miss.observedUntil)))."
  }
}
