import Analysis
import Packets

/// A SYN is answered by a reset: nothing listens on the port, or a firewall rejects.
struct ConnectRefused: Rule {
  static let entry = CatalogueEntry(
    "connect-refused",
    summary: "A TCP connection was refused: the SYN was answered by RST.",
    proof: """
      The RST comes from the address and port that the SYN went to, and acknowledges it. One is enough. A warning where the \
      server took connections before and after: it was restarted.
      """,
    causes: "The server process is not running, listens on another port or only on 127.0.0.1, or a firewall rejects.",
    remedy: """
      Start the server, or look why it ended (`docker ps -a`, `docker logs`); check what listens: `ss -ltnp 'sport = :8080'`.
      In a container the server must listen on 0.0.0.0, not on 127.0.0.1. In nginx, check the address of the upstream.
      """,
    mistakenFor: "connect-timeout, where nothing answers at all: a refusal is quick, a dropped SYN is repeated.")

  /// Ports of one host that one client tries in vain, from which on it is looking for open ones.
  static let mostPorts = 8
  /// Servers whose accepted connections are remembered; more than that is a scan.
  static let mostServers = 4096

  private var groups: [Endpoint: [ConnectionSummary]] = [:]
  /// When each server took connections first and last.
  private var accepted: [Endpoint: (first: Timestamp, last: Timestamp)] = [:]

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    guard case .connectionClosed(let connection) = event else { return }
    let server = connection.server
    if connection.tcp.refused != nil {
      groups[server, default: []].append(connection)
    } else if connection.tcp.synAckCount > 0, accepted[server] != nil || accepted.count < ConnectRefused.mostServers {
      let time = connection.start.time
      let known = accepted[server] ?? (time, time)
      accepted[server] = (min(known.first, time), max(known.last, time))
    }
  }

  func conclude(in scene: Scene) -> [Finding] {
    let scans = scans
    return groups.values.compactMap { group in
      let serious = group.filter { !scans.contains(Pair($0)) }
      return serious.isEmpty ? nil : finding(serious.sorted { $0.start.time < $1.start.time }, scene)
    }
  }

  /// A client and a host that it knocks at.
  private struct Pair: Hashable {
    var client: IPAddress
    var host: IPAddress

    init(_ connection: ConnectionSummary) {
      client = connection.client.address
      host = connection.server.address
    }
  }

  /// Who only looks for open ports, and where.
  private var scans: Set<Pair> {
    var ports: [Pair: Set<UInt16>] = [:]
    for connection in groups.values.joined() { ports[Pair(connection), default: []].insert(connection.server.port) }
    return Set(ports.filter { $0.value.count >= ConnectRefused.mostPorts }.keys)
  }

  /// Whether the server took connections before the refusals, and again behind them.
  private enum Course: String {
    case down, stopped, restarted
  }

  private func course(_ connections: [ConnectionSummary]) -> Course {
    guard let known = accepted[connections[0].server] else { return .down }
    let isBack = connections.last.map { known.last > $0.start.time } ?? false
    guard known.first < connections[0].start.time else { return .down }
    return isBack ? .restarted : .stopped
  }

  private func finding(_ connections: [ConnectionSummary], _ scene: Scene) -> Finding {
    let first = connections[0]
    let refusals = connections.compactMap(\.tcp.refused)
    let clients = Set(connections.map(\.client.address)).count
    let course = course(connections)
    let last = refusals.max { $0.time < $1.time } ?? first.start
    var finding = Finding(
      "connect-refused", course == .restarted ? .warning : .error, .certain, blame: .server,
      connections: connections.map(\.id), at: first.start,
      packets: connections.flatMap { $0.tcp.syn + [$0.tcp.refused].compactMap { $0 } },
      title: ConnectRefused.title(course, first.server, last.time - first.start.time),
      detail: """
        \(counted(connections.count, "connection")) from \(clients == 1 ? "\(first.client.address)" : "\(counted(clients)) hosts") \
        got RST in answer to the SYN (\(scene.place(first.start)))\(ConnectRefused.words(course)).
        """,
      evidence: [
        ("refused", .count(refusals.count)), ("clients", .count(clients)), ("threshold", .count(1)),
        ("course", .text(course.rawValue)),
      ],
      remedy: ConnectRefused.remedy(course, first, last, scene))
    finding.until = last
    finding.count = connections.count
    finding.endpoints = (first.client, first.server)
    return finding
  }

  private static func title(_ course: Course, _ server: Endpoint, _ time: Interval) -> String {
    switch course {
    case .down: "\(server) refuses connections: nothing listens there"
    case .stopped: "\(server) refuses connections: it took some before, and listens no more"
    case .restarted: "\(server) refused connections for \(duration(time)): it was down, and came back"
    }
  }

  private static func words(_ course: Course) -> String {
    switch course {
    case .down: ""
    case .stopped: "; it had taken connections before"
    case .restarted: "; it took connections before, and again afterwards"
    }
  }

  private static func remedy(
    _ course: Course, _ first: ConnectionSummary, _ last: PacketReference, _ scene: Scene
  ) -> String {
    let server = first.server
    guard course == .down else {
      return """
        Look why \(server) was down from \(scene.clock(first.start))\(course == .restarted ? " to \(scene.clock(last))" : " on"): \
        a deployment, a crash, the OOM killer (docker ps -a, docker logs, journalctl -k).
        To restart without refusals: start the new process before the old one ends, one server after the other.
        """
    }
    return """
      Start the server on \(server), or correct the address that its clients use.
      Check what listens there: ss -ltnp 'sport = :\(server.port)'   (in a container: on 0.0.0.0, not 127.0.0.1)
      """
  }
}
