import Analysis
import Packets

/// The session id is not known to the server that got the request: Engine.IO error 1.
struct SessionUnknown: Rule {
  static let entry = CatalogueEntry(
    "session-unknown",
    summary: "A server did not know the session id of a request: it was opened on another one, or is gone.",
    proof: """
      Engine.IO error 1 (`Session ID unknown`), or python-engineio's `Invalid session`, which an upgrade shows as a bare \
      403. Where the session was opened in \
      this capture and no end of it was seen, or requests reach several servers, stickiness is missing.
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
  /// When each session ended, by the hash of its `sid`: a million of them take 32 MB.
  private var ends: [Int: Timestamp] = [:]
  /// Those of them whose opening was not captured.
  private var older: Set<Int> = []
  /// The servers that had any session.
  private var servers: Set<Endpoint> = []

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
      let sid = SessionUnknown.sid(in: refusal.request.target), let end = ends[sid.hashValue]
    else { return false }
    return end > answer.time
  }

  /// The session that a target names in its query.
  private static func sid(in target: String) -> String? {
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
      guard let sid = session.sid?.hashValue else { return }
      ends[sid] = session.end.time
      if session.pingInterval == nil { older.insert(sid) } else { older.remove(sid) }
    default: break
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    let refusals = refusals.filter { !outlived($0) }
    guard !refusals.isEmpty else { return [] }
    let ordered = refusals.sorted { SessionUnknown.time($0) < SessionUnknown.time($1) }
    let clearest = ordered.sorted { $0.connection.leg != .upstream && $1.connection.leg == .upstream }
    let first = ordered[0]
    let refusing = ordered.map(\.connection).filter { $0.leg == .upstream }.map { $0.server }
    let knowing = servers.filter { $0 != clearest[0].connection.server }
    let upstreams = Set(refusing).union(knowing)
    let isSplit = upstreams.count > 1
    // Of a session that began before the capture nobody knows who opened it, and when.
    let isStale = !isSplit && !ordered.contains { isOpenedHere($0.request) }
    guard let at = first.request.request ?? first.request.answer else { return [] }
    var ids: [Int] = []
    for refusal in clearest where !ids.contains(refusal.connection.id) { ids.append(refusal.connection.id) }
    let names = upstreams.map(\.description).sorted().joined(separator: " and ")
    let split = isSplit ? " The proxy sends the session's requests to \(names); only one of them knows it." : ""
    var finding = Finding(
      "session-unknown", isStale ? .warning : .error, isStale ? .possible : isSplit ? .certain : .likely,
      blame: isSplit ? .proxy : .unknown, connections: ids,
      at: at, packets: ordered.flatMap { [$0.request.request, $0.request.answer].compactMap { $0 } },
      title: isSplit
        ? "requests of one session reach \(upstreams.count) servers: sticky sessions are missing"
        : "\(clearest[0].connection.server) does not know the session of \(counted(ordered.count, "request"))",
      detail: "\(counted(ordered.count, "request")) got `Session ID unknown` (first: \(scene.place(at)))." + split
        + (isStale
          ? " The session was not opened in this capture: its server may have been restarted, or its client have slept."
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
    finding.endpoints = (clearest[0].connection.client, clearest[0].connection.server)
    return [finding]
  }

  /// Whether the session that a request names was opened in this capture.
  private func isOpenedHere(_ request: RequestSummary) -> Bool {
    guard let start = request.target.firstRange(of: "sid=") else { return false }
    let sid = String(request.target[start.upperBound...].prefix { $0 != "&" })
    return ends[sid.hashValue] != nil && !older.contains(sid.hashValue)
  }

  private static func time(_ refusal: Refusal) -> Timestamp {
    (refusal.request.request ?? refusal.request.answer ?? refusal.connection.start).time
  }
}
