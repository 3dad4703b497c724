import Analysis
import Packets
import Reports

/// What the summary at the end lists of all that has closed.
package struct KeptSummaries: Sendable {
  private var closedConnections: Recent<ConnectionSummary>
  private var closedSessions: Recent<SessionSummary>
  private var endedStreams: Recent<StreamSummary>

  init(capacity: Int) {
    closedConnections = Recent(capacity: capacity)
    closedSessions = Recent(capacity: capacity)
    endedStreams = Recent(capacity: capacity)
  }

  mutating func note(_ event: TraceEvent) {
    switch event {
    case .connectionClosed(let connection): closedConnections.append(trimmed(connection))
    case .sessionClosed(let session): closedSessions.append(session)
    case .streamEnded(let stream): endedStreams.append(stream)
    default: break
    }
  }

  /// Connections that are kept with all their requests; of later ones, the first 20 requests are kept.
  ///
  /// A polling connection has up to 1,000 of them: 10,000 such connections would take gigabytes.
  private static let unabridged = 200
  private static let abridgedRequests = 20

  private func trimmed(_ connection: ConnectionSummary) -> ConnectionSummary {
    let excess = connection.requests.count - KeptSummaries.abridgedRequests
    guard excess > 0, closedConnections.count >= KeptSummaries.unabridged else { return connection }
    var connection = connection
    connection.requests.removeLast(excess)
    connection.requestsLeftOut += excess
    return connection
  }

  package var connections: [ConnectionSummary] { closedConnections.elements.sorted { $0.id < $1.id } }
  package var sessions: [SessionSummary] { closedSessions.elements }
  package var streams: [StreamSummary] { endedStreams.elements.sorted { $0.start.time < $1.start.time } }

  /// The lists that had to leave something out.
  package var limits: [LimitUse] {
    [
      ("listed connections", closedConnections.capacity, closedConnections.leftOut),
      ("listed sessions", closedSessions.capacity, closedSessions.leftOut),
      ("listed streams", endedStreams.capacity, endedStreams.leftOut),
    ].filter { $0.2 > 0 }.map { LimitUse(name: $0.0, value: $0.1, reached: $0.2) }
  }
}
