import Packets
import SocketIO

/// A session that goes on, as a live screen shows it.
package struct OpenSession: Sendable {
  package var sid: String?
  package var connections: [Int]
  package var client: Endpoint
  /// What it runs over now.
  package var transport: Transport
  package var start: Timestamp
  package var last: Timestamp
  /// The server's latest heartbeat.
  package var heartbeat: Timestamp?
  /// The stream of which the latest message is; `nil` where the server sent none.
  package var stream: OpenStream?

  /// A run of the server's events, under way or just over.
  package struct OpenStream: Sendable {
    package var event: String
    package var messages: Int
    package var firstMessageAfter: Interval?
    package var messagesPerSecond: Double?
    package var last: Timestamp
    /// Whether its end was seen; `nil` where nothing teaches how such streams end.
    package var isEnded: Bool?
  }
}

extension Analyzer {
  /// The most recently active of the sessions that go on, in the order in which they began: no more of them than a
  /// screen has rows.
  package func openSessions(atMost limit: Int) -> [OpenSession] {
    let newest = sessions.sessions.filter { $0.closer == nil && !$0.hops.isEmpty }
      .sorted { $0.last.time > $1.last.time }.prefix(limit)
    return newest.sorted { $0.start.time < $1.start.time }.map { open($0) }
  }

  private func open(_ session: Session) -> OpenSession {
    let hop = session.hops[session.frontHop]
    return OpenSession(
      sid: session.sid, connections: session.connections, client: hop.clientEndpoint,
      transport: hop.webSocket != nil ? .webSocket : session.transports.last ?? .unknown, start: session.start.time,
      last: session.last.time, heartbeat: session.hops.compactMap(\.serverHeartbeats.latest).max(),
      stream: stream(of: hop))
  }

  private func stream(of hop: Hop) -> OpenSession.OpenStream? {
    let runs = hop.tracker.runs.filter(\.isStream)
    guard let run = runs.max(by: { $0.last.time < $1.last.time }) else { return nil }
    let seconds = (run.last.time - run.first.time).seconds
    return OpenSession.OpenStream(
      event: state.names[run.name], messages: run.messages,
      firstMessageAfter: run.trigger.map { run.first.time - $0.reference.time },
      messagesPerSecond: seconds > 0 ? Double(run.messages - 1) / seconds : nil, last: run.last.time,
      isEnded: state.ends.isEnded(run))
  }
}
