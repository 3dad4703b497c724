import Analysis
import Crypto
import Diagnosis
import Packets
import TestSupport
import WebSocket

/// What an analysis made of packets.
struct Heard {
  private(set) var connections: [ConnectionSummary] = []
  private(set) var messages: [Int: Directional<[MessageRecord]>] = [:]
  private(set) var findings: [Finding] = []
  let counts: PacketCounts

  init(_ packets: [RecordedPacket]) {
    var options = AnalysisOptions()
    options.wantsMessages = true
    options.payloadLimit = 1 << 20
    var analyzer = Analyzer(options: options)
    var diagnostician = Diagnostician()
    var events: [TraceEvent] = []
    for (index, packet) in packets.enumerated() {
      analyzer.receive(
        packet.bytes.span.bytes, linkType: LinkType(rawValue: packet.linkType), wireLength: packet.originalLength,
        reference: PacketReference(capture: 0, number: index + 1, time: packet.time))
    }
    analyzer.finish()
    events = analyzer.takeEvents()
    counts = analyzer.counts
    for event in events {
      diagnostician.observe(event)
      switch event {
      case .message(let message):
        messages[message.connection, default: Directional(both: [])][message.direction].append(message)
      case .connectionClosed(let connection): connections.append(connection)
      default: break
      }
    }
    connections.sort { $0.id < $1.id }
    findings = diagnostician.conclude(in: Scene(epoch: packets.first?.time ?? Conversation.defaultStart, captures: 1))
  }

  /// The data messages of a connection and direction that came whole.
  func whole(_ connection: Int, _ direction: Direction) -> [MessageRecord] {
    data(connection, direction).filter(\.isComplete)
  }

  /// All data messages of a connection and direction.
  func data(_ connection: Int, _ direction: Direction) -> [MessageRecord] {
    (messages[connection]?[direction] ?? []).filter {
      $0.opcode != .ping && $0.opcode != .pong && $0.opcode != .close
    }
  }
}

extension MessageRecord {
  /// Whether the message is what was sent, by its SHA-256.
  func equals(_ sent: SentMessage) -> Bool {
    opcode == (sent.isText ? .text : .binary) && length == sent.length && SHA256.hash(data: payload) == sent.digest
  }
}
