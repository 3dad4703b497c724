import Analysis
import Packets

/// The session id is not known to the server that got the request: Engine.IO error 1.
struct SessionUnknown: Rule {
  static let entry = CatalogueEntry(
    "session-unknown",
    summary: "A server did not know the session id of a request: it was opened on another one, or is gone.",
    proof: """
      Engine.IO error 1 (`Session ID unknown`), or python-engineio's `Invalid session`, which an upgrade shows as a bare \
      403. Where the session was opened in this capture no longer than pingInterval + pingTimeout before, or requests reach \
      several servers, stickiness is missing. An older one, or one from before the capture, is a warning; one whose end \
      was seen is none at all.
      """,
    causes: "Several servers or worker processes without sticky sessions; or a restarted server, a laptop that slept.",
    remedy: """
      One upstream, or stickiness: nginx `ip_hash;` or `hash $remote_addr consistent;` in the upstream block, \
      `@socket.io/sticky` for the cluster module, the load balancer's session affinity; or WebSocket only.
      """,
    mistakenFor: "A session that ended rightly before: after a ping timeout or a close the same answer is normal.")

  private struct Refusal {
    var connection: ConnectionSummary
    var request: RequestSummary
  }

  private var refusals: [Refusal] = []
  /// What is known of each session, by the hash of its `sid`: a million of them take 64 MB.
  private var lives: [Int: Life] = [:]
  /// The servers that had any session.
  private var servers: Set<Endpoint> = []

  /// The times of a session by which a refusal is judged.
  private struct Life {
    /// Its last packet.
    var end: Timestamp
    /// When one side closed it; the end of all time where none did.
    var closed = Timestamp(nanoseconds: .max)
    /// Until when no timeout can have ended it; the beginning of all time where its opening was not captured.
    var freshUntil = Timestamp(nanoseconds: .min)

    init(_ session: SessionSummary) {
      end = session.end.time
      // A goodbye of Socket.IO leaves the session of Engine.IO open.
      if session.closeReason != SessionFacts.namespaceLeft, let closedAt = session.closedAt { closed = closedAt }
      guard let interval = session.pingInterval else { return }
      freshUntil = session.start.time + .seconds(interval + (session.pingTimeout ?? 0))
    }

    var isOpeningKnown: Bool { freshUntil.nanoseconds > .min }
  }

  init(thresholds: Thresholds) {}

  /// Whether an answer says that the session is not known.
  ///
  /// Under ASGI, python-engineio can refuse an upgrade only without words, as 403; one with a `sid` had been let in before.
  static func isUnknown(_ request: RequestSummary) -> Bool {
    if request.isUpgrade, request.status == 403, request.refusal == nil, request.targetHas("EIO=") {
      return request.targetHas("sid=")
    }
    return request.refusal.map(isUnknown) ?? false
  }

  /// Whether the body of a refusal says so.
  static func isUnknown(_ refusal: String) -> Bool { EngineRefusal(body: refusal)?.reason == .unknownSession }

  /// Whether the session went on after the refusal, at the server that gave it: then it was known there.
  private func outlived(_ refusal: Refusal) -> Bool {
    guard refusal.request.status == 403, let answer = refusal.request.answer,
      let life = life(of: refusal)
    else { return false }
    return life.end > answer.time
  }

  /// Whether the end of the session was seen before the request, whose refusal is right then.
  private func isOver(_ refusal: Refusal) -> Bool {
    life(of: refusal).map { $0.closed < SessionUnknown.time(refusal) } ?? false
  }

  /// The session that a target names in its query.
  static func sid(in target: String) -> String? {
    let query = target.split(separator: "?", maxSplits: 1).last ?? ""
    let parameter = query.split(separator: "&").first { $0.hasPrefix("sid=") }
    return parameter.map { String($0.dropFirst(4)) }
  }

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .connectionClosed(let connection):
      for request in connection.requests where SessionUnknown.isUnknown(request) {
        refusals.append(Refusal(connection: connection, request: request))
      }
      if connection.sid != nil { servers.insert(connection.server) }
    case .sessionClosed(let session):
      if let sid = session.sid { lives[sid.hashValue] = Life(session) }
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    let refusals = refusals.filter { !outlived($0) }
    // A session that is over may be asked for at every server.
    guard !refusals.allSatisfy(isOver) else { return [] }
    let ordered = refusals.sorted { SessionUnknown.time($0) < SessionUnknown.time($1) }
    let clearest = ordered.sorted { $0.connection.leg != .upstream && $1.connection.leg == .upstream }
    let first = ordered[0]
    let refusing = ordered.map(\.connection).filter { $0.leg == .upstream }.map { $0.server }
    let knowing = servers.filter { $0 != clearest[0].connection.server }
    let upstreams = Set(refusing).union(knowing)
    let isSplit = upstreams.count > 1
    // A session that was opened long before, or before the capture, may be gone with a restart or a laptop's sleep.
    let isStale = !isSplit && !ordered.contains { isFresh($0) && !isOver($0) }
    let isKnown = ordered.contains { life(of: $0)?.isOpeningKnown == true }
    guard let at = first.request.request ?? first.request.answer else { return [] }
    let ids = clearest.map(\.connection.id).eachOnce()
    let hosts = upstreams.map(\.description).sorted().joined(separator: " and ")
    let split = isSplit ? " The proxy sends the session's requests to \(hosts); only one of them knows it." : ""
    var finding = Finding(
      "session-unknown", isStale ? .warning : .error, isStale ? .possible : isSplit ? .certain : .likely,
      blame: isSplit ? .proxy : .unknown, connections: ids,
      at: at, packets: ordered.flatMap { [$0.request.request, $0.request.answer].compactMap { $0 } },
      title: isSplit
        ? "requests of one session reach \(counted(upstreams.count)) servers: sticky sessions are missing"
        : "\(clearest[0].connection.server) does not know the session of \(counted(ordered.count, "request"))",
      detail: "\(counted(ordered.count, "request")) got `Session ID unknown` (first: \(scene.place(at)))." + split
        + (isStale
          ? " The session was \(isKnown ? "opened long before" : "not opened in this capture"): its server may have been restarted, or its client have slept."
          : ""),
      evidence: [
        ("requests", .count(ordered.count)), ("servers", .count(max(1, upstreams.count))), ("threshold", .count(1)),
      ],
      remedy: (isStale
        ? "Once, it is a restarted server or a laptop that slept, and clients reconnect by themselves. If it goes on:\n"
        : "")
          + """
          Send all requests of a session to one server. nginx, in the upstream block:
              ip_hash;      # or: hash $remote_addr consistent;
          Node's cluster module: @socket.io/sticky. A load balancer: session affinity. Or WebSocket only.
          """)
    finding.until = ordered.last.flatMap { $0.request.answer }
    finding.count = ordered.count
    let names = Set(ordered.map { SessionUnknown.sid(in: $0.request.target) ?? "" })
    finding.sid = names.count == 1 ? names.first : nil
    finding.endpoints = (clearest[0].connection.client, clearest[0].connection.server)
    return [finding]
  }

  private func life(of refusal: Refusal) -> Life? {
    SessionUnknown.sid(in: refusal.request.target).flatMap { lives[$0.hashValue] }
  }

  /// Whether the session was opened in this capture, so shortly before that no timeout can have ended it.
  private func isFresh(_ refusal: Refusal) -> Bool {
    life(of: refusal).map { SessionUnknown.time(refusal) <= $0.freshUntil } ?? false
  }

  private static func time(_ refusal: Refusal) -> Timestamp {
    (refusal.request.request ?? refusal.request.answer ?? refusal.connection.start).time
  }
}
