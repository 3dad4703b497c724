import Analysis
import Diagnosis
import Packets

/// What was counted since the capture began.
package struct Totals: Sendable, Equatable {
  package var connections = 0
  package var openConnections = 0
  package var sessions = 0
  package var openSessions = 0
  package var upgradesTried = 0
  package var upgradesAccepted = 0
  package var messages = 0
  package var messageBytes = 0
  package var stalls = 0

  package init() {}

  /// Counts stalls as they become known.
  mutating func note(_ changes: [FindingLedger.Change]) {
    for case .appeared(let finding) in changes where finding.id == "stalled-stream" { stalls += 1 }
  }

  /// Counts what an event adds.
  ///
  /// A proxied connection's messages and upgrades are seen twice, and counted on the client's leg only.
  mutating func note(_ event: TraceEvent) {
    switch event {
    case .connectionClosed(let connection): note(connection)
    case .sessionClosed: sessions += 1
    case .upgradeEnded(let attempt) where attempt.leg != .upstream:
      upgradesTried += 1
      if case .accepted = attempt.outcome { upgradesAccepted += 1 }
    default: break
    }
  }

  private mutating func note(_ connection: ConnectionSummary) {
    connections += 1
    guard connection.leg != .upstream, let tallies = connection.webSocket?.messages else { return }
    for tally in [tallies.clientToServer, tallies.serverToClient] {
      messages += tally.text + tally.binary
      messageBytes += tally.bytes
    }
  }

  /// These totals with what is open now.
  func adding(_ open: OpenTotals) -> Totals {
    var sum = self
    sum.openConnections = open.connections
    sum.connections += open.connections + open.lingering
    sum.openSessions = open.sessions
    sum.sessions += open.sessions
    sum.messages += open.messages
    sum.messageBytes += open.messageBytes
    return sum
  }
}
