import Packets

/// One thing that is wrong, with its proof and its remedy.
package struct Finding: Sendable {
  package var id: FindingID
  package var severity: Severity
  package var confidence: Confidence
  /// From 1, in the order in which findings became known; the same number again replaces the earlier state.
  package var number = 0
  package var blame: Blame
  package var blameDetail: BlameDetail?
  /// The connections that show it, the clearest first.
  package var connections: [Int]
  package var sid: String?
  /// The first packet that shows it; for a silence the last one before it.
  package var at: PacketReference
  /// The packet that ends it, or the last one seen; `nil` while it lasts.
  package var until: PacketReference?
  package var packets: [PacketReference]
  /// Connections and packets that were left out of the lists above.
  package private(set) var leftOut = (connections: 0, packets: 0)
  /// One line: what broke and where.
  package var title: String
  /// What proves it, and what it is not, in sentences.
  package var detail: String
  /// The measured values and thresholds by name, in seconds and bytes.
  package var evidence: [(name: String, value: EvidenceValue)]
  /// What to change, as a user would apply it; may have several lines.
  package var remedy: String
  /// The two ends of the clearest connection, for Wireshark's display filter.
  package var endpoints: (client: Endpoint, server: Endpoint)?
  /// How often it happened.
  package var count = 1
  /// What follows from it and is not reported on its own.
  package var explains: [FindingID] = []

  package init(
    _ id: FindingID, _ severity: Severity, _ confidence: Confidence, blame: Blame, blameDetail: BlameDetail? = nil,
    connections: [Int], at: PacketReference, packets: [PacketReference], title: String, detail: String,
    evidence: [(name: String, value: EvidenceValue)] = [], remedy: String
  ) {
    self.id = id
    self.severity = severity
    self.confidence = confidence
    self.blame = blame
    self.blameDetail = blameDetail
    self.connections = connections
    self.at = at
    self.packets = packets
    self.title = title
    self.detail = detail
    self.evidence = evidence
    self.remedy = remedy
  }

  /// Leaves out what is beyond a number of connections and of packets, so that a finding that stays on record is small.
  package mutating func abridge(connections mostConnections: Int, packets mostPackets: Int) {
    leftOut.connections += max(0, connections.count - mostConnections)
    leftOut.packets += max(0, packets.count - mostPackets)
    connections = Array(connections.prefix(mostConnections))
    // The last one says how far it reached.
    if packets.count > mostPackets { packets = packets.prefix(max(0, mostPackets - 1)) + packets.suffix(1) }
  }
}

/// The name of a kind of finding, as scripts know it.
package struct FindingID: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  package var rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package init(stringLiteral value: String) { rawValue = value }

  package var description: String { rawValue }
}

/// How bad a finding is.
package enum Severity: String, Sendable, Comparable, CaseIterable {
  /// Context; never a reason to open a ticket.
  case notice
  /// A person would notice.
  case warning
  /// The session cannot work, or data was lost.
  case error

  package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .notice: 0
    case .warning: 1
    case .error: 2
    }
  }
}

/// How sure a finding is.
package enum Confidence: String, Sendable {
  case certain, likely, possible
}

/// Who has to act.
package enum Blame: String, Sendable {
  case server, proxy, network, client, capture, unknown
}

/// What of it is at fault.
package enum BlameDetail: String, Sendable {
  case application
  case eventLoop = "event-loop"
  case proxy, network, receiver
  case requestDirection = "request-direction"
  case upstream
}

/// A measured value, a threshold or a word of evidence.
package enum EvidenceValue: Sendable, Equatable {
  /// Seconds, bytes or another measure.
  case number(Double)
  case count(Int)
  case text(String)
  case flag(Bool)
}
