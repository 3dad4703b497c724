import Packets
import WebSocket

/// What is open at a moment, and what it has carried so far.
package struct OpenTotals: Sendable, Equatable {
  /// Connections without a FIN or reset.
  package var connections = 0
  /// Connections that are over and remembered for late packets.
  package var lingering = 0
  package var sessions = 0
  /// Data messages of WebSockets, counted on the client's leg.
  package var messages = 0
  package var messageBytes = 0

  package init() {}
}

extension Analyzer {
  /// Counts what is open.
  package func openTotals() -> OpenTotals {
    var totals = OpenTotals()
    totals.sessions = sessions.count
    for case let conversation? in conversations {
      if conversation.ended == nil { totals.connections += 1 } else { totals.lingering += 1 }
      guard let channel = conversation.channel, leg(of: conversation) != .upstream else { continue }
      for direction in Direction.allCases {
        let counts = channel.decoders[direction].messages
        totals.messages += Int(clamping: counts.text) + Int(clamping: counts.binary)
        totals.messageBytes += Int(clamping: counts.bytes)
      }
    }
    return totals
  }
}
